package node

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/hint"
	"github.com/plegctl/plegctl/cmd/internal/systemd"
	"github.com/plegctl/plegctl/verify"
)

const offlineWhy = "only files are there (--root)"

func offline[T any]() verify.Fact[T] {
	return verify.Unseen[T](offlineWhy, "run plegctl on the node itself")
}

// unseen is a fact that an error kept from being seen.
func unseen[T any](err error) verify.Fact[T] {
	// Joined errors come in lines; a reason is one sentence.
	return verify.Unseen[T](strings.ReplaceAll(err.Error(), "\n", "; "), hint.Of(err))
}

// unit reads one unit. A unit that does not exist is seen as such, so that checks can say so.
func (s *sight) unit(ctx context.Context, name string) (verify.Fact[verify.Unit], systemd.Unit) {
	if s.host.Units == nil {
		return offline[verify.Unit](), systemd.Unit{}
	}
	u, err := s.host.Units.Unit(ctx, name)
	if errors.Is(err, systemd.ErrNoSuchUnit) {
		return verify.Seen(verify.Unit{Name: name, Load: "not-found", Active: "inactive"}, "systemd"), systemd.Unit{}
	}
	if err != nil {
		return unseen[verify.Unit](err), systemd.Unit{}
	}
	return verify.Seen(u, "systemd"), u
}

// silent are the units of a systemd that did not answer in time.
type silent struct{ err error }

func (s silent) Unit(context.Context, string) (systemd.Unit, error) { return systemd.Unit{}, s.err }

func (s silent) Do(context.Context, systemd.Verb, string) (systemd.Unit, error) {
	return systemd.Unit{}, s.err
}

func (s silent) Reload(context.Context) error { return s.err }

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
