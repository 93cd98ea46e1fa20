package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/apply"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/verify"
)

// change is one run of a verb that plans a change, and perhaps makes it.
type change struct {
	d     *Deps
	host  *node.Host
	store *record.Store // nil where there is no state folder yet
	past  []record.Transaction
	facts verify.Facts
	// recovered is what the start of this run found open and gave an end.
	recovered apply.Recovered
	done      []func() error
}

// lookSession is for what only looks: nothing is locked, made or changed.
func lookSession(ctx context.Context, d *Deps, mustRead bool) (*change, error) {
	host, err := d.Host(ctx, d.Settings)
	if err != nil {
		return nil, err
	}
	c := &change{d: d, host: host.ReadOnly()}
	_, err = c.openStore(false)
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, fs.ErrPermission) && !mustRead:
		d.say("note: the record of earlier changes may not be read by this user")
	default:
		return nil, hint.With(err, "run it as the user who made the changes")
	}
	return c, c.readPast()
}

// changeSession takes the lock, and finishes or takes back what a crash left.
func changeSession(ctx context.Context, d *Deps, how func(*apply.Machine)) (*change, error) {
	host, err := d.Host(ctx, d.Settings)
	if err != nil {
		return nil, err
	}
	c := &change{d: d, host: host}
	if err := c.lock(); err != nil {
		return nil, errors.Join(err, c.unwind())
	}
	if err := c.readPast(); err != nil {
		return nil, errors.Join(err, c.unwind())
	}
	m := c.machine()
	if how != nil {
		how(m)
	}
	c.recovered, err = m.Recover(ctx)
	if err != nil {
		return nil, errors.Join(c.handsNeeded(err), c.unwind())
	}
	return c, c.readPast()
}

// lock opens the state folder and takes its lock, which the kernel gives back when this
// process ends, however it ends.
func (c *change) lock() error {
	dir, err := c.openStore(true)
	if err != nil {
		return hint.With(err, "run it as root, or name another folder with --state-dir")
	}
	held, err := hostfs.TakeLock(dir, strings.Join(os.Args, " "), c.d.Now())
	var other *hostfs.LockedError
	if errors.As(err, &other) {
		return hint.With(withCode(ExitRefused, err), "wait until it has ended, then run this again")
	}
	if err != nil {
		return err
	}
	c.done = append(c.done, held.Release)
	return nil
}

func (c *change) openStore(create bool) (*os.Root, error) {
	dir, err := c.host.Root.StateDir(c.d.Settings.StateDir, create)
	if err != nil {
		return nil, err
	}
	c.done = append(c.done, dir.Close)
	c.store = record.Open(dir, c.d.Now)
	return dir, nil
}

func (c *change) readPast() error {
	if c.store == nil {
		return nil
	}
	past, err := c.store.List()
	if err != nil {
		return hint.With(err, "a damaged record is never guessed at: move that file away after you have looked at it")
	}
	c.past = past
	return nil
}

func (c *change) machine() *apply.Machine {
	return &apply.Machine{Host: c.host, Store: c.store, Say: c.d.say, Verify: c.proof, Log: c.lastLines}
}

func (c *change) close() {
	// Closing what was only read or is on disk already cannot lose anything.
	_ = c.unwind()
}

func (c *change) unwind() error {
	var failed []error
	for i := len(c.done) - 1; i >= 0; i-- {
		failed = append(failed, c.done[i]())
	}
	c.done = nil
	return errors.Join(failed...)
}

// handsNeeded prints what is left to do by hand, where a rollback failed.
func (c *change) handsNeeded(err error) error {
	var drift *plan.DriftError
	if errors.As(err, &drift) {
		err = hint.With(err, "`plegctl recover --force` overwrites it and keeps a copy, `plegctl recover --leave` leaves it")
	}
	var failed *apply.FailedError
	if errors.As(err, &failed) && len(failed.Mend) > 0 {
		// Not even --quiet may hide this; and where stderr is gone nobody reads it.
		_, _ = fmt.Fprintf(c.d.Streams.Err, "plegctl: hands needed; to mend it:\n  %s\n", strings.Join(failed.Mend, "\n  "))
		if hint.Of(err) == "" {
			err = hint.With(err, failed.Mend[0])
		}
	}
	return err
}
