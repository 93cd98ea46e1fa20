package start

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// variable is one variable while an environment is put together.
type variable struct {
	name  string
	value text
	at    source.Position
}

// environment is the environment that systemd starts a unit's process with.
type environment struct {
	order []string
	vars  map[string]variable
	// open says why further variables may exist, or have other values than these.
	open string
	// others says why a variable that is not set here may have a value all the same.
	others string
	// passed are the names that PassEnvironment= takes from the manager, and where it says so.
	passed map[string]source.Position
	// used are the names that the command refers to.
	used map[string]bool
}

func newEnvironment() *environment {
	return &environment{vars: map[string]variable{}, passed: map[string]source.Position{}, used: map[string]bool{}}
}

// clone returns an environment of its own that shares what is used.
func (e *environment) clone() *environment {
	c := *e
	c.order, c.vars, c.passed = slices.Clone(e.order), maps.Clone(e.vars), maps.Clone(e.passed)
	return &c
}

func (e *environment) set(v variable) {
	if _, ok := e.vars[v.name]; !ok {
		e.order = append(e.order, v.name)
	}
	e.vars[v.name] = v
}

// unset removes a variable; with a value only where it has that value.
func (e *environment) unset(assignment string) {
	name, value, withValue := strings.Cut(assignment, "=")
	if v, ok := e.vars[name]; ok && (!withValue || v.value.String() == value) {
		delete(e.vars, name)
	}
	if !withValue {
		delete(e.passed, name)
	}
}

// lookUp returns a variable's value, empty where it is not set; its unknown says why the
// value cannot be known.
func (e *environment) lookUp(name string) text {
	e.used[name] = true
	v, ok := e.vars[name]
	_, passed := e.passed[name]
	value := v.value
	switch {
	case e.open != "":
		value.unknown = e.open
	case !ok && passed:
		value.unknown = passedBySystemd(name)
	case !ok && e.others != "":
		value.unknown = e.others
	case !ok && setBySystemd(name):
		value.unknown = "$" + name + " is set by systemd when it starts the unit"
	}
	return value
}

func passedBySystemd(name string) string {
	return "$" + name + " comes from systemd's own environment (PassEnvironment=)"
}

// setBySystemd reports whether the manager gives every process of a service a value that
// no file holds (systemd 252, systemd.exec(5), "Environment Variables Set or Propagated").
func setBySystemd(name string) bool {
	return slices.Contains([]string{
		"PATH", "LANG", "INVOCATION_ID", "JOURNAL_STREAM", "NOTIFY_SOCKET", "SYSTEMD_EXEC_PID", "MAINPID", "LISTEN_FDS",
		"LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID", "MEMORY_PRESSURE_WATCH", "MEMORY_PRESSURE_WRITE",
		"CREDENTIALS_DIRECTORY",
	}, name)
}

// list puts the environment into a command.
func (e *environment) list(cmd *Command) {
	cmd.Env, cmd.otherVariables = nil, cmp.Or(e.open, e.others)
	for _, name := range e.order {
		if v, ok := e.vars[name]; ok {
			v.at.Kind, v.at.Name = source.Environment, name
			cmd.Env = append(cmd.Env, Variable{name, v.value.String(), v.at, cmp.Or(e.open, v.value.unknown)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.passed)) {
		if _, ok := e.vars[name]; !ok {
			cmd.Env = append(cmd.Env, Variable{Name: name, At: e.passed[name], Unknown: passedBySystemd(name)})
		}
	}
}
