package simnode

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/journal"
	"github.com/plegctl/plegctl/logscan"
)

// journalFile is the node's journal: a growing file in the journal export format, read
// back through the same decoder as a real one.
type journalFile struct {
	path    string
	boot    string
	now     func() time.Time
	mu      sync.Mutex
	file    *os.File
	size    int64
	count   int
	grown   chan struct{}
	blocked bool
}

func newJournalFile(path string, now func() time.Time) (*journalFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the journal: %w", err)
	}
	return &journalFile{path: path, boot: newHexID(), now: now, file: f, grown: make(chan struct{})}, nil
}

func newHexID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24 on)
	return hex.EncodeToString(b[:])
}

// entry is one entry as its writer knows it.
type entry struct {
	unit, invocation, identifier, transport, message string
	pid, priority                                    int
	// about is the unit that PID 1 writes about.
	about string
}

func (j *journalFile) append(e entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return
	}
	j.count++
	micros := j.now().UnixMicro()
	var b bytes.Buffer
	fmt.Fprintf(&b, "__CURSOR=s=%s;i=%x;b=%s;t=%x\n__REALTIME_TIMESTAMP=%d\n_BOOT_ID=%s\n", j.boot, j.count, j.boot, micros, micros, j.boot)
	fmt.Fprintf(&b, "_HOSTNAME=sim-node\n_TRANSPORT=%s\nPRIORITY=%d\nSYSLOG_IDENTIFIER=%s\n_PID=%d\n", e.transport, e.priority, e.identifier, e.pid)
	if e.about != "" {
		fmt.Fprintf(&b, "_SYSTEMD_UNIT=init.scope\nUNIT=%s\n", e.about)
		if e.invocation != "" {
			fmt.Fprintf(&b, "INVOCATION_ID=%s\n", e.invocation)
		}
	} else {
		fmt.Fprintf(&b, "_SYSTEMD_UNIT=%s\n_SYSTEMD_INVOCATION_ID=%s\n", e.unit, e.invocation)
	}
	fmt.Fprintf(&b, "MESSAGE=%s\n\n", e.message)
	n, err := j.file.Write(b.Bytes())
	if err != nil {
		return
	}
	j.size += int64(n)
	close(j.grown)
	j.grown = make(chan struct{})
}

// systemd writes what PID 1 says of a unit.
func (j *journalFile) systemd(unit, invocation, message string) {
	j.append(entry{about: unit, invocation: invocation, identifier: "systemd", transport: "journal", pid: 1, priority: 6, message: message})
}

func (j *journalFile) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file != nil {
		_ = j.file.Close()
		j.file = nil
	}
}

func (j *journalFile) block(yes bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.blocked = yes
}

func (j *journalFile) state() (size int64, grown <-chan struct{}, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.blocked {
		return 0, nil, &fs.PathError{Op: "open", Path: "/var/log/journal", Err: fs.ErrPermission}
	}
	return j.size, j.grown, nil
}

// Read hands the entries that q chooses to fn, oldest first.
func (j *journalFile) Read(ctx context.Context, q journal.Query, fn func(logscan.Entry) error) error {
	r := &journalReader{journal: j, choose: newChooser(q, j.boot), fn: fn}
	for {
		size, grown, err := j.state()
		if err != nil {
			return err
		}
		if err := r.readTo(ctx, size, q.Tail); err != nil {
			return err
		}
		if !q.Follow {
			return nil
		}
		q.Tail = 0
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-grown:
		}
	}
}
