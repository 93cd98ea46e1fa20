package start

import (
	"fmt"
	"slices"
	"strings"
)

// starterOption is one word that a starter takes for itself: an option by its name without
// dashes, or an operand or assignment, which has no name.
type starterOption struct {
	name  string
	value word
}

// strip returns the starter's own options and the command behind them, or why it is not
// known.
func (s starter) strip(words []word) (own []starterOption, rest []word, reason string) {
	for i := 0; i < len(words); i++ {
		text := words[i].String()
		switch {
		case text == "--":
			return s.operand(own, words[i+1:])
		case words[i].unknown != "" && !strings.Contains(text, "="):
			return nil, nil, words[i].unknown
		case text == "-" && s.assignments: // env -: an empty environment
			own = append(own, starterOption{name: "i"})
		case len(text) < 2 || text[0] != '-':
			return s.operand(own, words[i:])
		case s.digits && text[1] >= '0' && text[1] <= '9':
		default:
			given, needsValue, reason := s.options(words[i])
			if reason != "" {
				return nil, nil, reason
			}
			if i++; needsValue && i < len(words) {
				given[len(given)-1].value = words[i]
			} else {
				i--
			}
			own = append(own, given...)
		}
	}
	return nil, nil, "no command follows"
}

func (s starter) operand(own []starterOption, words []word) ([]starterOption, []word, string) {
	for n := 0; len(words) > 0 && (n < s.operands || s.assignments && strings.Contains(words[0].String(), "=")); n++ {
		own, words = append(own, starterOption{value: words[0]}), words[1:]
	}
	if len(words) == 0 {
		return nil, nil, "no command follows"
	}
	return own, words, ""
}

// options reads one word of options; needsValue reports whether the value of the last one is
// the next word.
func (s starter) options(w word) (given []starterOption, needsValue bool, reason string) {
	text := w.String()
	value := func(from int) word {
		return word{text: w.cut(from, len(w.bytes)), via: w.via}
	}
	if long, isLong := strings.CutPrefix(text, "--"); isLong {
		name, _, joined := strings.Cut(long, "=")
		o := starterOption{name: name}
		if joined {
			o.value = value(len("--") + len(name) + len("="))
		}
		takes := slices.Contains(strings.Fields(s.longValued), name)
		switch {
		case s.hides[name] != "":
			return nil, false, s.hides[name]
		case !takes && !slices.Contains(strings.Fields(s.long), name):
			return nil, false, fmt.Sprintf("its option --%s is not known", name)
		}
		return []starterOption{o}, takes && !joined, ""
	}
	for i, letter := range text[1:] {
		name := string(letter)
		switch {
		case s.hides[name] != "":
			return nil, false, s.hides[name]
		case name == "=" && len(given) > 0: // -d=false
			return given, false, ""
		case strings.Contains(s.valued, name):
			if rest := i + 2; rest < len(text) { // the rest of the word is the value
				return append(given, starterOption{name, value(rest)}), false, ""
			}
			return append(given, starterOption{name: name}), true, ""
		case !strings.Contains(s.flags, name):
			return nil, false, fmt.Sprintf("its option -%s is not known", name)
		}
		given = append(given, starterOption{name: name})
	}
	return given, false, ""
}
