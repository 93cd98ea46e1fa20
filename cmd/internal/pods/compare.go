// Package pods compares what a runtime runs before and after a change. A change of the
// kubelet must not touch pods: each keeps its one sandbox and its containers.
//
// A container never starts a second time under its ID, in neither runtime, so the same ID
// that still runs is the same start. What others did meanwhile is kept apart: pods that the
// API deleted or added, containers that ended by themselves.
//
// Start with [Take] and [Compare].
package pods

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/cri"
	"github.com/plegctl/plegctl/verify/report"
)

// Compare takes a second snapshot and holds it against the first. kubelet is when the
// kubelet was started first in between; zero where that is not known.
func Compare(ctx context.Context, r Runtime, before Snapshot, kubelet time.Time) (report.Pods, error) {
	after, err := Take(ctx, r)
	if err != nil {
		return report.Pods{}, err
	}
	c := comparison{runtime: r, before: before, after: after, kubelet: kubelet}
	for _, uid := range slices.Sorted(maps.Keys(before.ready)) {
		c.pod(ctx, before.ready[uid], after.ready[uid])
	}
	for uid, now := range after.ready {
		if before.ready[uid] == nil {
			c.meanwhile("%s was started", name(now[0]))
			c.twice(now, 1)
		}
	}
	for _, list := range []*[]string{&c.out.Twice, &c.out.Restarted, &c.out.Meanwhile} {
		slices.Sort(*list)
	}
	return c.out, errors.Join(c.failed...)
}

type comparison struct {
	runtime       Runtime
	before, after Snapshot
	kubelet       time.Time
	out           report.Pods
	failed        []error
}

// pod holds the sandboxes of one pod against each other.
func (c *comparison) pod(ctx context.Context, was, is []cri.Sandbox) {
	kept := slices.ContainsFunc(is, func(now cri.Sandbox) bool { return now.ID == was[0].ID })
	switch {
	case len(is) == 0:
		c.meanwhile("%s ended", name(was[0]))
	case c.twice(is, len(was)):
	case len(was) > 1:
		c.meanwhile("%s ran in %d sandboxes before, and runs in %d", name(was[0]), len(was), len(is))
	case !kept:
		c.out.Restarted = append(c.out.Restarted, "the pod sandbox of "+name(was[0]))
	default:
		same := true
		for _, one := range c.before.running(was[0].ID) {
			same = c.container(ctx, was[0], one) && same
		}
		if same {
			c.out.AsBefore++
		}
	}
}

// twice reports whether a pod has more ready sandboxes than it had.
func (c *comparison) twice(is []cri.Sandbox, had int) bool {
	if len(is) <= had {
		return false
	}
	var ids []string
	for _, one := range is {
		ids = append(ids, short(one.ID))
	}
	c.out.Twice = append(c.out.Twice, name(is[0])+" (sandboxes "+strings.Join(ids, ", ")+")")
	return true
}

// container reports whether a container that ran runs, and nothing else in its place.
func (c *comparison) container(ctx context.Context, pod cri.Sandbox, was cri.Container) bool {
	what := was.Name + " in " + name(pod)
	newer := c.after.started(was.SandboxID, was.Name, c.before)
	now, listed := c.after.containers[was.ID]
	switch {
	case listed && now.State == "running" && len(newer) == 0:
		return true
	case listed && now.State == "running":
		c.out.Twice = append(c.out.Twice, "container "+what)
		return false
	case len(newer) == 0:
		c.meanwhile("container %s ended", what)
		return false
	}
	exit, err := c.runtime.Exit(ctx, was.ID)
	switch {
	case cri.KindOf(err) == cri.KindNotFound:
		c.meanwhile("container %s was restarted; how it ended cannot be seen any more", what)
	case err != nil:
		c.failed = append(c.failed, err)
	case byItself(was, exit, c.kubelet):
		c.meanwhile("container %s ended by itself (exit code %d) and was restarted", what, exit.Code)
	default:
		c.out.Restarted = append(c.out.Restarted, fmt.Sprintf("container %s (exit code %d)", what, exit.Code))
	}
	return false
}

func (c *comparison) meanwhile(format string, args ...any) {
	c.out.Meanwhile = append(c.out.Meanwhile, fmt.Sprintf(format, args...))
}

func name(s cri.Sandbox) string { return s.Namespace + "/" + s.Name }

// short is as much of an ID as crictl prints.
func short(id string) string { return id[:min(len(id), 13)] }
