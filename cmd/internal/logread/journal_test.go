package logread

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/logscan"
)

// heldJournal is a journal that keeps to what a query asks for, as journalctl does.
type heldJournal []logscan.Entry

func (j heldJournal) Read(_ context.Context, q journal.Query, fn func(logscan.Entry) error) error {
	pattern := regexp.MustCompile(strings.ReplaceAll(q.Pattern, "(?>", "(?:"))
	var kept []logscan.Entry
	for _, e := range j {
		if pattern.Match(e.Message) && (!q.Broken || e.Split) {
			kept = append(kept, e)
		}
	}
	if q.Tail > 0 {
		kept = kept[max(len(kept)-q.Tail, 0):]
	}
	for _, e := range kept {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

// journald breaks long entries where what a container wrote may begin: read with a pattern,
// such a part was an entry. The unit may have any name.
func TestJournal(t *testing.T) {
	q, err := Flags{}.Query("my-kubelet.service", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	entry := func(cursor, message string) logscan.Entry {
		return logscan.Entry{Cursor: cursor, Unit: "my-kubelet.service", Invocation: "aa", PID: 7, Message: []byte("I1125 10:00:00.000001       7 x.go:1] " + message)}
	}
	long := entry("2", `"long" text="xxxx`)
	long.Split = true
	for want, entries := range map[logscan.State]heldJournal{
		logscan.StateInconclusive: {entry("1", `"Kubelet version" kubeletVersion="v1.36.3"`), long, entry("3", "container event received"), entry("4", `"other"`)},
		logscan.StateWorks:        {entry("1", `"Kubelet version" kubeletVersion="v1.36.3"`), entry("3", `"container event received"`), entry("4", `"other"`)},
		logscan.StateEnded:        {entry("1", `"command failed" err="failed to set feature gates"`)},
	} {
		r := Reader{
			Query: q, Now: time.Now, Notice: func(string) {},
			Host: func(context.Context) (*node.Host, error) { return &node.Host{Journal: entries}, nil },
		}
		scanner := logscan.NewScanner(logscan.Options{Unit: q.Unit()})
		source, err := r.Read(t.Context(), func(e logscan.Entry) error { scanner.Add(e); return nil })
		if report := scanner.Report(); err != nil || !source.Verified || report.State != want || len(report.Runs) != 1 || report.Ignored > 0 {
			t.Errorf("%v, %+v: %s (%s), want %s", err, source, report.State, report.Reason, want)
		}
	}
}
