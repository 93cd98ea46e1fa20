package start

import (
	"fmt"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// unit is a systemd unit: its file and its unit drop-ins, laid over each other.
type unit struct {
	unitFiles
	files files
	// image reports whether the files are those of an image that does not run.
	image      bool
	specifiers specifiers
	options    []option
	seen       []source.File
	problems   []source.Problem
	limit      *Limit
}

// loadUnit reads a unit. Where the manager has loaded it, loaded are the files that it
// named: the unit file, then the drop-ins.
func loadUnit(files files, r Request, name string) *unit {
	u := &unit{files: files, image: r.Image}
	if len(r.Loaded) > 0 {
		u.unitFiles = unitFiles{id: name, fragment: r.Loaded[0], dropIns: r.Loaded[1:]}
	} else {
		u.unitFiles = findUnit(files, name)
	}
	u.specifiers = specifiers{files: files, unit: u.id, fragment: u.fragment, alias: u.alias, host: r.Host, answers: map[byte]answer{}}
	switch {
	case u.masked != "":
		at := source.Position{Kind: source.ConfigFile, Path: u.masked}
		u.report(source.Problem{
			Code: CodeUnitMasked, Effect: source.Fatal, At: at,
			Message: fmt.Sprintf("Unit %s is masked: systemd does not start it", name), Hint: "systemctl unmask " + name,
		})
		u.limit = &Limit{Reason: name + " is masked by " + u.masked, Hint: "systemctl unmask " + name, At: at}
		return u
	case u.fragment == "":
		reason := name + " does not exist"
		if len(u.dropIns) > 0 {
			reason += fmt.Sprintf(" (only drop-ins of it do: %s)", u.dropIns[0])
		}
		if writer := unitWriter(files); writer != "" {
			reason += ": it is written when the node boots, by " + writer
		}
		u.limit = &Limit{Reason: reason}
		return u
	}
	u.parse(u.fragment, true)
	for _, name := range u.dropIns {
		u.parse(name, false)
	}
	for _, name := range u.skipped {
		u.report(source.Problem{
			Code: CodeUnitIgnored, Effect: source.Ignored, At: source.Position{Kind: source.DropIn, Path: name},
			Message: "systemd reads only files that end in .conf there, not this one",
		})
	}
	return u
}

func (u *unit) parse(name string, fragment bool) {
	f := u.read(name)
	if !f.Readable() {
		if fragment || !f.Missing() {
			at := source.Position{Kind: source.ConfigFile, Path: name}
			u.limit = &Limit{Reason: fmt.Sprintf("%s cannot be read: %v", name, f.Err), Hint: "run as root", At: at}
			u.report(source.Problem{Code: CodeUnitUnread, Effect: source.Unread, At: at, Message: "the file cannot be read", Hint: "run as root"})
		}
		return
	}
	parsed := parseUnitFile(f, fragment)
	u.problems = append(u.problems, parsed.problems...)
	if !fragment {
		parsed.options = u.untilRefusal(parsed.options)
	}
	u.options = append(u.options, parsed.options...)
}

// untilRefusal returns the settings of a drop-in up to the first one that systemd cannot
// take: there it stops to read the drop-in.
func (u *unit) untilRefusal(options []option) []option {
	before := len(u.problems)
	for i, o := range options {
		if o.section != "Service" {
			continue
		}
		switch {
		case o.name == "ExecStart":
			_, problem := u.execLine(o.value)
			u.problems = u.problems[:before] // they are reported when the command is resolved
			if problem != "" {
				return options[:i+1]
			}
		case o.name == "WorkingDirectory":
			if _, problem := u.resolveDirectory(o.value); problem != "" {
				u.refuse(o, problem)
				return options[:i]
			}
		}
	}
	return options
}

func (u *unit) read(name string) source.File {
	f := u.files.read(name)
	u.seen = append(u.seen, f)
	return f
}

func (u *unit) report(p source.Problem) { u.problems = append(u.problems, p) }

func (u *unit) ignored(where text, message string) {
	u.report(source.Problem{Code: CodeUnitIgnored, Effect: source.Ignored, At: where.position(source.ConfigFile), Message: message})
}

// refuse reports a line that systemd cannot take.
func (u *unit) refuse(o option, message string) {
	u.report(refused(o.value.position(source.ConfigFile), message, o.fragment))
}

// assignments lists the assignments of a setting of [Service] since it was last reset by
// an empty one.
func (u *unit) assignments(name string) []option {
	var found []option
	for _, o := range u.options {
		switch {
		case o.section != "Service" || o.name != name:
		case len(o.value.bytes) == 0:
			found = nil
		default:
			found = append(found, o)
		}
	}
	return found
}

func (u *unit) all(name string) []text {
	var values []text
	for _, o := range u.assignments(name) {
		values = append(values, o.value)
	}
	return values
}

// last returns the last assignment of a setting; false where it is not set.
func (u *unit) last(name string) (option, bool) {
	all := u.assignments(name)
	if len(all) == 0 {
		return option{}, false
	}
	return all[len(all)-1], true
}

func (u *unit) value(name string) string {
	o, _ := u.last(name)
	return o.value.String()
}

// check reports what systemd refuses in a service as a whole (systemd 252,
// service_verify() in src/core/service.c).
func (u *unit) check(commands []execCommand) {
	oneshot := u.value("Type") == "oneshot"
	at := source.Position{Kind: source.ConfigFile, Path: u.fragment}
	refuse := func(at source.Position, message, hint string) {
		u.report(source.Problem{Code: CodeUnitRefused, Effect: source.Fatal, At: at, Message: message + " Refusing.", Hint: hint})
	}
	switch {
	case len(commands) == 0 && !oneshot:
		refuse(at, "Service has no ExecStart= setting, which is only allowed for Type=oneshot services.", "")
	case len(commands) == 0 && !isTrue(u.value("RemainAfterExit")):
		refuse(at, "Service has no ExecStart= and no SuccessAction= settings and does not have RemainAfterExit=yes set.", "")
	case len(commands) > 1 && !oneshot:
		refuse(commands[1].line.position(source.ConfigFile), "Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services.",
			"write an empty ExecStart= above it, which removes the earlier one")
	}
	if restart := u.value("Restart"); oneshot && (restart == "always" || restart == "on-success") {
		refuse(at, "Service has Restart= set to either always or on-success, which isn't allowed for Type=oneshot services.", "")
	}
	if u.value("Type") == "dbus" && u.value("BusName") == "" {
		refuse(at, "Service is of type D-Bus but no D-Bus service name has been specified.", "")
	}
}

func isTrue(value string) bool {
	switch strings.ToLower(value) {
	case "1", "yes", "y", "true", "t", "on":
		return true
	}
	return false
}

// limited notes where the knowledge of the command ends.
func (u *unit) limited(where text, reason string) {
	if u.limit == nil {
		u.limit = &Limit{Reason: reason, Hint: runHint, At: where.position(source.ConfigFile)}
	}
}
