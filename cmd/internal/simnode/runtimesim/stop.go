package runtimesim

import (
	"context"
	"errors"
	"os"
	"time"

	"google.golang.org/grpc"

	"github.com/plegctl/plegctl/verify/known"
)

// goawayTime is what a client gets to learn that no new stream is taken, before the open
// ones end.
const goawayTime = 30 * time.Millisecond

// Stop ends the daemon as its unit's stop does. CRI-O says goodbye: open event streams end
// cleanly and readers see EOF. containerd hangs up: readers see a broken connection.
func (d *Daemon) Stop() {
	d.end.Do(func() {
		d.store.attach(nil)
		_ = os.Remove(d.socket)
		d.release()
		if d.known.Name == known.CRIO {
			d.stopGently()
		} else {
			d.mux.hangUp()
		}
		d.shut()
		if d.opts.PanicOnStop && d.podEvents && d.known.ShutdownPanics {
			d.exit = errors.New("panic: close of closed channel")
		}
		close(d.done)
	})
}

// Kill ends the daemon at once, as a crash does.
func (d *Daemon) Kill(cause error) {
	d.end.Do(func() {
		d.store.attach(nil)
		d.release()
		d.mux.hangUp()
		d.shut()
		d.exit = cause
		close(d.done)
	})
}

func (d *Daemon) stopGently() {
	gone := make(chan struct{})
	go func() { d.grpc.GracefulStop(); close(gone) }()
	time.Sleep(goawayTime)
	d.hub.close()
	select {
	case <-gone:
	case <-time.After(time.Second):
	}
}

func (d *Daemon) shut() {
	d.mux.close()
	_ = d.http.Close()
	// A handler may sit in the hub: let it go before the server waits for it.
	d.hub.close()
	d.grpc.Stop()
}

// Hang makes every call wait and never answer until Release; connections are still taken.
func (d *Daemon) Hang() {
	wait := make(chan struct{})
	d.hang.CompareAndSwap(nil, &wait)
}

// Release lets waiting calls go on.
func (d *Daemon) Release() { d.release() }

func (d *Daemon) release() {
	if wait := d.hang.Swap(nil); wait != nil {
		close(*wait)
	}
}

func (d *Daemon) hold(ctx context.Context) error {
	wait := d.hang.Load()
	if wait == nil {
		return nil
	}
	select {
	case <-*wait:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *Daemon) hangUnary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if err := d.hold(ctx); err != nil {
		return nil, err
	}
	return next(ctx, req)
}

func (d *Daemon) hangStream(srv any, s grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if err := d.hold(s.Context()); err != nil {
		return err
	}
	return next(srv, s)
}
