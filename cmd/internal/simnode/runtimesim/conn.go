package runtimesim

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// listener wraps its connections in [conn].
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, goodbye: make(chan struct{})}, nil
}

// conn is one client's connection.
type conn struct {
	net.Conn
	// goodbye is closed once an HTTP/2 GOAWAY frame was written: the client opens no
	// further stream on this connection.
	goodbye chan struct{}
	once    sync.Once
}

const frameHeader, goAway = 9, 7 // RFC 9113, 4.1 and 6.8

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	for rest := b; len(rest) >= frameHeader; {
		if rest[3] == goAway {
			c.once.Do(func() { close(c.goodbye) })
		}
		length := frameHeader + int(rest[0])<<16 + int(rest[1])<<8 + int(rest[2])
		rest = rest[min(length, len(rest)):]
	}
	return n, err
}

// Close ends our half first, so that the peer sees the end of the stream and no reset,
// whatever it had sent that was not read yet.
func (c *conn) Close() error {
	if half, ok := c.Conn.(*net.UnixConn); ok && half.CloseWrite() == nil {
		_ = half.SetReadDeadline(time.Now().Add(time.Second))
		_, _ = io.Copy(io.Discard, half)
	}
	return c.Conn.Close()
}

type connKey struct{}

func keepConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// saidGoodbye waits until the stream's connection has announced its end, where the daemon
// announces it: a client that sees its stream end would else open the next one on it.
func saidGoodbye(ctx context.Context) {
	if c, ok := ctx.Value(connKey{}).(*conn); ok {
		select {
		case <-c.goodbye:
		case <-ctx.Done():
		}
	}
}
