package apply

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/plan"
	"github.com/plegctl/plegctl/cmd/internal/record"
	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify/known"
)

// manualSteps writes down, as commands for a shell, what is left to do by hand: the changes
// that are to be reverted, and the units. Old bytes are laid beside the record, so that the
// commands need nothing but a shell. Where only daemons are left that do not start, to start
// them again does not help: what tells why comes first.
func (t *Transaction) manualSteps(changes []plan.FileChange, undo error) []string {
	const recovery = "plegctl recover   # "
	var files, daemons []string
	changes, now, unseen := t.seen(changes)
	back, drifted := plan.Rollback(plan.RollbackInput{Changes: changes, Now: now, Staged: true})
	for _, s := range back.Steps {
		if s, ok := s.(plan.RestoreFile); ok {
			files = append(files, t.manualFile(s))
		}
	}
	for _, err := range []error{drifted, unseen} {
		if err != nil {
			files = append(files, "# look by yourself: "+strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
	past := t.past()
	if !past.Begin.Staged {
		daemons = restarts(past)
	}
	failed := unitErrors(undo)
	if len(files) > 0 || len(failed) == 0 {
		return slices.Concat([]string{recovery + "first; what follows is the same by hand"}, files, daemons)
	}
	return slices.Concat(findings(past.Begin, failed), daemons, []string{recovery + "when the cause is corrected and they run"})
}

// restarts are the commands for the units that the transaction touched.
func restarts(past record.Transaction) (lines []string) {
	kubelet, runtime := touched(past)
	if slices.ContainsFunc(past.Intents, func(i record.Intent) bool { return i.Role == plan.UnitDropIn }) {
		lines = append(lines, "systemctl daemon-reload")
	}
	if runtime {
		lines = append(lines, "systemctl restart "+quote(past.Begin.Units.Runtime))
	}
	if kubelet {
		lines = append(lines, "systemctl restart "+quote(past.Begin.Units.Kubelet))
	}
	return lines
}

// findings are commands that tell why daemons do not start.
func findings(b record.Begin, failed []*UnitError) []string {
	var lines []string
	add := func(line string) {
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	for _, f := range failed {
		name, _, _ := strings.Cut(b.Runtime, " ")
		if info, ok := known.RuntimeInfoOf(known.RuntimeName(name)); ok && f.Unit == b.Units.Runtime {
			question := runtimecfg.Question(info.Name, runtimecfg.Inputs{}, "")
			add(info.Program + " " + strings.Join(question, " ") + " >/dev/null   # tells of faults in its files")
		}
		add("journalctl -n 50 -u " + quote(f.Unit) + "   # tells why it does not start")
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
