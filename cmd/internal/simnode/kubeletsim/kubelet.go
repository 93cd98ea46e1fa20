// Package kubeletsim plays a kubelet of one named version, as far as Evented PLEG is
// concerned: it reads its configuration when it starts and dies of what the real one dies
// of, opens the event stream of a real CRI server, relists at the pace of its version,
// restarts the container of one pod, serves /metrics, /configz and /healthz, and writes the
// log lines of its minor release as text or JSON.
//
// What the releases do differently is one table, [behaviours]; it shares nothing with what
// plegctl knows of kubelets. The tests of package simnode hold it against recordings of
// real kubelets. Start with [Start].
package kubeletsim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/cmd/internal/simnode/freeze"
)

// Options describe one start of the kubelet.
type Options struct {
	// Version is "1.36.3".
	Version string
	// Root is the directory of this machine that is the node's "/".
	Root string
	// Args is the kubelet's command line without the program.
	Args []string
	PID  int
	// Second is how long one of the node's seconds lasts.
	Second time.Duration
	Now    func() time.Time
	// Write takes one line of output: one journal entry.
	Write func(string)
	// Pod is what this kubelet has to run, once AtRest is closed; nil is nothing.
	Pod    *Pod
	AtRest <-chan struct{}
	// Identity is who is let in at its port.
	Identity *Identity
}

// Kubelet is one run of the kubelet's process.
type Kubelet struct {
	freeze.Switch
	opts    Options
	does    behaviour
	log     *klog
	config  effective
	metrics *metrics
	born    time.Time
	cri     runtimeapi.RuntimeServiceClient
	servers []*http.Server
	// Listening is closed when its ports are open; GaveUp when it has no event stream and
	// tries to open none: its gate is off, or the tries are used up.
	Listening, GaveUp chan struct{}

	stop context.CancelFunc
	done chan struct{}
	wg   sync.WaitGroup
	code atomic.Int32
}

// Start starts the process. It returns at once, as systemd does for a unit of Type=simple;
// what happens then shows in Done and ExitCode.
func Start(opts Options) *Kubelet {
	ctx, cancel := context.WithCancel(context.Background())
	k := &Kubelet{
		opts: opts, stop: cancel, metrics: &metrics{}, born: opts.Now(),
		done: make(chan struct{}), Listening: make(chan struct{}), GaveUp: make(chan struct{}),
	}
	go func() {
		defer close(k.done)
		defer cancel()
		if err := k.run(ctx); err != nil && ctx.Err() == nil {
			k.die(err)
		}
	}()
	return k
}

// Stop ends the process as SIGTERM does, and waits for its end.
func (k *Kubelet) Stop() {
	k.stop()
	<-k.done
}

// Kill ends it as a crash does.
func (k *Kubelet) Kill() {
	k.code.Store(255)
	k.Stop()
}

// Done is closed when the process has ended.
func (k *Kubelet) Done() <-chan struct{} { return k.done }

// ExitCode is how it ended: 0 after Stop, 1 for an error, 2 for a Go panic.
func (k *Kubelet) ExitCode() int {
	<-k.done
	return int(k.code.Load())
}

func (k *Kubelet) run(ctx context.Context) (err error) {
	if k.does, err = behaviourOf(k.opts.Version); err != nil {
		return err
	}
	k.log = &klog{messages: k.does.messages, pid: k.opts.PID, now: k.opts.Now, write: k.emit}
	if k.config, err = k.loadConfig(); err != nil {
		return err
	}
	k.log.json, k.log.verbosity = k.config.json, k.config.verbosity
	k.sayStart()
	conn, err := k.connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	k.cri = runtimeapi.NewRuntimeServiceClient(conn)
	v, err := k.cri.Version(ctx, &runtimeapi.VersionRequest{})
	if err != nil { // it exits, and systemd starts it again
		return fmt.Errorf("failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint \"unix://%s\": %w", k.config.endpoint, err)
	}
	k.log.say("runtime", "containerRuntime", v.GetRuntimeName(), "version", v.GetRuntimeVersion(), "apiVersion", v.GetRuntimeApiVersion())
	defer k.closeServers()
	if err := k.listen(ctx); err != nil {
		return err
	}
	k.log.say("skipping", "err", "[container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful]")
	k.relist(ctx)
	k.wg.Go(func() { k.genericPLEG(ctx) })
	if k.config.gateOn {
		k.wg.Go(func() { k.eventedPLEG(ctx) })
	} else {
		close(k.GaveUp)
	}
	close(k.Listening)
	k.podWorker(ctx)
	k.wg.Wait()
	return nil
}

// gatesError are gates of a file that the kubelet does not take.
type gatesError struct{ error }

// die prints why and sets the exit code: a bad gate in a file is a Go panic, which no log
// format covers (kubernetes v1.37.2 pkg/kubelet/apis/config/v1beta1/defaults.go).
func (k *Kubelet) die(err error) {
	code := int32(1)
	if errors.As(err, new(gatesError)) {
		code = 2
		k.emit("panic: failed to merge global and in-flight KubeletConfiguration while setting defaults, error: " + err.Error() +
			"\n\ngoroutine 1 [running]:\nk8s.io/kubernetes/pkg/kubelet/apis/config/v1beta1.SetDefaults_KubeletConfiguration(0xc000b16008)")
	} else {
		k.log.say("died", "err", err.Error())
	}
	k.code.CompareAndSwap(0, code)
}
