package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

// writeTextfile writes the verdict for a monitoring agent; the agent never sees half of it.
func writeTextfile(file string, f verify.Facts, v verify.Verdict) error {
	if file == "" {
		return nil
	}
	var doc bytes.Buffer
	if err := report.Textfile(&doc, f, v); err != nil {
		return err
	}
	if err := replaceHere(file, doc.Bytes()); err != nil {
		return hint.With(fmt.Errorf("write the textfile: %w", err), "name a file in a folder that exists and can be written")
	}
	return nil
}

// replaceHere writes a file of this machine, whole or not at all.
func replaceHere(file string, data []byte) error {
	abs, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	folder, err := hostfs.Open(filepath.Dir(abs))
	if err != nil {
		return err
	}
	// Everything is on disk when the write returns.
	defer func() { _ = folder.Close() }()
	name := "/" + filepath.Base(abs)
	now, err := folder.Digest(name)
	if errors.Is(err, fs.ErrNotExist) {
		return folder.Create(name, data, 0o644, hostfs.WriteOptions{})
	}
	if err != nil {
		return err
	}
	return folder.Replace(name, data, now, hostfs.WriteOptions{})
}
