package start

import (
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
	// passed are the names that PassEnvironment= takes from the manager.
	passed map[string]bool
	// used are the names that the command refers to.
	used map[string]bool
}

func newEnvironment() *environment {
	return &environment{vars: map[string]variable{}, passed: map[string]bool{}, used: map[string]bool{}}
}

// clone returns an environment of its own that shares what is used.
func (e *environment) clone() *environment {
	return &environment{slices.Clone(e.order), maps.Clone(e.vars), e.open, maps.Clone(e.passed), e.used}
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
	value := v.value
	switch {
	case e.open != "":
		value.unknown = e.open
	case !ok && e.passed[name]:
		value.unknown = "$" + name + " comes from systemd's own environment (PassEnvironment=)"
	case !ok && setBySystemd(name):
		value.unknown = "$" + name + " is set by systemd when it starts the unit"
	}
	return value
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

func (e *environment) list() []Variable {
	var all []Variable
	for _, name := range e.order {
		if v, ok := e.vars[name]; ok {
			v.at.Kind, v.at.Name = source.Environment, name
			all = append(all, Variable{name, v.value.String(), v.at, v.value.unknown})
		}
	}
	return all
}
