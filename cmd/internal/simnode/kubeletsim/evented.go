package kubeletsim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/verify/known"
)

// startEvented opens the event stream: five failures in the whole life of the process, no
// delay between tries, and never again after that (pkg/kubelet/pleg/evented.go).
func (k *Kubelet) startEvented(ctx context.Context) {
	events := make(chan *runtimeapi.ContainerEventResponse, 1000)
	var inUse atomic.Bool
	inUse.Store(true)
	k.generic.evented(&inUse)
	k.watching.Store(true)
	k.wg.Add(2)
	go func() {
		defer k.wg.Done()
		defer close(events)
		defer k.watching.Store(false)
		k.watchStream(ctx, events, &inUse)
	}()
	go func() {
		defer k.wg.Done()
		for e := range events {
			k.takeEvent(ctx, e)
		}
	}()
}

func (k *Kubelet) watchStream(ctx context.Context, events chan<- *runtimeapi.ContainerEventResponse, inUse *atomic.Bool) {
	for range known.MaxStreamRetries {
		err := k.readStream(ctx, events)
		if ctx.Err() != nil {
			return
		}
		k.metrics.streamError()
		if k.known.Design == known.DesignHint {
			k.log.info(4, evented(k.lines.retry), "Evented PLEG: failed to get container events, retrying", "err", err.Error())
		} else {
			k.generic.relist(ctx)
			k.log.info(4, evented(k.lines.retry), "Evented PLEG: Failed to get container events, retrying: ", "err", err.Error())
		}
		if k.metrics.streamErrors() < known.MaxStreamRetries {
			continue
		}
		inUse.Store(false)
		if k.known.Design == known.DesignHint {
			k.log.error(err.Error(), evented(k.lines.fallback),
				"Evented PLEG: disabling container-termination fast path after exhausting event stream retries", "retries", known.MaxStreamRetries)
			return
		}
		k.log.info(4, evented(k.lines.fallback), "Fall back to Generic PLEG relisting since Evented PLEG is not working")
		k.generic.hurry()
	}
}

// readStream is the CRI client's part: it logs its own errors at every verbosity.
func (k *Kubelet) readStream(ctx context.Context, events chan<- *runtimeapi.ContainerEventResponse) error {
	stream, err := k.runtime.cri.GetContainerEvents(ctx, &runtimeapi.GetEventsRequest{})
	if err != nil {
		if ctx.Err() == nil {
			k.log.error(err.Error(), k.lines.noClient, "GetContainerEvents failed to get streaming client")
		}
		return err
	}
	// Counted before the server has answered anything: a success proves nothing.
	k.metrics.streamOpened()
	for {
		e, err := stream.Recv()
		switch {
		case err != nil && ctx.Err() != nil:
			return err
		case errors.Is(err, io.EOF):
			k.log.error("EOF", k.lines.streamClosed, "container events stream is closed")
			return err
		case err != nil:
			k.log.error(err.Error(), k.lines.streamFailed, "failed to receive streaming container event")
			return err
		}
		k.log.info(4, k.lines.gotEvent, "container event received", "resp", e.String())
		select {
		case events <- e:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// takeEvent is what the kubelet does with one event.
func (k *Kubelet) takeEvent(ctx context.Context, e *runtimeapi.ContainerEventResponse) {
	if e.GetPodSandboxStatus().GetMetadata() == nil {
		k.log.error("", evented(k.lines.noStatus),
			"Evented PLEG: received ContainerEventResponse with nil PodSandboxStatus or PodSandboxStatus.Metadata", "containerEventResponse", e.String())
		return
	}
	k.metrics.eventReceived(k.opts.Now().Sub(time.Unix(0, e.GetCreatedAt())))
	uid := e.GetPodSandboxStatus().GetMetadata().GetUid()
	if k.known.Design == known.DesignHint {
		if e.GetContainerEventType() == runtimeapi.ContainerEventType_CONTAINER_STOPPED_EVENT {
			k.log.info(4, evented(132), "Evented PLEG: requested pod relist after container termination",
				"podUID", uid, "containerID", e.GetContainerId(), "eventType", e.GetContainerEventType().String())
			k.generic.relistPod(ctx, uid)
		}
		return
	}
	k.log.info(4, evented(k.lines.generated), "Evented PLEG: Generated pod status from the received event", "podUID", uid)
	word, offset := receivedWord(e.GetContainerEventType())
	k.log.info(4, evented(k.lines.received+offset), fmt.Sprintf("Received Container %s Event", word), "event", e.String())
	k.pods.learnEvent(e)
}

// receivedWord gives the word and how far its line is below the first of the four.
func receivedWord(t runtimeapi.ContainerEventType) (string, int) {
	switch t {
	case runtimeapi.ContainerEventType_CONTAINER_STOPPED_EVENT:
		return "Stopped", 0
	case runtimeapi.ContainerEventType_CONTAINER_CREATED_EVENT:
		return "Created", 7
	case runtimeapi.ContainerEventType_CONTAINER_STARTED_EVENT:
		return "Started", 10
	}
	return "Deleted", 16
}
