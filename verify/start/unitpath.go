package start

import (
	"path"
	"slices"
	"strings"
)

// searchPath is where the system manager looks for units, strongest first (systemd 252,
// systemd.unit(5), "Unit File Load Path"); /lib is a directory of its own only where /usr
// is not merged.
func searchPath() []string {
	return []string{
		"/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient", "/run/systemd/generator.early",
		"/etc/systemd/system", "/etc/systemd/system.attached", "/run/systemd/system", "/run/systemd/system.attached",
		"/run/systemd/generator", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
		"/run/systemd/generator.late",
	}
}

// unitFiles are the files that make up a unit.
type unitFiles struct {
	// id is the unit's own name: that of the file, where the name asked for is an alias.
	id string
	// alias reports whether the unit has several names.
	alias bool
	// fragment is the unit file, "" where the unit does not exist.
	fragment string
	dropIns  []string
	// skipped are files in the unit's own directories of drop-ins that systemd does not read.
	skipped []string
	// masked is the link to /dev/null or the empty file that masks the unit.
	masked string
}

// unmerged is the search path without the directories that are there twice because /lib is a
// link to /usr/lib.
func unmerged(files files) []string {
	_, merged := files.link("/lib")
	return slices.DeleteFunc(searchPath(), func(dir string) bool { return merged && strings.HasPrefix(dir, "/lib/") })
}

// findUnit finds the files of a unit as systemd does (systemd 252, src/basic/unit-file.c).
func findUnit(files files, name string) unitFiles {
	u := unitFiles{id: name}
	names := []string{name}
	for range 8 { // an alias of an alias, as far as anyone goes
		found := lookUp(files, u.id)
		if found == "" {
			break
		}
		target, isLink := files.link(found)
		if isLink && !path.IsAbs(target) {
			target = path.Join(path.Dir(found), target)
		}
		if isLink && slices.Contains(searchPath(), path.Dir(target)) && aliasOf(u.id, path.Base(target)) {
			u.id = instantiate(path.Base(target), u.id)
			if !slices.Contains(names, u.id) {
				names = append(names, u.id)
				continue
			}
		}
		if isMask(files, found) {
			u.masked = found
		}
		u.fragment = found
		break
	}
	names = append(names, aliases(files, u.id, names)...)
	u.alias = len(names) > 1
	u.dropIns = confFiles(files, dropInDirs(names))
	for _, dir := range unmerged(files) {
		for _, name := range names {
			u.skipped = append(u.skipped, notConf(files, path.Join(dir, name+".d"))...)
		}
	}
	return u
}

// lookUp returns the first file with that unit name, or with that of its template.
func lookUp(files files, name string) string {
	for _, candidate := range []string{name, templateOf(name)} {
		for _, dir := range searchPath() {
			full := path.Join(dir, candidate)
			if candidate == "" {
				continue
			}
			if _, isLink := files.link(full); isLink || files.exists(full) {
				return full
			}
		}
	}
	return ""
}

// isMask reports whether a unit file masks its unit: a link to /dev/null, or a file without
// content.
func isMask(files files, name string) bool {
	f := files.read(name)
	return f.Readable() && len(f.Data) == 0
}

// aliases lists the names that are links to the unit: their drop-ins count as well.
func aliases(files files, id string, known []string) []string {
	var found []string
	for _, dir := range searchPath() {
		for _, name := range files.list(dir) {
			if !strings.HasSuffix(name, ".service") || slices.Contains(known, name) || slices.Contains(found, name) {
				continue
			}
			if target, ok := files.link(path.Join(dir, name)); ok && path.Base(target) == id && aliasOf(name, id) {
				found = append(found, name)
			}
		}
	}
	return found
}

// aliasOf reports whether a unit may have that other name: both of one type, and a template
// only for templates and instances.
func aliasOf(name, target string) bool {
	return path.Ext(name) == path.Ext(target) && strings.Contains(name, "@") == strings.Contains(target, "@")
}

// instantiate gives a template the instance of the name that led to it.
func instantiate(name, instance string) string {
	if prefix, rest, ok := strings.Cut(name, "@."); ok {
		if _, with, ok := strings.Cut(instance, "@"); ok {
			return prefix + "@" + strings.TrimSuffix(with, path.Ext(with)) + "." + rest
		}
	}
	return name
}

// templateOf returns "kubelet@.service" for "kubelet@x.service", "" for no instance.
func templateOf(name string) string {
	prefix, rest, ok := strings.Cut(name, "@")
	if ext := path.Ext(rest); ok && rest != ext {
		return prefix + "@" + ext
	}
	return ""
}

// confFiles lists the drop-ins in directories, strongest first: per file name the one in the
// strongest directory, all in the order of their file names.
func confFiles(files files, dirs []string) []string {
	chosen := map[string]string{}
	var order []string
	for _, dir := range dirs {
		for _, name := range files.list(dir) {
			if _, shadowed := chosen[name]; !shadowed && strings.HasSuffix(name, ".conf") {
				chosen[name] = path.Join(dir, name)
				order = append(order, name)
			}
		}
	}
	slices.Sort(order)
	found := make([]string, len(order))
	for i, name := range order {
		found[i] = chosen[name]
	}
	return found
}

// notConf lists the files in a directory of drop-ins that are none by their name.
func notConf(files files, dir string) []string {
	var found []string
	for _, name := range files.list(dir) {
		if full := path.Join(dir, name); !strings.HasSuffix(name, ".conf") && files.exists(full) {
			found = append(found, full)
		}
	}
	return found
}

// dropInDirs lists the directories of drop-ins, strongest first: the unit's own, those of
// its template and of the prefixes of its name ("a-b.service": "a-.service.d"), and last
// the one of all services.
func dropInDirs(names []string) []string {
	var dirs []string
	for _, name := range names {
		for _, parent := range searchPath() {
			for _, n := range nameAndPrefixes(name) {
				dirs = append(dirs, path.Join(parent, n+".d"))
			}
		}
	}
	for _, parent := range searchPath() {
		dirs = append(dirs, path.Join(parent, "service.d"))
	}
	return dirs
}

func nameAndPrefixes(name string) []string {
	all := []string{name}
	if t := templateOf(name); t != "" {
		all = append(all, t)
	}
	suffix := path.Ext(name)
	at := ""
	stem := strings.TrimSuffix(name, suffix)
	if before, _, ok := strings.Cut(stem, "@"); ok {
		stem, at = before, "@"
	}
	for stem = strings.TrimSuffix(stem, "-"); ; {
		i := strings.LastIndexByte(stem, '-')
		if i < 0 {
			return all
		}
		stem = stem[:i]
		all = append(all, stem+"-"+at+suffix)
	}
}
