package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

// watchStatus looks at the node until ctx ends, and ends with the exit code of the last state.
func watchStatus(ctx context.Context, d *Deps, o statusOptions) error {
	if !slices.Contains([]string{"text", "short", "json"}, d.Settings.Output) {
		return usage(fmt.Errorf("--watch and -o %s cannot be combined", d.Settings.Output), "use -o text, short or json")
	}
	host, observing, facts, err := d.look(ctx, lifecycle.Quick)
	w := watcher{d: d}
	for err == nil && ctx.Err() == nil {
		v := verify.Judge(facts)
		doc := report.StatusDocument(facts, v, d.nodeName(facts))
		doc.ExitCode, doc.Line = report.ExitAs(o.exitAs, doc.ExitCode, doc.Monitor), true
		w.last = &doc
		if err := errors.Join(w.show(doc), writeTextfile(o.textfile, facts, v)); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(lifecycle.Watch):
		}
		facts, err = again(ctx, host, &observing)
	}
	switch {
	case ctx.Err() == nil:
		return err
	case w.last == nil:
		return context.Cause(ctx)
	case w.last.ExitCode == 0:
		return nil
	}
	return answered{w.last.ExitCode}
}

// watcher shows one state after the other.
type watcher struct {
	d     *Deps
	last  *report.Document
	shown string
}

func (w *watcher) show(doc report.Document) error {
	var out bytes.Buffer
	if err := w.d.render(&out, doc); err != nil {
		return err
	}
	text := out.String()
	if w.d.Streams.OutTTY && w.d.Settings.Output != "json" {
		// Drawn over what is there, so that nothing flickers: home, each line to its end, the rest.
		footer := fmt.Sprintf("\nevery %s, %s; Ctrl-C ends\n", lifecycle.Watch, w.d.Now().Format("15:04:05"))
		text = "\x1b[H" + strings.ReplaceAll(text+footer, "\n", "\x1b[K\n") + "\x1b[J"
	} else {
		now := fmt.Sprint(doc.State, doc.Rung, doc.ExitCode, doc.Monitor)
		if now == w.shown {
			return nil
		}
		w.shown = now
	}
	w.d.answered = true
	if _, err := fmt.Fprint(w.d.Streams.Out, text); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}
