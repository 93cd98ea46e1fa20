// Package runtimesim plays CRI-O or containerd of a named version: a real gRPC server on a
// unix socket, with pod sandboxes and containers that are entries in a table, and with the
// event stream of that version. It reads the daemon's own configuration files when it
// starts, with the daemon's own TOML library, and refuses what the daemon refuses.
//
// What the versions do differently is one table, [behaviours]; it shares nothing with what
// plegctl knows of runtimes, so that each can show the other wrong. Start with [Start].
package runtimesim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/cmd/internal/simnode/freeze"
)

// Options describe one start of the daemon.
type Options struct {
	// Runtime is [Containerd] or [CRIO]; Version is "2.4.2".
	Runtime, Version string
	// KnowsKey makes it a containerd that has the key enable_pod_events, as no release
	// has: events are then off unless it is true.
	KnowsKey bool
	// Root is the directory of this machine that is the node's "/".
	Root string
	// Config and ConfigDir are the files that it reads, "" for the usual ones.
	Config, ConfigDir string
	// Socket is the CRI endpoint as the node sees it, "/run/crio/crio.sock".
	Socket     string
	PauseImage string
	// Second is how long one of the node's seconds lasts.
	Second time.Duration
}

// Daemon is a running container runtime.
type Daemon struct {
	freeze.Switch
	opts   Options
	does   behaviour
	store  *Store
	hub    *hub
	config config

	socket string
	grpc   *grpc.Server
	http   *http.Server // CRI-O only: it speaks gRPC and plain HTTP on one socket
	end    sync.Once
	done   chan struct{}
	killed bool
}

// Start reads the daemon's configuration and serves CRI. An error is what the real daemon
// would print before it exits.
func Start(opts Options, store *Store) (*Daemon, error) {
	does, err := behaviourOf(opts.Runtime, opts.Version)
	if err != nil {
		return nil, err
	}
	d := &Daemon{opts: opts, does: does, store: store, done: make(chan struct{}), socket: filepath.Join(opts.Root, opts.Socket)}
	if d.config, err = readConfig(opts, does); err != nil {
		return nil, err
	}
	d.hub = newHub(does)
	if err := os.MkdirAll(filepath.Dir(d.socket), 0o755); err != nil {
		return nil, err
	}
	if err := os.Remove(d.socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	socket, err := net.Listen("unix", d.socket)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", opts.Socket, err)
	}
	d.serve(listener{socket})
	store.with(func() { store.exited = d.exited })
	return d, nil
}

func (d *Daemon) serve(socket net.Listener) {
	d.grpc = grpc.NewServer(grpc.MaxSendMsgSize(16<<20),
		grpc.UnaryInterceptor(func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			if err := d.Wait(ctx); err != nil {
				return nil, err
			}
			return next(ctx, req)
		}),
		grpc.StreamInterceptor(func(srv any, s grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
			if err := d.Wait(s.Context()); err != nil {
				return err
			}
			return next(srv, s)
		}))
	if d.config.cri {
		all := &server{d: d}
		runtimeapi.RegisterRuntimeServiceServer(d.grpc, all)
		runtimeapi.RegisterImageServiceServer(d.grpc, all)
	}
	if d.opts.Runtime != CRIO {
		go func() { _ = d.grpc.Serve(socket) }()
		return
	}
	d.http = &http.Server{Handler: d.route(), ReadHeaderTimeout: 10 * time.Second, Protocols: new(http.Protocols), ConnContext: keepConn}
	d.http.Protocols.SetHTTP1(true)
	d.http.Protocols.SetUnencryptedHTTP2(true)
	go func() { _ = d.http.Serve(socket) }()
}

// route sends gRPC to the CRI and the rest to CRI-O's own pages.
func (d *Daemon) route() http.Handler {
	pages := d.pages()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
			d.grpc.ServeHTTP(w, r)
			return
		}
		if d.Wait(r.Context()) == nil {
			pages.ServeHTTP(w, r)
		}
	})
}

// Stop ends the daemon as its unit's stop does. CRI-O says goodbye: open event streams end
// cleanly and readers see EOF. containerd hangs up: readers see a broken connection.
func (d *Daemon) Stop() {
	d.finish(false, func() {
		if d.http == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		d.hub.close()
		_ = d.http.Shutdown(ctx) // what does not end in time is cut off
	})
}

// Kill ends the daemon at once, as a crash does.
func (d *Daemon) Kill() { d.finish(true, func() {}) }

func (d *Daemon) finish(killed bool, goodbye func()) {
	d.end.Do(func() {
		d.store.with(func() { d.store.exited = nil })
		_ = os.Remove(d.socket)
		d.Freeze(false)
		goodbye()
		if d.http != nil {
			_ = d.http.Close()
		}
		d.grpc.Stop()
		d.hub.close()
		d.killed = killed
		close(d.done)
	})
}

// Done is closed when the daemon has ended; ExitCode then says how.
func (d *Daemon) Done() <-chan struct{} { return d.done }

// ExitCode is 0 after [Daemon.Stop].
func (d *Daemon) ExitCode() int {
	<-d.done
	if d.killed {
		return 2
	}
	return 0
}

// Readers is the number of open event streams.
func (d *Daemon) Readers() int { return d.hub.open() }
