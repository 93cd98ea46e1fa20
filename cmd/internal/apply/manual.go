package apply

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// manualSteps writes down, as commands for a shell, what is left to do by hand. Old bytes are laid
// beside the record, so that the commands need nothing but a shell.
func (t *Transaction) manualSteps() []string {
	past := t.past()
	lines := []string{"plegctl recover   # first; what follows is the same by hand"}
	changes := record.Files(past)
	for i := len(changes) - 1; i >= 0; i-- {
		if line := t.manualFile(changes[i]); line != "" {
			lines = append(lines, line)
		}
	}
	if past.Begin.Staged {
		return lines
	}
	kubelet, runtime := touched(past)
	for _, c := range changes {
		if c.Role == plan.UnitDropIn {
			lines = append(lines, "systemctl daemon-reload")
		}
	}
	if runtime {
		lines = append(lines, "systemctl restart "+quote(past.Begin.RuntimeUnit))
	}
	if kubelet {
		lines = append(lines, "systemctl restart "+quote(past.Begin.KubeletUnit))
	}
	return lines
}

func (t *Transaction) manualFile(c plan.FileChange) string {
	now, err := t.state(c.Place())
	if err == nil && now.SameContent(c.Before) {
		return ""
	}
	path := quote(t.Host.Root.Path(c.Place()))
	switch {
	case !c.Before.Exists && c.After.Dir:
		return "rmdir " + path
	case !c.Before.Exists:
		return "rm -f " + path
	}
	name, err := t.Store.Keep(fmt.Sprintf("manual-%s-%s", t.w.ID, c.Path), c.Before.Data)
	if err != nil {
		return fmt.Sprintf("# the old bytes of %s are in %s", path, t.Store.Path(t.w.ID))
	}
	// cat keeps mode, owner and labels of a file that is still there.
	return fmt.Sprintf("cat %s > %s", quote(t.Store.Beside(name)), path)
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
