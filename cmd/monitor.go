package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/plegctl/plegctl/cmd/internal/cli"
	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

// monitorOptions are the flags of verbs whose verdict goes to a monitoring system.
type monitorOptions struct {
	textfile string
	exitAs   string
	bundle   string
}

func (o *monitorOptions) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.textfile, "textfile", "", "also write the verdict as Prometheus metrics to `FILE`")
	c.Flags().StringVar(&o.bundle, "bundle", "", "judge the bundle in `FILE`, not this node")
	cli.OneOf(c, &o.exitAs, "exit-as", "plegctl", report.Consumers(), "exit codes of `CONSUMER`: plegctl, nagios or npd")
}

// print gives the verdict. A textfile that cannot be written does not lose the answer.
func (o *monitorOptions) print(d *Deps, f verify.Facts, v verify.Verdict, doc report.Document) error {
	doc.ExitCode = report.ExitAs(o.exitAs, doc.ExitCode, doc.Monitor)
	written := writeTextfile(o.textfile, f, v)
	err := d.printResult(doc)
	if written == nil || err != nil && !errors.As(err, new(answered)) {
		return err
	}
	d.fail(written)
	if err == nil {
		err = answered{ExitError}
	}
	return err
}

// wrap gives an error of a verb the exit code of the consumer: unknown.
func (o *monitorOptions) wrap(err error) error {
	if err == nil || o.exitAs == "plegctl" || errors.As(err, new(answered)) {
		return err
	}
	return withCode(report.ExitAs(o.exitAs, exitCode(err), report.MonitorUnknown), err)
}

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
		return hint.With(fmt.Errorf("write the textfile: %w", err), "name a file in a directory that exists and is writable")
	}
	return nil
}

// replaceHere writes a file of this machine, whole or not at all.
func replaceHere(file string, data []byte) error {
	abs, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	dir, err := hostfs.Open(filepath.Dir(abs))
	if err != nil {
		return err
	}
	// Everything is on disk when the write returns.
	defer func() { _ = dir.Close() }()
	name := "/" + filepath.Base(abs)
	now, err := dir.Digest(name)
	if errors.Is(err, fs.ErrNotExist) {
		return dir.Create(name, data, 0o644)
	}
	if err != nil {
		return err
	}
	return dir.Replace(name, data, now, hostfs.WriteOptions{})
}
