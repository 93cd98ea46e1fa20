package kubeletsim

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/verify/known"
)

// genericPLEG relists everything once per period.
type genericPLEG struct {
	k *Kubelet
	// inUse is nil with the gate off.
	inUse *atomic.Bool
	wake  chan struct{}

	mu   sync.Mutex
	last time.Time
}

func newGenericPLEG(k *Kubelet) *genericPLEG {
	return &genericPLEG{k: k, wake: make(chan struct{}, 1)}
}

// evented tells it that an event stream is in use.
func (g *genericPLEG) evented(inUse *atomic.Bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inUse = inUse
}

// hurry makes it look at its period again, after the fallback.
func (g *genericPLEG) hurry() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

func (g *genericPLEG) period() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	seconds := g.k.known.RelistOff
	// With the gate on the period is long from the start, before any stream is up.
	if g.k.gateOn && (g.inUse == nil || g.inUse.Load()) {
		seconds = g.k.known.RelistOn
	}
	return time.Duration(seconds.Seconds() * float64(g.k.opts.Second))
}

// start relists at once and then every period.
func (g *genericPLEG) start(ctx context.Context) {
	g.relist(ctx)
	g.k.wg.Add(1)
	go func() {
		defer g.k.wg.Done()
		for {
			select {
			case <-ctx.Done():
				return
			case <-g.wake:
			case <-time.After(g.period()):
			}
			if ctx.Err() == nil {
				g.relist(ctx)
			}
		}
	}()
}

func (g *genericPLEG) relist(ctx context.Context) {
	k := g.k
	began := k.opts.Now()
	g.mu.Lock()
	if !g.last.IsZero() {
		k.metrics.relistInterval(k.nodeTime(began.Sub(g.last)))
	}
	g.last = began
	g.mu.Unlock()
	k.pods.acting.Lock()
	seen, err := k.runtime.list(ctx)
	var changed []string
	if err == nil {
		changed = k.pods.learnList(seen)
	}
	k.pods.acting.Unlock()
	k.metrics.relisted(k.opts.Now(), k.opts.Now().Sub(began))
	if err != nil {
		if ctx.Err() == nil {
			k.log.error(err.Error(), "pleg/generic.go:312", "GenericPLEG: Unable to retrieve pods")
		}
		return
	}
	for _, uid := range changed {
		g.podStatus(ctx, seen, uid)
	}
}

// relistPod looks at one pod only, at once (kubernetes/kubernetes#137362).
func (g *genericPLEG) relistPod(ctx context.Context, uid string) {
	began := g.k.opts.Now()
	g.k.pods.acting.Lock()
	seen, err := g.k.runtime.list(ctx)
	if err == nil {
		g.k.pods.learnList(seen)
	}
	g.k.pods.acting.Unlock()
	if err != nil {
		return
	}
	g.k.metrics.podRelisted(g.k.opts.Now().Sub(began))
	g.podStatus(ctx, seen, uid)
}

// podStatus asks for the status of a pod's sandbox, as the pod cache does. With the gate
// on, a runtime that gives no timestamp is noted; from 1.37 a runtime that gives one
// leaves ActiveContainerStatuses empty, which is bug B1
// (kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_manager.go:2227-2254).
func (g *genericPLEG) podStatus(ctx context.Context, seen snapshot, uid string) {
	k := g.k
	for _, s := range seen.sandboxes {
		if s.GetMetadata().GetUid() != uid {
			continue
		}
		call, cancel := context.WithTimeout(ctx, callTime)
		r, err := k.runtime.cri.PodSandboxStatus(call, &runtimeapi.PodSandboxStatusRequest{PodSandboxId: s.GetId()})
		cancel()
		if err != nil || !k.gateOn {
			return
		}
		if r.GetTimestamp() == 0 {
			k.log.info(4, k.lines.noTimestamp, "Runtime does not set pod status timestamp", "pod", k.podRef(s.GetMetadata()))
		}
		k.pods.blind(uid, k.known.Design == known.DesignHint && r.GetTimestamp() != 0)
	}
}

// podRef is how a pod is named in that line: from 1.36 as one string with the UID.
func (k *Kubelet) podRef(m *runtimeapi.PodSandboxMetadata) any {
	switch {
	case !k.opts.Version.MinorLess(1, 36):
		return m.GetName() + "_" + m.GetNamespace() + "(" + m.GetUid() + ")"
	case k.config.json:
		return map[string]string{"name": m.GetName(), "namespace": m.GetNamespace()}
	}
	return m.GetNamespace() + "/" + m.GetName()
}

// nodeTime is a span of real time as the node counts it.
func (k *Kubelet) nodeTime(d time.Duration) time.Duration {
	return time.Duration(float64(d) / k.opts.Second.Seconds())
}
