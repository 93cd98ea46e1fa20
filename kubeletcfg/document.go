package kubeletcfg

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/plegctl/plegctl/verify/source"
)

// document is the part of a file that the kubelet reads: all of a JSON file, the first
// document of a YAML file.
type document struct {
	source.Text
	json bool
	// from and to bound the document; what comes after "---" or "..." is not read.
	from, to int
	// start is the first byte that is neither blank, comment nor marker.
	start int
	root  *node // nil where positions are not known
	value map[string]any
	// strict is why strict decoding fails where lenient decoding does not: duplicate keys.
	// A kubelet accepts such a --config file, and refuses such a drop-in.
	strict error
}

// badText is text that cannot be read, and where.
type badText struct {
	off    int
	reason string
	// elsewhere reports whether a later document is a KubeletConfiguration.
	elsewhere bool
}

// readDocument reads what the kubelet would read of src.
func readDocument(src []byte) (document, *badText) {
	d := document{Text: source.NewText(src), to: len(src)}
	d.start = d.BOM
	if bad := d.checkCharacters(); bad != nil {
		return d, bad
	}
	if looksJSON(src) {
		return d.readJSON()
	}
	return d.readYAML()
}

// checkCharacters refuses what no parser of the kubelet accepts and none gives a position
// for: text that is not UTF-8, and control characters.
func (d *document) checkCharacters() *badText {
	if len(d.Src) == d.BOM {
		return &badText{off: 0, reason: "the file is empty"}
	}
	for i := 0; i < len(d.Src); {
		r, n := utf8.DecodeRune(d.Src[i:])
		if r == utf8.RuneError && n == 1 {
			return &badText{off: i, reason: "the text is not UTF-8"}
		}
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return &badText{off: i, reason: fmt.Sprintf("control character %U", r)}
		}
		i += n
	}
	return nil
}

func (d document) readJSON() (document, *badText) {
	d.json = true
	d.start = d.findStart()
	root, value, err := jsonTree(d.Src)
	if err != nil {
		return d, &badText{off: jsonOffset(err), reason: "not valid JSON (the kubelet reads a file that starts with a brace as JSON only): " + err.Error()}
	}
	d.root, d.value = root, value.(map[string]any) // looksJSON saw the brace
	if duplicates := duplicateKeys(root); len(duplicates) > 0 {
		d.strict = fmt.Errorf("duplicate key %q", duplicates[0].key)
	}
	return d, nil
}

func (d document) readYAML() (document, *badText) {
	docs := splitDocuments(d.Text)
	if len(docs) == 0 {
		return d, &badText{off: d.BOM, reason: "the file has no document, only comments or blanks"}
	}
	d.from, d.to = docs[0].from, docs[0].to
	d.start = d.findStart()
	value, strict, err := decodeYAML(d.Src)
	// Where the kubelet's parser accepts what ours does not, there is no tree.
	root, treeErr := yamlTree(d.Text)
	if treeErr == nil {
		d.root = root
	}
	if err != nil {
		if key := compositeKey(root); key >= 0 {
			return d, &badText{off: key, reason: "a map or a list where a key or a plain value is expected (a template that was not rendered?)"}
		}
		return d, &badText{off: d.errorOffset(err), reason: "not a YAML mapping: " + plainYAMLError(err)}
	}
	d.value, d.strict = value, strict
	return d, nil
}

// errorOffset returns the start of the line that a YAML error names.
func (d document) errorOffset(err error) int {
	if m := regexp.MustCompile(`line (\d+)`).FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		if off, ok := d.Offset(max(line, 1), 1); ok {
			return off
		}
	}
	return d.start
}

// findStart finds where the content of the document starts.
func (d document) findStart() int {
	for i := d.from; i < d.to; i = d.NextLine(i) {
		line := d.Src[i:d.LineEnd(i)]
		if isMarker(line, "---") {
			line = line[3:]
		}
		line = bytes.TrimLeft(line, " \t")
		if len(line) > 0 && line[0] != '#' {
			return d.LineEnd(i) - len(line)
		}
	}
	return d.from
}

func plainYAMLError(err error) string {
	s := strings.TrimPrefix(err.Error(), "error converting YAML to JSON: ")
	return strings.Join(strings.Fields(strings.TrimPrefix(s, "yaml: ")), " ")
}
