package change

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/plegctl/plegctl/cmd/internal/record"
)

// The unit for the next boot: timers in /run do not survive one.
const (
	unitDir  = "/etc/systemd/system"
	wantsDir = unitDir + "/multi-user.target.wants"
)

// madeWants marks a unit whose directory of wants was made with it.
const madeWants = "# multi-user.target.wants was made too.\n"

func bootName(id string) string { return "plegctl-boot-" + id + ".service" }

// armBoot makes a unit that undoes the change at the next boot, before the daemons read
// their files.
func (g guard) armBoot(program, id string) error {
	if exists, err := g.Host.Root.Exists(unitDir); err != nil || !exists {
		g.Progress.Info("note: %s does not exist, so a reboot will not undo the change", unitDir)
		return err
	}
	made := madeWants
	if exists, err := g.Host.Root.Exists(wantsDir); err != nil {
		return err
	} else if exists && !g.madeBefore() {
		made = ""
	}
	u := g.units()
	text := fmt.Sprintf(`# Made by plegctl for the change %s, and removed when that is confirmed or rolled back.
%s[Unit]
Description=Undo the change %s of plegctl, which was not finished or not confirmed
RequiresMountsFor=%s /var/lib/kubelet /etc
Before=%s plegctl-recover.service

[Service]
Type=oneshot
ExecStart=%s
`, id, made, id, escapeSpecifiers(path.Dir(program)), strings.TrimSpace(u.Kubelet+" "+u.Runtime), quoteUnit(g.command(program, id, "--boot", "--unless-boot", bootID())))
	unit := path.Join(unitDir, bootName(id))
	// The unit comes first: it tells whoever takes it away what else was made.
	if err := g.Host.Root.Create(unit, []byte(text), 0o644); err != nil {
		return err
	}
	if err := g.Host.Root.Mkdir(wantsDir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return g.Host.Root.Symlink("../"+bootName(id), path.Join(wantsDir, bootName(id)))
}

// madeBefore reports whether the change that waits for its confirmation made the directory of
// wants: whichever of the two units is removed last takes it away.
func (g guard) madeBefore() bool {
	t, ok := record.Waiting(g.past)
	if !ok {
		return false
	}
	text, err := g.Host.Root.ReadFile(path.Join(unitDir, bootName(t.ID)))
	return err == nil && strings.Contains(string(text), madeWants)
}

// disarmBoot removes the unit, last of all that was made: it tells the next try what is left.
// One that does not exist is fine.
func (g guard) disarmBoot(id string) error {
	root, unit := g.Host.Root, path.Join(unitDir, bootName(id))
	text, err := root.ReadFile(unit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = gone(root.Unlink(path.Join(wantsDir, bootName(id))))
	}
	if err == nil && strings.Contains(string(text), madeWants) {
		err = gone(root.Rmdir(wantsDir))
	}
	if err == nil {
		err = gone(root.Unlink(unit))
	}
	return err
}

// gone is nil where there is nothing more to remove: others use the directory.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTEMPTY) {
		return nil
	}
	return err
}

// bootID names the boot of the machine that this process runs on.
func bootID() string {
	data, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

func escapeSpecifiers(s string) string { return strings.ReplaceAll(s, "%", "%%") }
