package kubeletcfg

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
)

// values are written for any field: some are of its type, most are not.
func yamlValue(r *rand.Rand, depth int) string {
	switch r.IntN(14) {
	case 0, 1, 2:
		return pick(r, "5", "0", "-1", "1.5", "1e3", "0x10", "4294967296", "99999999999999999999", ".inf", "1_000")
	case 3, 4, 5:
		return pick(r, "many", `"5"`, `"true"`, `""`, "5m", `"1h30m"`, "5 minutes", "1Gi", "1x", "2026-01-02T03:04:05Z", "10.0.0.1", "::", "a=b")
	case 6, 7:
		return pick(r, "true", "false", "yes", "off", "null", "~", "")
	case 8:
		return "[]"
	case 9:
		return "{}"
	}
	if depth == 0 {
		return "5"
	}
	if r.IntN(2) == 0 {
		return "[" + yamlValue(r, depth-1) + "]"
	}
	return "{" + pick(r, "a", "memory", "key", "enabled", "limits", "numaNode") + ": " + yamlValue(r, depth-1) + "}"
}

// rightValue is a value that a field takes.
func rightValue(r *rand.Rand, kind string) string {
	switch kind {
	case "bool":
		return pick(r, "true", "no", "null")
	case "int32", "int64", "uint32", "float64":
		return pick(r, "5", "0", "1e3", "0x10", "null", "1_000")
	case "duration":
		return pick(r, "5m", `"1h30m"`, "0s", `"0"`)
	case "duration-or-null":
		return pick(r, "5m", "null")
	case "duration-or-number":
		return pick(r, "5m", "5", "null")
	case "list":
		return pick(r, "[]", "null")
	case "map", "object":
		return pick(r, "{}", "null")
	case "quantity":
		return pick(r, "1Gi", "5", `"0.5"`, "null")
	}
	return pick(r, "text", `"5"`, `""`, "null", "1h30x")
}

// fieldText writes one field of the table, now and then misspelt or with a random value.
func fieldText(r *rand.Rand, table fieldTable, paths []string) string {
	path := paths[r.IntN(len(paths))]
	text := rightValue(r, table.fields[path].kind)
	if r.IntN(3) == 0 {
		text = yamlValue(r, 2)
	}
	path = strings.NewReplacer("{}", ".{}", "[]", ".[]").Replace(path)
	keys := strings.Split(path, ".")
	if last := &keys[len(keys)-1]; r.IntN(12) == 0 && !strings.ContainsAny(*last, "{[") {
		*last = pick(r, strings.ToUpper((*last)[:1])+(*last)[1:], *last+"s", "nope", strings.ToLower(*last))
	}
	for i := len(keys) - 1; i > 0; i-- {
		switch keys[i] {
		case "[]":
			text = "[" + text + "]"
		case "{}":
			text = "{memory: " + text + "}"
		default:
			text = "{" + keys[i] + ": " + text + "}"
		}
	}
	return keys[0] + ": " + text + "\n"
}

// randomFields are files with fields of all sorts; most have one wrong value.
func randomFields(r *rand.Rand, dir string, version known.Version) Inputs {
	table := fieldsAt(version)
	paths := slices.Sorted(maps.Keys(table.fields))
	paths = slices.DeleteFunc(paths, func(p string) bool { return p == "kind" || p == "apiVersion" || strings.HasPrefix(p, "featureGates") })
	text := func(least int) []byte {
		fields := map[string]string{} // no duplicate keys
		for range least + r.IntN(3) {
			field := fieldText(r, table, paths)
			key, _, _ := strings.Cut(field, ":")
			fields[strings.ToLower(key)] = field
		}
		out := head
		for _, key := range slices.Sorted(maps.Keys(fields)) {
			out += fields[key]
		}
		return []byte(out)
	}
	in := Inputs{Version: version, Config: &source.File{Path: filepath.Join(dir, "config.yaml"), Data: text(1)}}
	args := []string{"kubelet", "--config", in.Config.Path}
	if r.IntN(2) == 0 {
		in.Config.Data = []byte(head)
		in.DropIns = &DropInDir{Path: filepath.Join(dir, "d")}
		for i := range 1 + r.IntN(3) {
			in.DropIns.Files = append(in.DropIns.Files, source.File{Path: fmt.Sprintf("%s/%d.conf", in.DropIns.Path, i), Data: text(1)})
		}
		args = append(args, "--config-dir="+in.DropIns.Path)
	}
	in.Command = process(args...)
	return in
}

// randomFlags are command lines of flags that some kubelet has, with random values.
func randomFlags(r *rand.Rand, dir string, version known.Version) (Inputs, []string) {
	names := slices.Sorted(maps.Keys(flagsAt(version).flags))
	unchecked := []string{"register-with-taints", "reserved-memory", "max-pods"}
	names = slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, "config") || slices.Contains(unchecked, n) })
	in := Inputs{Version: version}
	var args []string
	if r.IntN(2) == 0 {
		in.Config = &source.File{Path: filepath.Join(dir, "config.yaml"), Data: []byte(head)}
		args = append(args, "--config="+in.Config.Path)
	}
	for range 1 + r.IntN(3) {
		name := names[r.IntN(len(names))]
		value := pick(r, "5", "-1", "0x10", "1.5", "true", "F", "yes", "5m", "5 minutes", "", "a", "a=b", "a=b,c=d", "a=b,c", "a<b", "a:b", "10.0.0.1", "010.0.0.1", "::", "localhost", "1Gi", "1x",
			"2 --v=3", "99999999999", "EventedPLEG=true", "EventedPLEG=x", `"`, `a"b`, "raw", "x=2,", "m=3", "a b")
		switch r.IntN(12) {
		case 0:
			args = append(args, "--"+name)
		case 1:
			args = append(args, "--"+name, value)
		case 2:
			args = append(args, "-"+name+"="+value)
		case 3:
			args = append(args, pick(r, "-v", "-v=2", "-v4", "-vx", "-h", "--", "-", "---x", "--=x", "stray", "--nope", "--nope=1", "-v=", "-hv", "", "--help=false", "--version=false"))
		case 4:
			args = append(args, "--"+strings.ReplaceAll(name, "-", "_")+"="+value)
		default:
			args = append(args, "--"+name+"="+value)
		}
	}
	in.Command = process(append([]string{"kubelet"}, args...)...)
	return in, args
}
