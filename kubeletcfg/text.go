package kubeletcfg

import "bytes"

// eol returns the line break to use for a line added near off: the one that ends off's line,
// else the one before it, else a newline. The breaks that only YAML knows are not copied.
func (d document) eol(off int) string {
	end, next := d.LineEnd(off), d.NextLine(off)
	if start := d.LineStart(off); end == next && start > d.BOM {
		end, next = d.LineEnd(d.LineStart(start-1)), start
	}
	if br := string(d.Src[end:next]); br == "\r\n" || br == "\r" {
		return br
	}
	return "\n"
}

// blank reports whether src[from:to] is only spaces and tabs.
func (d document) blank(from, to int) bool {
	return len(bytes.Trim(d.Src[from:to], " \t")) == 0
}
