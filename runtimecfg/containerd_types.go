package runtimecfg

import (
	"fmt"
	"reflect"
)

// pluginTypes checks the values in the tables of the CRI plugins: containerd decodes each
// table into a struct and exits if that fails. It moves the table of an older config version
// to those of its own plugins first, so of such a table only the keys are checked that have
// the same type in both.
func (c *containerdConfig) pluginTypes(f *containerdFile) {
	of := func(column int) reflect.Type { return c.pluginsAt(f, column) }
	column, _ := c.keys.column(c.in.Version)
	c.checkTypes(f, of(column), of)
}

// pluginsAt is the type of those tables of plugins that a file has.
func (c *containerdConfig) pluginsAt(f *containerdFile, column int) reflect.Type {
	tables := c.keys.root.kid("plugins")
	var fields []reflect.StructField
	for _, table := range tables.kids {
		if f.plugin(table.name) == nil {
			continue
		}
		typ := table.goType(column, nil)
		if c.moved(f, table.name) {
			typ = table.goType(c.oldColumn(), c.movedTo(column))
		}
		if typ != nil {
			tag := reflect.StructTag(fmt.Sprintf("toml:%q", table.name))
			fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", len(fields)), Type: typ, Tag: tag})
		}
	}
	return reflect.StructOf([]reflect.StructField{{Name: "Plugins", Type: reflect.StructOf(fields), Tag: `toml:"plugins"`}})
}

// moved reports whether containerd 2 moves the table of this name to its own plugins.
func (c *containerdConfig) moved(f *containerdFile, table string) bool {
	return !c.rules.old && (table == criShort || table == criGRPC && f.own.Version < c.rules.newest)
}

// oldColumn is the newest containerd 1.
func (c *containerdConfig) oldColumn() int {
	newest := 0
	for i, v := range c.keys.versions {
		if v.Major == 1 {
			newest = i
		}
	}
	return newest
}

// movedTo keeps the values that have the same type where containerd 2 moves them: to the
// tables of the runtime and of the images, or to what is left of the old one (the streaming
// server). The pause image goes into a table of strings.
func (c *containerdConfig) movedTo(column int) func(path []string, n *keyNode) bool {
	tables := c.keys.root.kid("plugins")
	return func(path []string, n *keyNode) bool {
		for _, name := range []string{criRuntime, criImages, criGRPC} {
			if now := tables.kid(name).below(path); now != nil && now.letter(column) == n.letter(c.oldColumn()) {
				return true
			}
		}
		return len(path) == 1 && path[0] == "sandbox_image"
	}
}
