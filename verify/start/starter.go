package start

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

const runHint = "run plegctl on the node while the daemon runs: its command line then tells"

// peeler takes starters off a command until the program that is looked for comes first.
type peeler struct {
	files    files
	programs []string
	// what is what starts the command, for people: "kubelet.service".
	what string
	env  *environment
	// image reports whether the files are those of an image that does not run.
	image bool
	cmd   *Command
}

// maxDepth bounds how many starters may stand in each other.
const maxDepth = 16

// peel reduces words to the daemon's own; it fills in the command.
func (p *peeler) peel(words []word) {
	for range maxDepth {
		if len(words) == 0 {
			p.limit(word{}, fmt.Sprintf("%s names no program", p.what))
			return
		}
		first := words[0]
		name := path.Base(first.String())
		switch {
		case first.unknown != "":
			p.limit(first, first.unknown)
			return
		case p.isProgram(name):
			p.program(words)
			return
		}
		rest, stop := p.strip(name, words)
		if stop {
			return
		}
		words = rest
	}
	p.limit(words[0], "too many starters stand in each other")
}

// strip takes one starter off; stop reports whether the command ends here, known or not.
func (p *peeler) strip(name string, words []word) (rest []word, stop bool) {
	if row, ok := multicall(name, words); ok {
		p.cmd.Program, p.cmd.Platform = p.find(words[0].String()), row.name
		row.resolve(p, row, words)
		return nil, true
	}
	if s, ok := starters()[name]; ok {
		own, rest, reason := s.strip(words[1:])
		if reason != "" {
			p.limit(words[0], fmt.Sprintf("%s starts %s: %s", p.what, name, reason))
			return nil, true
		}
		if s.after != nil {
			return s.after(p, own, rest)
		}
		return rest, false
	}
	if read := special(name); read != nil {
		return read(p, words)
	}
	if p.isScript(words[0].String()) {
		p.limit(words[0], fmt.Sprintf("%s starts %s, a script: the arguments for %s cannot be read from it", p.what, words[0].String(), p.programs[0]))
		return nil, true
	}
	p.limit(words[0], fmt.Sprintf("%s starts %s, whose arguments for %s cannot be read from the unit", p.what, words[0].String(), p.programs[0]))
	return nil, true
}

// program takes over the daemon's own words.
func (p *peeler) program(words []word) {
	name := words[0].String()
	if p.cmd.Program == "" {
		p.cmd.Program = p.find(name)
		switch {
		case p.cmd.Contained:
		case p.isScript(p.cmd.Program) && !p.passesOn(p.cmd.Program):
			p.limit(words[0], fmt.Sprintf("%s starts %s, a script: the arguments for %s cannot be read from it", p.what, name, p.programs[0]))
		case p.isMissing(p.cmd.Program):
			p.cmd.Problems = append(p.cmd.Problems, source.Problem{
				Code: CodeProgramMissing, Effect: source.Fatal, At: p.position(words[0], 0),
				Message: fmt.Sprintf("the program %s does not exist, so systemd cannot start the unit (203/EXEC)", p.cmd.Program),
			})
		}
	}
	p.cmd.Args = p.cmd.Args[:0]
	for i, w := range words {
		p.cmd.Args = append(p.cmd.Args, Word{w.String(), p.position(w, i), w.unknown})
		if mayBeAny(w) && (i == 0 || !needsValue(words[i-1].String())) {
			p.limit(w, w.unknown)
		}
	}
}

// mayBeAny reports whether a word that is not known may be any argument: so much of it is
// known that it is a flag or, as with a specifier, none.
func mayBeAny(w word) bool {
	name, _, hasValue := strings.Cut(w.String(), "=")
	isFlag := hasValue && len(name) > len("--") && strings.HasPrefix(name, "-")
	return w.unknown != "" && !isFlag && !strings.HasPrefix(name, "%")
}

// needsValue reports whether an argument looks like a flag whose value is the next one.
func needsValue(text string) bool {
	return strings.HasPrefix(text, "-") && !strings.Contains(text, "=")
}

func (p *peeler) position(w word, index int) source.Position {
	at := w.position(source.Flag)
	if at.Path == "" {
		return source.Position{Kind: source.Flag, Owner: p.what, Arg: w.arg}
	}
	at.Via, at.Arg = w.via, index
	return at
}

func (p *peeler) limit(w word, reason string) {
	if p.cmd.Limit == nil {
		p.cmd.Limit = &Limit{Reason: reason, Hint: runHint, At: p.position(w, 0)}
	}
}

var versionSuffix = regexp.MustCompile(`^[-_.](v?\d[\w.+-]*|amd64|arm64|linux[\w-]*|real|bin)$`)

// isProgram reports whether a program's base name is one that is looked for, also with a
// version behind it ("kubelet-1.36").
func (p *peeler) isProgram(name string) bool {
	for _, program := range p.programs {
		if suffix, ok := strings.CutPrefix(name, program); ok && (suffix == "" || versionSuffix.MatchString(suffix)) {
			return true
		}
	}
	return false
}

// programPath is where systemd looks for a program that is not an absolute path (systemd 252,
// DEFAULT_PATH); env and shells use much the same.
const programPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// find looks a bare name up in the search path; it stays bare where it is not found.
func (p *peeler) find(name string) string {
	if strings.Contains(name, "/") || p.cmd.Contained {
		return name
	}
	dirs := programPath
	if v, ok := p.env.vars["PATH"]; ok && v.value.unknown == "" {
		dirs = v.value.String()
	}
	for dir := range strings.SplitSeq(dirs, ":") {
		if full := path.Join(dir, name); p.files.exists(full) {
			return full
		}
	}
	return name
}

// isScript reports whether a program is there and is a script.
func (p *peeler) isScript(name string) bool {
	if p.cmd.Contained || !path.IsAbs(name) {
		return false
	}
	return bytes.Equal(p.files.head(name, 2), []byte("#!"))
}

// addsWords matches what a script may add to its arguments or take from them: options,
// variables, other files.
var addsWords = regexp.MustCompile("--[a-z]|\\$[A-Za-z_{(]|`|(?m)(^|[\\s;&|])(shift|set|source|eval|\\.)\\s")

// passesOn reports whether a script in the program's place plainly hands its own arguments
// on.
func (p *peeler) passesOn(name string) bool {
	f := p.files.read(name)
	return f.Readable() && bytes.Contains(f.Data, []byte(`"$@"`)) && !addsWords.Match(f.Data)
}

// fullDirectory is how many files a directory of programs has at least in a whole image; in
// a part of one nothing is known of programs.
const fullDirectory = 50

// isMissing reports whether a program is missing from a directory that has others in it.
func (p *peeler) isMissing(name string) bool {
	if _, isLink := p.files.link(name); isLink || !path.IsAbs(name) {
		return false // the target of a link may lie on another file system
	}
	others := len(p.files.list(path.Dir(name)))
	return others > 0 && (!p.image || others >= fullDirectory) && !p.files.exists(name)
}
