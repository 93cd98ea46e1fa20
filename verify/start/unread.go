package start

import (
	"fmt"
	"path"
	"slices"

	"github.com/plegctl/plegctl/verify/source"
)

// Unread is a file that looks as if it had a part in the start of the daemon, and has none.
type Unread struct {
	source.File
	// Why says why nobody reads it.
	Why string
}

// unread lists what systemd does not read for the unit: files that another one of the same
// name replaces, drop-ins by another suffix, and the usual environment files that the unit
// does not name.
func (u *unit) unread(program string) []Unread {
	var all []Unread
	add := func(name, why string) {
		isSeen := slices.ContainsFunc(u.seen, func(f source.File) bool { return f.Path == name })
		if !isSeen && u.files.exists(name) {
			all = append(all, Unread{u.files.read(name), why})
		}
	}
	for _, name := range u.skipped {
		add(name, "systemd reads only files that end in .conf there")
	}
	for _, dir := range unmerged(u.files) {
		if _, isLink := u.files.link(path.Join(dir, u.id)); !isLink && u.fragment != "" {
			add(path.Join(dir, u.id), fmt.Sprintf("systemd reads %s instead", u.fragment))
		}
		for _, name := range u.files.list(path.Join(dir, u.id+".d")) {
			if i := slices.IndexFunc(u.dropIns, func(d string) bool { return path.Base(d) == name }); i >= 0 {
				add(path.Join(dir, u.id+".d", name), fmt.Sprintf("systemd reads %s instead", u.dropIns[i]))
			}
		}
	}
	for _, dir := range []string{"/etc/default", "/etc/sysconfig", "/etc/conf.d"} {
		add(path.Join(dir, program), "no EnvironmentFile= of "+u.id+" names it")
	}
	return all
}
