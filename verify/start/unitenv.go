package start

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/plegctl/plegctl/verify/source"
)

// environment puts the unit's variables together: Environment=, then the files of
// EnvironmentFile=, which win, less UnsetEnvironment= (systemd 252, src/core/execute.c).
func (u *unit) environment() *environment {
	e := newEnvironment()
	for _, line := range u.defaultEnvironment() {
		u.environmentLine(e, line)
	}
	u.directoryVariables(e)
	for _, line := range u.all("PassEnvironment") {
		words, _ := splitWords(line, assignWords)
		for _, word := range words {
			e.passed[u.resolveOrIgnore(word).String()] = word.position(source.Environment)
		}
	}
	for _, line := range u.all("Environment") {
		u.environmentLine(e, line)
	}
	for _, line := range u.all("EnvironmentFile") {
		u.environmentFile(e, line)
	}
	for _, line := range u.all("UnsetEnvironment") {
		words, _ := splitWords(line, assignWords)
		for _, word := range words {
			u.unset(e, u.resolveOrIgnore(word))
		}
	}
	return e
}

// unset removes a variable, and reports it where it has a value that looks as if it counted.
func (u *unit) unset(e *environment, assignment text) {
	name, _, _ := strings.Cut(assignment.String(), "=")
	old, ok := e.vars[name]
	if e.unset(assignment.String()); !ok || len(old.value.bytes) == 0 {
		return
	}
	if _, still := e.vars[name]; !still {
		u.report(source.Problem{
			Code: CodeVariableOverridden, Effect: source.Ignored, At: old.at,
			Message: fmt.Sprintf("%s=%s has no effect: UnsetEnvironment= in %s removes it", name, old.value, assignment.position(source.Environment).Location()),
		})
	}
}

// directoryVariables sets what the settings of directories do: "StateDirectory=a b" makes
// STATE_DIRECTORY "/var/lib/a:/var/lib/b" (systemd.exec(5)).
func (u *unit) directoryVariables(e *environment) {
	for _, row := range [][3]string{
		{"RuntimeDirectory", "RUNTIME_DIRECTORY", "/run"},
		{"StateDirectory", "STATE_DIRECTORY", "/var/lib"},
		{"CacheDirectory", "CACHE_DIRECTORY", "/var/cache"},
		{"LogsDirectory", "LOGS_DIRECTORY", "/var/log"},
		{"ConfigurationDirectory", "CONFIGURATION_DIRECTORY", "/etc"},
	} {
		var dirs []string
		var first text
		for _, line := range u.all(row[0]) {
			words, _ := splitWords(line, assignWords)
			for _, word := range words {
				word = u.resolveOrIgnore(word)
				name, _, _ := strings.Cut(word.String(), ":") // behind it stand links
				if dirs = append(dirs, path.Join(row[2], name)); len(dirs) == 1 {
					first = word
				}
			}
		}
		if len(dirs) > 0 {
			value := constant(strings.Join(dirs, ":"), word{text: first})
			value.unknown = first.unknown
			e.set(variable{row[1], value, first.position(source.Environment)})
		}
	}
}

// defaultEnvironment is what the manager gives every unit (systemd-system.conf(5)).
func (u *unit) defaultEnvironment() []text {
	names := []string{"/etc/systemd/system.conf"}
	names = append(names, confFiles(u.files, []string{
		"/etc/systemd/system.conf.d", "/run/systemd/system.conf.d", "/usr/local/lib/systemd/system.conf.d", "/usr/lib/systemd/system.conf.d",
	})...)
	var values []text
	for _, name := range names {
		f := u.files.read(name)
		if !f.Readable() {
			continue
		}
		u.seen = append(u.seen, f)
		for _, o := range parseUnitFile(f, false).options {
			switch {
			case o.section != "Manager" || o.name != "DefaultEnvironment":
			case len(o.value.bytes) == 0:
				values = nil
			default:
				values = append(values, o.value)
			}
		}
	}
	return values
}

func (u *unit) environmentLine(e *environment, line text) {
	words, ok := splitWords(line, assignWords)
	if !ok {
		u.ignored(line, "Failed to extract environment variable, ignoring the rest of this line")
	}
	for _, word := range words {
		equals := bytes.IndexByte(word.bytes, '=')
		if equals < 0 || !isVariableName(string(word.bytes[:equals])) {
			u.ignored(word, fmt.Sprintf("Invalid environment assignment, ignoring: %s", word))
			continue
		}
		value, err := u.specifiers.resolve(word.cut(equals+1, len(word.bytes)))
		if err != nil {
			u.ignored(word, err.Error()+", ignoring")
			continue
		}
		e.set(variable{string(word.bytes[:equals]), value, word.position(source.Environment)})
	}
}

