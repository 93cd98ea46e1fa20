package node

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"

	"github.com/plegctl/plegctl/cmd/internal/procfs"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/verify"
)

// Observe looks at the whole node and returns what it saw; it changes nothing. What cannot
// be seen, or not in time, is a fact that says why. The error is that of an ended context only.
func Observe(parent context.Context, h *Host, o Options) (verify.Facts, error) {
	limit := cmp.Or(o.Limit, lifecycle.Observation)
	ctx, cancel := context.WithTimeoutCause(parent, limit, fmt.Errorf("it was not seen within %s", limit))
	defer cancel()
	s := &sight{host: h, options: o}
	s.facts.Offline = h.Offline
	s.facts.Own = o.Own
	// All else is to have time, too, where systemd is silent.
	patience := min(lifecycle.Bus, limit/2)
	bus, answered := context.WithTimeoutCause(ctx, patience, fmt.Errorf("systemd did not answer within %s", patience))
	s.kubeletUnit(bus)
	if bus.Err() != nil { // it is not waited for again
		mute := *h
		mute.Units = silent{context.Cause(bus)}
		s.host = &mute
	}
	answered()
	s.kubeletConfig()
	logs, enough := context.WithCancelCause(ctx)
	defer enough(nil)
	s.together(
		func() {
			s.kubeletLive(ctx)
			if m := s.facts.Kubelet.Metrics.Value; o.Quick && m.HasPLEG && m.Successes > m.Errors {
				enough(errNeedless)
			}
		},
		func() { s.kubeletLog(logs) },
		func() { s.runtime(ctx) },
	)
	// Who owns the files, and which disks count, depends on the runtime.
	s.machine(ctx)
	s.facts.Node.Platform = s.platform() // depends on which runtime it is
	s.kubeletVersion(ctx)
	s.kubeletSettings()
	s.kubeletRunning()
	if !o.Quick && !h.Offline {
		s.newerFiles()
	}
	s.facts.At = h.Now()
	return s.facts, parent.Err()
}

// sight is one observation. Its parts that run together write to different facts.
type sight struct {
	host    *Host
	options Options
	facts   verify.Facts
	kubelet kubeletSeen
	// runtimeUnitSeen and runtimeProcess carry the environment and the flags of the runtime.
	runtimeUnitSeen systemd.Unit
	runtimeProcess  procfs.Process
}

func (s *sight) together(parts ...func()) {
	var all sync.WaitGroup
	for _, part := range parts {
		all.Go(part)
	}
	all.Wait()
}
