package start

import (
	"bytes"
	"fmt"

	"github.com/plegctl/plegctl/verify/source"
)

// word is one argument while a command is put together.
type word struct {
	text
	via string
	// arg is the index on the command line of a running process.
	arg int
}

// expand resolves variables as systemd does: "$NAME" as a whole word becomes the words of
// the value, none where the variable is not set; "${NAME}" anywhere becomes the value,
// empty where it is not set; "$$" is a dollar; a "$NAME" inside a word stays as it is
// (systemd 252, replace_env_argv() in src/basic/env-util.c).
func (u *unit) expand(c execCommand, env *environment) []word {
	var out []word
	total := 0
	for _, t := range c.words {
		if total > maxArguments {
			break // longer than the kernel takes, see tooLong
		}
		if c.literal {
			out = append(out, word{text: t})
			continue
		}
		if b := t.bytes; len(b) > 0 && b[0] == '$' && (len(b) == 1 || b[1] != '{' && b[1] != '$') {
			value := env.lookUp(string(b[1:]))
			if value.unknown != "" {
				u.limited(t, value.unknown)
			}
			via := fmt.Sprintf("%s in %s", b, t.position(source.Flag).Location())
			parts, _ := splitWords(value, valueWords)
			for _, part := range parts {
				total += len(part.bytes) + perWord
				out = append(out, word{text: part, via: via})
			}
			continue
		}
		w := replaceBraces(t, env)
		total += len(w.bytes) + perWord
		out = append(out, w)
	}
	return out
}

// replaceBraces resolves ${NAME} and $$ in a word. A word that is one variable is placed
// where the variable is set.
func replaceBraces(t text, env *environment) word {
	if !bytes.ContainsRune(t.bytes, '$') {
		return word{text: t}
	}
	if b := t.bytes; len(b) > 3 && bytes.HasPrefix(b, []byte("${")) && bytes.IndexByte(b, '}') == len(b)-1 {
		if value := env.lookUp(string(b[2 : len(b)-1])); value.from != nil {
			return word{text: value, via: fmt.Sprintf("%s in %s", b, t.position(source.Flag).Location())}
		}
	}
	out := text{from: t.from, unknown: t.unknown}
	lastClose := bytes.LastIndexByte(t.bytes, '}')
	for i := 0; i < len(t.bytes); i++ {
		c, rest := t.bytes[i], t.bytes[i+1:]
		if c != '$' || len(rest) == 0 {
			out.add(c, t.at[i])
			continue
		}
		end := -1
		if rest[0] == '{' && i < lastClose {
			end = bytes.IndexByte(rest, '}')
		}
		switch {
		case rest[0] == '$':
			out.add('$', t.at[i])
			i++
		case end > 0:
			value := env.lookUp(string(rest[1:end]))
			if value.unknown != "" {
				out.unknown = value.unknown
			}
			out.join(value.String(), t.at[i])
			i += 1 + end
		default:
			out.add(c, t.at[i])
		}
	}
	if len(out.at) == 0 && len(t.at) > 0 {
		out.at = t.at[:1]
	}
	return word{text: out}
}
