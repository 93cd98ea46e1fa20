package logread

import (
	"context"
	"errors"
	"io"
)

// maxPipe bounds what is read from a pipe, which may never end.
const maxPipe = 8 << 30

var errEndless = errors.New("more than 8 GiB came, and no end")

// pipe reads from something that may block or never end, until ctx ends. A read that hangs
// is left to its goroutine, which ends with the process.
type pipe struct {
	r     io.Reader
	ended <-chan struct{}
	cause func() error
	left  int64
	buf   []byte
	done  chan result
}

type result struct {
	n   int
	err error
}

func newPipe(ctx context.Context, r io.Reader) *pipe {
	return &pipe{r: r, ended: ctx.Done(), cause: func() error { return context.Cause(ctx) }, left: maxPipe, done: make(chan result, 1)}
}

func (p *pipe) Read(b []byte) (int, error) {
	if p.left <= 0 {
		return 0, errEndless
	}
	if len(p.buf) < len(b) {
		p.buf = make([]byte, len(b))
	}
	buf := p.buf[:len(b)]
	go func() {
		n, err := p.r.Read(buf)
		p.done <- result{n, err}
	}()
	select {
	case got := <-p.done:
		p.left -= int64(got.n)
		return copy(b, buf[:got.n]), got.err
	case <-p.ended:
		return 0, p.cause()
	}
}
