package start

import (
	"bytes"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// Mentions returns every place in the files of a start that contains name, in any case, and
// whether it is on the daemon's command line or in its environment. What the daemon makes of
// it there is for its own package to say.
func (c Command) Mentions(name string) []source.Mention {
	var all []source.Mention
	for _, f := range c.Files {
		all = append(all, c.mentionsIn(f, name, "")...)
	}
	for _, f := range c.Unread {
		all = append(all, c.mentionsIn(f.File, name, f.Why)...)
	}
	return all
}

// mentionsIn looks into one file; why is the reason that the whole file has no effect.
func (c Command) mentionsIn(f source.File, name, why string) []source.Mention {
	const limit = 100 // each is compared with all words
	found := source.Occurrences(f.Data, name)
	found = found[:min(len(found), limit)]
	if len(found) == 0 {
		return nil
	}
	origin := newOrigin(f)
	var all []source.Mention
	for _, off := range found {
		line, column := origin.Position(off)
		m := source.Mention{At: source.At(source.ConfigFile, f.Path, line, column), Text: origin.line(off)}
		if m.Why = why; why == "" {
			m.Why, m.Unknown = c.withoutEffect(m, name)
		}
		m.Counts, m.Comment = m.Why == "", m.Why == source.InComment
		all = append(all, m)
	}
	return all
}

// withoutEffect says why a line does not reach the daemon, or that it is not known; "" where
// it does. Of what is known of the line, that counts which begins last before the mention.
func (c Command) withoutEffect(m source.Mention, name string) (why string, unknown bool) {
	if strings.HasPrefix(m.Text, "#") || strings.HasPrefix(m.Text, ";") {
		return source.InComment, false
	}
	column := 0
	why = "it does not reach the command line of the daemon"
	if unknown = c.Limit != nil; unknown {
		why = c.Limit.Reason
	}
	nearer := func(at source.Position, reason string) {
		if at.Path == m.At.Path && at.Line == m.At.Line && at.Column >= column && at.Column <= m.At.Column {
			why, column, unknown = reason, at.Column, false
		}
	}
	for _, p := range c.Problems {
		if p.Effect == source.Ignored {
			nearer(p.At, p.Message)
		}
	}
	for _, w := range c.Args {
		if len(source.Occurrences([]byte(w.Text), name)) > 0 {
			nearer(w.At, "")
		}
	}
	for _, v := range c.Env {
		if strings.EqualFold(v.Name, name) {
			nearer(v.At, "")
		}
	}
	return why, unknown
}

// line returns the text of the line at an offset without blanks around it; of a long one the
// beginning.
func (o *origin) line(off int) string {
	const most = 200
	text := bytes.TrimSpace(o.Src[o.LineStart(off):o.LineEnd(off)])
	return string(bytes.ToValidUTF8(text[:min(len(text), most)], nil))
}
