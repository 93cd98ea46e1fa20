package runtimesim

import (
	"bufio"
	"errors"
	"maps"
	"net"
	"slices"
	"sync"
	"time"
)

// mux takes the connections of one socket and hands those that begin as HTTP/2 does to
// gRPC and the others to HTTP/1, as CRI-O's socket serves both.
type mux struct {
	socket net.Listener
	// grpcOnly hands everything to gRPC, as containerd does.
	grpcOnly   bool
	grpc, http *branch

	mu    sync.Mutex
	conns map[*trackedConn]struct{}
}

func newMux(l net.Listener, grpcOnly bool) *mux {
	m := &mux{socket: l, grpcOnly: grpcOnly, conns: map[*trackedConn]struct{}{}}
	m.grpc, m.http = newBranch(l.Addr()), newBranch(l.Addr())
	return m
}

func (m *mux) run() {
	for {
		conn, err := m.socket.Accept()
		if err != nil {
			m.grpc.close()
			m.http.close()
			return
		}
		tracked := &trackedConn{Conn: conn, mux: m}
		m.mu.Lock()
		m.conns[tracked] = struct{}{}
		m.mu.Unlock()
		go m.sort(tracked)
	}
}

// sort reads the first bytes: "PRI" begins the HTTP/2 preface (RFC 9113, 3.4).
func (m *mux) sort(conn net.Conn) {
	r := bufio.NewReader(conn)
	head, err := r.Peek(3)
	if err != nil {
		_ = conn.Close()
		return
	}
	to := m.http
	if m.grpcOnly || string(head) == "PRI" {
		to = m.grpc
	}
	select {
	case to.conns <- &peekedConn{Conn: conn, r: r}:
	case <-to.done:
		_ = conn.Close()
	}
}

// hangUp cuts every connection: first our half, so that the reader sees the end of the
// stream and no reset, whatever it had sent that was not read yet.
func (m *mux) hangUp() {
	m.close()
	m.mu.Lock()
	open := slices.Collect(maps.Keys(m.conns))
	m.mu.Unlock()
	for _, conn := range open {
		if half, ok := conn.Conn.(*net.UnixConn); ok {
			_ = half.CloseWrite()
		}
	}
	time.Sleep(goodbye)
	for _, conn := range open {
		_ = conn.Conn.Close()
	}
}

// goodbye is the time between our half of the end and the whole.
const goodbye = 20 * time.Millisecond

func (m *mux) close() { _ = m.socket.Close() }

type trackedConn struct {
	net.Conn
	mux *mux
}

func (c *trackedConn) Close() error {
	c.mux.mu.Lock()
	delete(c.mux.conns, c)
	c.mux.mu.Unlock()
	return c.Conn.Close()
}

type peekedConn struct {
	net.Conn
	r *bufio.Reader
}

func (c *peekedConn) Read(b []byte) (int, error) { return c.r.Read(b) }

// branch is one of the two listeners behind the socket.
type branch struct {
	addr  net.Addr
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newBranch(addr net.Addr) *branch {
	return &branch{addr: addr, conns: make(chan net.Conn), done: make(chan struct{})}
}

func (b *branch) Accept() (net.Conn, error) {
	select {
	case conn := <-b.conns:
		return conn, nil
	case <-b.done:
		return nil, errors.Join(net.ErrClosed)
	}
}

func (b *branch) close() { b.once.Do(func() { close(b.done) }) }

func (b *branch) Close() error   { b.close(); return nil }
func (b *branch) Addr() net.Addr { return b.addr }
