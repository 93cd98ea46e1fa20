package runtimesim

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/verify/known"
)

// Options describe one start of the daemon.
type Options struct {
	Name    known.RuntimeName
	Version known.Version
	// Root is the folder of this machine that is the node's "/".
	Root string
	// Socket is the CRI endpoint as the node sees it, "/run/crio/crio.sock".
	Socket string
	// Args and Env are the daemon's command line and environment.
	Args, Env  []string
	PauseImage string
	// Second is how long one of the node's seconds lasts.
	Second time.Duration
	// CrashOnLeave makes CRI-O 1.28 to 1.32 die when a reader has left, which the real
	// one does now and then (cri-o/cri-o#9004).
	CrashOnLeave bool
	// PanicOnStop makes CRI-O die in its own shutdown while its events are on
	// (cri-o/cri-o#6626).
	PanicOnStop bool
}

// Daemon is a running container runtime.
type Daemon struct {
	opts      Options
	known     known.Runtime
	store     *Store
	hub       hub
	podEvents bool

	socket string
	grpc   *grpc.Server
	mux    *mux
	http   *http.Server
	hang   atomic.Pointer[chan struct{}]
	done   chan struct{}
	end    sync.Once
	exit   error
}

// Start reads the daemon's configuration and serves CRI. An error is what the real daemon
// would print before it exits.
func Start(opts Options, store *Store) (*Daemon, error) {
	d := &Daemon{opts: opts, store: store, known: known.RuntimeAt(opts.Name, opts.Version), done: make(chan struct{})}
	cri, err := d.configure()
	if err != nil {
		return nil, err
	}
	d.hub = newHub(d.known, d.readerLeft)
	if d.known.NeedsSwitch && !d.podEvents {
		d.hub = silentHub{}
	}
	d.socket = filepath.Join(opts.Root, opts.Socket)
	if err := os.MkdirAll(filepath.Dir(d.socket), 0o755); err != nil {
		return nil, err
	}
	if err := os.Remove(d.socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", d.socket)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", opts.Socket, err)
	}
	d.serve(listener, cri)
	store.attach(d.exited)
	return d, nil
}

func (d *Daemon) serve(listener net.Listener, cri bool) {
	d.mux = newMux(listener, d.known.Name != known.CRIO)
	d.grpc = grpc.NewServer(
		grpc.UnaryInterceptor(d.hangUnary), grpc.StreamInterceptor(d.hangStream),
		grpc.MaxSendMsgSize(16<<20), grpc.MaxRecvMsgSize(16<<20),
	)
	if cri {
		runtimeapi.RegisterRuntimeServiceServer(d.grpc, &server{d: d})
		runtimeapi.RegisterImageServiceServer(d.grpc, &images{d: d})
	}
	go func() { _ = d.grpc.Serve(d.mux.grpc) }()
	d.http = &http.Server{Handler: d.inspect(), ReadHeaderTimeout: 10 * time.Second}
	if d.known.Name == known.CRIO {
		go func() { _ = d.http.Serve(d.mux.http) }()
	}
	go d.mux.run()
}

// Done is closed when the daemon has ended; Err then says how, nil for an orderly stop.
func (d *Daemon) Done() <-chan struct{} { return d.done }

// Err is why the daemon ended.
func (d *Daemon) Err() error {
	<-d.done
	return d.exit
}

// Readers is the number of open event streams, where the daemon can tell.
func (d *Daemon) Readers() int {
	if h, ok := d.hub.(*crioHub); ok {
		return h.open()
	}
	return -1
}

func (d *Daemon) readerLeft() {
	if d.opts.CrashOnLeave && d.known.ProbeCrash {
		go d.Kill(errors.New("panic: sync: negative WaitGroup counter"))
	}
}
