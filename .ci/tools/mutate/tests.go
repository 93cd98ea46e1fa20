package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

type result int

const (
	noticed result = iota
	unnoticed
	uncompilable
)

// tests runs the tests of packages.
type tests struct {
	dir, tags string
	timeout   time.Duration
}

func (t tests) goCommand(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = t.dir
	c.WaitDelay = 5 * time.Second
	return c
}

// files lists the sources of packages, whose tests must pass as they are.
func (t tests) files(ctx context.Context, patterns []string) ([]file, error) {
	list := t.goCommand(ctx, append([]string{"list", "-json=ImportPath,Dir,GoFiles", "-tags", t.tags}, patterns...)...)
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var found []file
	for in := json.NewDecoder(bytes.NewReader(out)); in.More(); {
		var p struct {
			ImportPath, Dir string
			GoFiles         []string
		}
		if err := in.Decode(&p); err != nil {
			return nil, err
		}
		for _, name := range p.GoFiles {
			found = append(found, file{p.ImportPath, filepath.Join(p.Dir, name)})
		}
	}
	pass := t.goCommand(ctx, append([]string{"test", "-tags", t.tags}, patterns...)...)
	if out, err := pass.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the tests fail without a mutant: %w\n%s", err, out)
	}
	return found, nil
}

// try runs the tests of a mutant's package. The go command reads the mutant by -overlay, so that
// nothing is written into the checkout.
func (t tests) try(ctx context.Context, m mutant) (result, error) {
	tmp, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(tmp)
	text, overlay := filepath.Join(tmp, "mutant.go"), filepath.Join(tmp, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{m.path: text}})
	if err := errors.Join(err, os.WriteFile(text, m.text, 0o600), os.WriteFile(overlay, replace, 0o600)); err != nil {
		return 0, err
	}
	limited, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	out, err := t.goCommand(limited, "test", "-tags", t.tags, "-overlay", overlay, "-vet=off", "-failfast", "-timeout", t.timeout.String(), m.pkg).CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case err == nil:
		return unnoticed, nil
	case bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")):
		return uncompilable, nil
	}
	return noticed, nil // a test that never ends has noticed too
}
