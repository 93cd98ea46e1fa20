package kubeletsim

import (
	"context"
	"errors"
	"io"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// maxTries is how many event streams may fail in the life of a kubelet; the periods of the
// Generic PLEG are in the node's seconds (kubernetes v1.36.3 pkg/kubelet/kubelet.go).
const (
	maxTries            = 5
	relistPeriod        = 1
	relistPeriodEvented = 300
)

// eventedPLEG opens the event stream: five failures in the whole life of the process, no
// delay between tries, and never again after that (pkg/kubelet/pleg/evented.go).
func (k *Kubelet) eventedPLEG(ctx context.Context) {
	defer close(k.GaveUp)
	for try := range maxTries {
		err := k.readStream(ctx)
		if ctx.Err() != nil {
			return
		}
		k.metrics.with(func() { k.metrics.Errors++ })
		if !k.does.hints {
			k.relist(ctx)
		}
		k.log.say("retry", "err", err.Error())
		if try == maxTries-1 {
			k.log.say("fallback")
			k.log.say("disabled", "err", err.Error(), "retries", maxTries)
		}
	}
}

// readStream is the CRI client's part: it logs its own errors at every verbosity.
func (k *Kubelet) readStream(ctx context.Context) error {
	stream, err := k.cri.GetContainerEvents(ctx, &runtimeapi.GetEventsRequest{})
	if err != nil {
		if ctx.Err() == nil {
			k.log.say("no-client", "err", err.Error())
		}
		return err
	}
	// Counted before the server has answered anything: a success proves nothing.
	k.metrics.with(func() { k.metrics.Success++ })
	for {
		e, err := stream.Recv()
		switch {
		case err != nil && ctx.Err() != nil:
			return err
		case errors.Is(err, io.EOF):
			k.log.say("stream-closed", "err", "EOF")
			return err
		case err != nil:
			k.log.say("stream-failed", "err", err.Error())
			return err
		}
		k.log.say("got-event", "resp", e.String())
		k.takeEvent(ctx, e)
	}
}

// takeEvent is what the kubelet does with one event.
func (k *Kubelet) takeEvent(ctx context.Context, e *runtimeapi.ContainerEventResponse) {
	if e.GetPodSandboxStatus().GetMetadata() == nil {
		k.log.say("no-status", "containerEventResponse", e.String())
		return
	}
	k.metrics.with(func() { k.metrics.Latency.observe(k.opts.Now().Sub(time.Unix(0, e.GetCreatedAt())).Seconds()) })
	uid, kind := e.GetPodSandboxStatus().GetMetadata().GetUid(), e.GetContainerEventType()
	k.log.say("generated", "podUID", uid)
	k.log.say(kind.String(), "event", e.String())
	if k.does.hints && kind == runtimeapi.ContainerEventType_CONTAINER_STOPPED_EVENT {
		k.log.say("relist-wanted", "podUID", uid, "containerID", e.GetContainerId(), "eventType", kind.String())
		_, _, _ = k.list(ctx) // the relist of one pod is not counted, and tells nothing where it fails
	}
}

// genericPLEG relists everything once per period. With the gate on the period is long from
// the start, before any stream is up.
func (k *Kubelet) genericPLEG(ctx context.Context) {
	if !k.does.hints {
		select {
		case <-ctx.Done():
			return
		case <-k.GaveUp:
		case <-time.After(relistPeriodEvented * k.opts.Second):
		}
	}
	for {
		k.relist(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(relistPeriod * k.opts.Second):
		}
	}
}

func (k *Kubelet) relist(ctx context.Context) {
	began := k.opts.Now()
	_, _, err := k.list(ctx)
	if ctx.Err() != nil {
		return
	}
	k.metrics.relisted(began, k.opts.Now().Sub(began), k.opts.Second)
	if err != nil {
		k.log.say("relist-failed", "err", err.Error())
	}
}
