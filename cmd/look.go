package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/change"
	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/node"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/report"
)

// look opens the node for a command that changes nothing on it, and observes it once; with a
// limit, only what the state needs, and what can be seen within it.
func (d *Deps) look(ctx context.Context, limit time.Duration) (*node.Host, node.Options, verify.Facts, error) {
	host, err := d.Host(ctx, d.Settings)
	if err != nil {
		return nil, node.Options{}, verify.Facts{}, err
	}
	if err := d.credentials(); err != nil {
		return nil, node.Options{}, verify.Facts{}, err
	}
	host = host.ReadOnly()
	o := d.observing()
	o.Quick, o.Limit = limit > 0, limit
	facts, err := again(ctx, host, &o)
	return host, o, facts, err
}

// again observes a node that was opened before, with its record as it is now.
func again(ctx context.Context, host *node.Host, o *node.Options) (verify.Facts, error) {
	o.Own = change.OwnFacts(host, o.StateDir)
	return node.Observe(ctx, host, *o)
}

// credentials looks whether the files that the operator named can be read: an answer
// without them would be another one than was asked for.
func (d *Deps) credentials() error {
	for flag, file := range map[string]string{"kubeconfig": d.Settings.Kubeconfig, "token-file": d.Settings.TokenFile} {
		if file == "" {
			continue
		}
		if _, err := hostfs.ReadNamed(file, hostfs.MaxFile); err != nil {
			return usage(fmt.Errorf("--%s: %w", flag, err), "name a file that you can read")
		}
	}
	return nil
}

// bounded ends the command's work at --timeout, where one is given.
func (d *Deps) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if d.Settings.Timeout > 0 {
		return context.WithTimeoutCause(ctx, d.Settings.Timeout, errTimeout(d.Settings.Timeout))
	}
	return context.WithCancel(ctx)
}

// errTimeout is the cause of a context that --timeout ended.
func errTimeout(after time.Duration) error {
	return fmt.Errorf("timed out after %s (--timeout)", after)
}

// observing is what the settings say of where to look.
func (d *Deps) observing() node.Options {
	s := d.Settings
	return node.Options{
		KubeletUnit: s.KubeletUnit, RuntimeUnit: s.RuntimeUnit, RuntimeEndpoint: s.RuntimeEndpoint,
		KubeletVersion: s.KubeletVersion, Runtime: s.Runtime, RuntimeVersion: s.RuntimeVersion,
		Kubeconfig: s.Kubeconfig, TokenFile: s.TokenFile, StateDir: s.StateDir,
	}
}

// nodeName is how text for people calls what was looked at.
func (d *Deps) nodeName(f verify.Facts) string {
	switch {
	case d.Settings.Offline():
		return d.Settings.Root
	case f.Node.Hostname.Value != "":
		return f.Node.Hostname.Value
	}
	return "this node"
}

// style is how text on stdout is marked: --color, NO_COLOR and the terminal decide.
func (d *Deps) style() report.Style {
	s := report.Style{Verbose: d.Settings.Verbose, Chart: d.Streams.OutTTY, UTF8: d.utf8()}
	switch d.Settings.Color {
	case "always":
		s.Color = true
	case "never":
	default:
		s.Color = d.Streams.OutTTY && d.Getenv("NO_COLOR") == "" && d.Getenv("TERM") != "dumb"
	}
	return s
}

// utf8 reports whether the locale's character set is UTF-8.
func (d *Deps) utf8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToUpper(d.Getenv(name)); locale != "" {
			return strings.Contains(locale, "UTF-8") || strings.Contains(locale, "UTF8")
		}
	}
	return false
}

// withLimit ends ctx after the shortest of the limits that are given.
func withLimit(ctx context.Context, limits ...time.Duration) (context.Context, context.CancelFunc) {
	limits = slices.DeleteFunc(limits, func(d time.Duration) bool { return d <= 0 })
	if len(limits) == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, slices.Min(limits))
}
