package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

func restartChecks() []Check {
	return []Check{
		{
			Code: StartCode, Title: "runtime can start again", Level: Required, Live: true,
			Expected: "its own program accepts its files", eval: runtimeStarts,
		},
		{
			Code: RestartCode, Title: "a restart applies nothing else", Level: Advisory, Live: true,
			Expected: "no file that changed after the daemon that reads it started", eval: restartBrings,
		},
	}
}

// The checks of what a restart meets.
const (
	StartCode   = "PLEG-RUNTIME-START"
	RestartCode = "PLEG-NODE-RESTART"
)

// runtimeStarts: what cannot be known does not stand in the way; the plan warns of it.
func runtimeStarts(f Facts) Result {
	refusal := f.Runtime.Refusal
	switch _, fatal := source.FirstFatal(f.Runtime.Problems); {
	case fatal:
		return skip("see PLEG-RUNTIME-CONFIG: a file of it stops the runtime")
	case !refusal.Seen:
		r := unread(refusal)
		r.Level = Advisory
		return r
	case refusal.Value == "":
		return pass(refusal.From+" accepts its files", refusal.From)
	}
	title := daemons(f)[1].name
	found := title + " runs, and would not start again with its files as they are: " + refusal.Value
	if newer := newerThan(f, f.Runtime.Newer); len(newer) > 0 {
		found += "; changed after its start: " + strings.Join(newer, ", ")
	}
	return fail(found, refusal.From, "correct the file; `"+refusal.From+"` tells whether "+title+" accepts it")
}

func restartBrings(f Facts) Result {
	var found []string
	for i, newer := range []Fact[[]source.File]{f.Kubelet.Newer, f.Runtime.Newer} {
		if !newer.Seen {
			return unread(newer)
		}
		if files := newerThan(f, newer); len(files) > 0 {
			found = append(found, daemons(f)[i].name+": "+strings.Join(files, ", "))
		}
	}
	if len(found) == 0 {
		return pass("no file is newer than the daemon that reads it", "change times of files")
	}
	return fail("changed after the daemon started, and applied by its restart: "+strings.Join(found, "; "), "",
		"look at these changes first: plegctl cannot roll them back")
}

// newerThan names the files that are newer than their daemon, but those that plegctl wrote.
func newerThan(f Facts, newer Fact[[]source.File]) []string {
	const few = 5
	var names []string
	for _, file := range newer.Value {
		if !slices.Contains(f.Own.Written, file.Path) {
			names = append(names, file.Path+" ("+stamp(file.Changed)+")")
		}
	}
	if len(names) > few {
		names = append(names[:few], fmt.Sprintf("%d more", len(names)-few))
	}
	return names
}

// StopHangs reports whether the runtime may hang in its stop as it runs now.
func StopHangs(f Facts) bool {
	return known.RuntimeAt(f.Runtime.Name.Value, f.Runtime.Version.Value).StopHangs && eventsLoaded(f).holds != No
}
