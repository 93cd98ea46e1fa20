package logread

import (
	"context"
	"io"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/logscan"
)

// Reader reads one log.
type Reader struct {
	Query Query
	// Stdin is read where the file is "-".
	Stdin io.Reader
	// Host opens the node whose journal is read; Root is the image, "" for this host.
	Host func(context.Context) (*node.Host, error)
	Root string
	Now  func() time.Time
	// Notice is given what limits the answer, as it is found.
	Notice func(string)

	source logscan.Source
	give   func(logscan.Entry) error
}

// Read gives the entries that are asked for to fn, and returns where they came from.
func (r *Reader) Read(ctx context.Context, fn func(logscan.Entry) error) (logscan.Source, error) {
	r.give = fn
	var err error
	if r.Query.file != "" {
		err = r.readFile(ctx)
	} else {
		err = r.readJournal(ctx)
	}
	return r.source, err
}

func (r *Reader) notice(text string) {
	r.source.Notices = append(r.source.Notices, text)
	r.Notice(text)
}
