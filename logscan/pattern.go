package logscan

import (
	"regexp"
	"strings"
)

// Pattern is a regular expression (PCRE) that matches every message that a [Scanner] has
// use for. It lets another program leave out the others (journalctl --grep); what it lets
// through too much does no harm. Its shape is for speed: the part before the message is
// never tried twice, and the texts are sorted by how they begin.
func Pattern() string {
	texts, systemd := map[byte][]string{}, []string{}
	var order []byte
	for _, row := range Messages() {
		for _, form := range row.Forms {
			first, rest := form.Text[0], regexp.QuoteMeta(form.Text[1:])
			if row.Writer != "" {
				systemd = append(systemd, regexp.QuoteMeta(form.Text))
				continue
			}
			if row.Key != "" {
				rest += `"` // messages with keys are quoted
			}
			if texts[first] == nil {
				order = append(order, first)
			}
			texts[first] = append(texts[first], rest)
		}
	}
	var groups []string
	for _, first := range order {
		groups = append(groups, string(first)+"(?:"+strings.Join(texts[first], "|")+")")
	}
	return `^(?>[IWEF][0-9]{4} [^\]]{20,200}\] "?|\{"ts":.{1,300}?"msg":"|)(?:` + strings.Join(groups, "|") + `)` +
		`|^\t|^ >$|^(?:[^ ]{1,255}: )?(?:` + strings.Join(systemd, "|") + `)|msg="Running kubelet `
}
