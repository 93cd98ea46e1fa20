package apply

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// mend writes down, as commands for a shell, what is left to do by hand. Old bytes are laid
// beside the record, so that the commands need nothing but a shell.
func (r *run) mend() []string {
	t, err := r.Store.Read(r.w.ID)
	if err != nil {
		return nil
	}
	lines := []string{"plegctl recover   # first; what follows is the same by hand"}
	changes := record.Files(t)
	for i := len(changes) - 1; i >= 0; i-- {
		if line := r.mendFile(changes[i]); line != "" {
			lines = append(lines, line)
		}
	}
	if t.Begin.Staged {
		return lines
	}
	kubelet, runtime := touched(t)
	for _, c := range changes {
		if c.Role == plan.UnitDropIn {
			lines = append(lines, "systemctl daemon-reload")
		}
	}
	if runtime {
		lines = append(lines, "systemctl restart "+quote(t.Begin.RuntimeUnit))
	}
	if kubelet {
		lines = append(lines, "systemctl restart "+quote(t.Begin.KubeletUnit))
	}
	return lines
}

func (r *run) mendFile(c plan.FileChange) string {
	now, err := r.state(c.Path)
	if err == nil && now.SameContent(c.Before) {
		return ""
	}
	path := quote(r.Host.Root.Path(c.Path))
	switch {
	case !c.Before.Exists && c.After.Dir:
		return "rmdir " + path
	case !c.Before.Exists:
		return "rm -f " + path
	}
	name, err := r.Store.Keep(fmt.Sprintf("mend-%s-%s", r.w.ID, c.Path), c.Before.Data)
	if err != nil {
		return fmt.Sprintf("# the old bytes of %s are in %s", path, r.Store.Path(r.w.ID))
	}
	// cat keeps mode, owner and labels of a file that is still there.
	return fmt.Sprintf("cat %s > %s", quote(r.Store.Beside(name)), path)
}

// quote makes a word safe for a shell.
func quote(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-@+=:", r)
	}) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