// resolveOrIgnore resolves specifiers where systemd ignores what it cannot resolve.
func (u *unit) resolveOrIgnore(t text) text {
	resolved, err := u.specifiers.resolve(t)
	if err != nil {
		u.ignored(t, err.Error()+", ignoring")
		return text{from: t.from, at: t.at}
	}
	return resolved
}

// environmentFile reads one EnvironmentFile=: a path or a pattern, not quoted.
func (u *unit) environmentFile(e *environment, line text) {
	value := u.resolveOrIgnore(line)
	pattern, optional := strings.CutPrefix(value.String(), "-")
	if value.unknown != "" {
		e.open = fmt.Sprintf("EnvironmentFile=%s cannot be read: %s", pattern, value.unknown)
		return
	}
	if pattern == "" {
		return
	}
	if !strings.HasPrefix(pattern, "/") {
		u.ignored(line, fmt.Sprintf("EnvironmentFile= path is not absolute, ignoring: %s", pattern))
		return
	}
	names := glob(u.files, pattern)
	if len(names) == 0 {
		f := source.File{Path: pattern}
		if !strings.ContainsAny(pattern, "*?[") {
			f = u.read(pattern)
		}
		u.noEnvironmentFile(e, f, line, optional)
		return
	}
	for _, name := range names {
		f := u.read(name)
		if !f.Readable() {
			u.noEnvironmentFile(e, f, line, optional)
			continue
		}
		u.loadEnvironment(e, f, line, optional)
	}
}

func (u *unit) loadEnvironment(e *environment, f source.File, line text, optional bool) {
	if !utf8.Valid(f.Data) {
		u.report(source.Problem{
			Code: CodeEnvironmentFile, Effect: effect(!optional), At: source.Position{Kind: source.Environment, Path: f.Path},
			Message: "the environment file is not valid UTF-8, so systemd does not load it",
		})
		return
	}
	parsed := parseEnvFile(f)
	u.problems = append(u.problems, parsed.problems...)
	for _, v := range parsed.variables {
		if old, ok := e.vars[v.name]; ok && old.value.String() != v.value.String() && len(old.value.bytes) > 0 {
			u.overridden(old, v, old.at.Path != u.fragment && !slices.Contains(u.dropIns, old.at.Path))
		}
		e.set(v)
	}
}

// overridden reports a variable that an environment file overrides: what is written there
// looks as if it counted. again reports whether an environment file set it before.
func (u *unit) overridden(old, now variable, again bool) {
	why := "EnvironmentFile= overrides Environment="
	if again {
		why = "the last assignment in an environment file counts"
	}
	u.report(source.Problem{
		Code: CodeVariableOverridden, Effect: source.Ignored, At: old.at,
		Message: fmt.Sprintf("%s=%s has no effect: %s sets it to %q, and %s", old.name, old.value, now.at.Location(), now.value, why),
		Hint:    "set it in " + now.at.Location(),
	})
}

// unused reports variables that look like arguments and that the command does not refer to.
func (u *unit) unused(e *environment) {
	for _, name := range e.order {
		v, ok := e.vars[name]
		if !ok || e.used[name] || !bytes.HasPrefix(v.value.bytes, []byte("--")) {
			continue
		}
		u.report(source.Problem{
			Code: CodeVariableUnused, Effect: source.Ignored, At: v.at,
			Message: fmt.Sprintf("%s=%s has no effect: ExecStart= does not refer to $%s", name, v.value, name),
		})
	}
}

// noEnvironmentFile judges a file that could not be read.
func (u *unit) noEnvironmentFile(e *environment, f source.File, line text, optional bool) {
	at := line.position(source.Environment)
	switch {
	case optional && errors.Is(f.Err, source.ErrDirectory):
	case errors.Is(f.Err, source.ErrDirectory):
		u.report(source.Problem{
			Code: CodeEnvironmentFile, Effect: source.Fatal, At: at, Message: fmt.Sprintf("the environment file %s is a directory, so systemd does not start the unit", f.Path),
			Hint: "name a file",
		})
	case f.Err != nil && !f.Missing():
		e.open = fmt.Sprintf("%s cannot be read: %v", f.Path, f.Err)
		u.report(source.Problem{Code: CodeUnitUnread, Effect: source.Unread, At: at, Message: e.open, Hint: "run as root"})
	case optional:
	case u.image && writtenAtBoot(f.Path) != "":
		e.open = fmt.Sprintf("%s does not exist in the image: %s writes it", f.Path, writtenAtBoot(f.Path))
	default:
		u.report(source.Problem{
			Code: CodeEnvironmentFile, Effect: source.Fatal, At: at,
			Message: fmt.Sprintf("the unit needs the environment file %s, which does not exist", f.Path),
			Hint:    "create the file, or write EnvironmentFile=-" + f.Path,
		})
	}
}

func effect(fatal bool) source.Effect {
	if fatal {
		return source.Fatal
	}
	return source.Ignored
}
