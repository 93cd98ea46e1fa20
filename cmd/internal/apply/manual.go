package apply

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// manualSteps writes down, as commands for a shell, what is left to do by hand: the changes
// that are to be reverted, and the units. Old bytes are laid beside the record, so that the
// commands need nothing but a shell.
func (t *Transaction) manualSteps(changes []plan.FileChange) []string {
	lines := []string{"plegctl recover   # first; what follows is the same by hand"}
	changes, now, unseen := t.seen(changes)
	back, drifted := plan.Rollback(plan.RollbackInput{Changes: changes, Now: now, Staged: true})
	for _, s := range back.Steps {
		if s, ok := s.(plan.RestoreFile); ok {
			lines = append(lines, t.manualFile(s))
		}
	}
	for _, err := range []error{drifted, unseen} {
		if err != nil {
			lines = append(lines, "# look by yourself: "+strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
	past := t.past()
	if past.Begin.Staged {
		return lines
	}
	kubelet, runtime := touched(past)
	for _, i := range past.Intents {
		if i.Role == plan.UnitDropIn {
			lines = append(lines, "systemctl daemon-reload")
		}
	}
	if runtime {
		lines = append(lines, "systemctl restart "+quote(past.Begin.Units.Runtime))
	}
	if kubelet {
		lines = append(lines, "systemctl restart "+quote(past.Begin.Units.Kubelet))
	}
	return lines
}

func (t *Transaction) manualFile(s plan.RestoreFile) string {
	path := quote(t.Host.Root.Path(cmp.Or(s.Real, s.Path)))
	switch {
	case !s.Then.Exists && s.Now.Dir:
		return "rmdir " + path
	case !s.Then.Exists:
		return "rm -f " + path
	}
	name, err := t.Store.Keep(fmt.Sprintf("manual-%s-%s", t.w.ID, s.Path), s.Then.Data)
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
