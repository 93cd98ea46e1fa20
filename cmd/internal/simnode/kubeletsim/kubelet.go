package kubeletsim

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/plegctl/plegctl/verify/known"
)

// Options describe one start of the kubelet.
type Options struct {
	Version known.Version
	// Root is the folder of this machine that is the node's "/".
	Root string
	// Args and Env are the kubelet's command line (without the program) and environment.
	Args, Env []string
	PID       int
	// Second is how long one of the node's seconds lasts.
	Second time.Duration
	Now    func() time.Time
	// Write takes one line of output: one journal entry.
	Write func(string)
	// Pods are what this kubelet has to run.
	Pods []Pod
	// Identity is who is let in at its port; nil lets nobody in.
	Identity *Identity
	// Sick makes healthz answer 500 while it returns true; nil is never.
	Sick func() bool
}

// Kubelet is one run of the kubelet's process.
type Kubelet struct {
	opts   Options
	lines  lines
	known  known.Kubelet
	log    *klog
	config effective
	gateOn bool

	runtime *runtimeConn
	metrics *metrics
	servers []server

	// generic is the Generic PLEG; its period changes with the fallback.
	generic *genericPLEG
	pods    *podWorkers

	// watching is true from the first try to open the event stream to the last.
	watching atomic.Bool

	stop context.CancelFunc
	done chan struct{}
	wg   sync.WaitGroup
	mu   sync.Mutex
	code int
}

// Start starts the process. It returns at once, as systemd does for a unit of Type=simple;
// what happens then shows in Done and ExitCode.
func Start(opts Options) *Kubelet {
	ctx, cancel := context.WithCancel(context.Background())
	k := &Kubelet{
		opts: opts, lines: linesOf(opts.Version), known: known.KubeletAt(opts.Version),
		stop: cancel, done: make(chan struct{}), metrics: newMetrics(opts.Now()),
	}
	k.log = &klog{pid: opts.PID, now: opts.Now, write: k.emit}
	go func() {
		defer close(k.done)
		defer cancel()
		if err := k.run(ctx); err != nil {
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

// Kill ends it with an exit code of its own, as a crash does.
func (k *Kubelet) Kill(code int) {
	k.mu.Lock()
	k.code = code
	k.mu.Unlock()
	k.stop()
	<-k.done
}

// Done is closed when the process has ended.
func (k *Kubelet) Done() <-chan struct{} { return k.done }

// Watching tells that the kubelet has an event stream or still tries to open one.
func (k *Kubelet) Watching() bool { return k.watching.Load() }

// ExitCode is how it ended: 0 after Stop, 1 for an error, 2 for a Go panic.
func (k *Kubelet) ExitCode() int {
	<-k.done
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.code
}

func (k *Kubelet) run(ctx context.Context) error {
	flags, err := parseFlags(k.opts.Args)
	if err != nil {
		return &exitError{text: "failed to parse kubelet flag: " + err.Error()}
	}
	if k.config, err = k.loadConfig(flags); err != nil {
		return err
	}
	k.log.json, k.log.verbosity = k.config.json, k.config.verbosity
	k.gateOn = gateOn(k.opts.Version, k.config.gates)
	k.logStart(flags)
	if k.runtime, err = dialRuntime(k.opts.Root, k.config.endpoint); err != nil {
		return err
	}
	defer k.runtime.close()
	if err := k.introduceRuntime(ctx); err != nil {
		return err
	}
	if err := k.listen(ctx); err != nil {
		return err
	}
	defer k.closeServers()
	k.log.error("[container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful]",
		k.lines.skipping, "Skipping pod synchronization")
	k.pods = newPodWorkers(k)
	k.generic = newGenericPLEG(k)
	k.generic.start(ctx)
	if k.gateOn {
		k.startEvented(ctx)
	}
	k.pods.run(ctx)
	k.wg.Wait()
	return nil
}

// introduceRuntime asks the runtime who it is; a kubelet whose runtime does not answer
// exits and is started again by systemd.
func (k *Kubelet) introduceRuntime(ctx context.Context) error {
	v, err := k.runtime.version(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return &exitError{text: fmt.Sprintf("failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint \"unix://%s\": %v", k.config.endpoint, err)}
	}
	k.log.info(0, k.lines.runtimeUp, "Container runtime initialized",
		"containerRuntime", v.GetRuntimeName(), "version", v.GetRuntimeVersion(), "apiVersion", v.GetRuntimeApiVersion())
	return nil
}

// die prints why and sets the exit code: from 1.32 a bad gate in a file is a Go panic,
// which no log format covers (cmd/kubelet/app/server.go and pkg/kubelet/apis/config/v1beta1
// defaults.go at 1.32.13 and 1.37.2).
func (k *Kubelet) die(err error) {
	code := 1
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{text: err.Error()}
	}
	switch {
	case exit.inFile && k.known.BadGatePanics:
		code = 2
		k.emit("panic: failed to merge global and in-flight KubeletConfiguration while setting defaults, error: " + exit.text +
			"\n\ngoroutine 1 [running]:\nk8s.io/kubernetes/pkg/kubelet/apis/config/v1beta1.SetDefaults_KubeletConfiguration(0xc000b16008)\n\tk8s.io/kubernetes/pkg/kubelet/apis/config/v1beta1/defaults.go:70 +0x1b85")
	case exit.inFile:
		k.log.error("failed to set feature gates from initial flags-based config: "+exit.text, "cli/run.go:72", "command failed")
	default:
		k.log.error(exit.text, "cli/run.go:72", "command failed")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.code == 0 {
		k.code = code
	}
}
