package kubeletcfg

import (
	"bytes"
	"fmt"
	"path"
	"strings"
)

// CommandLine is the command line that systemd would start the kubelet with, from the
// unit and its environment files (see [Unit.EnvironmentOf]). Of several ExecStart= lines
// the one that runs a kubelet is taken; where none does (k3s, microk8s), there is a program
// but there are no flags. Trust the arguments of the running process more
// than this where both are to be had: a unit may have changed since.
func (u Unit) CommandLine(files map[string][]TextFile) (CommandLine, []Problem) {
	problems := u.missingFiles(files)
	vars := map[string]traced{}
	for _, v := range u.EnvironmentOf(files) {
		vars[v.Name] = v.value
	}
	var first []Argument
	for _, line := range u.all("ExecStart") {
		for _, command := range splitCommands(line) {
			args := expand(command, vars)
			if len(args) == 0 {
				continue
			}
			if runsKubelet(args) {
				return CommandLineOf(args), problems
			}
			if first == nil {
				first = args
			}
		}
	}
	line := CommandLineOf(first)
	line.Flags, line.Rest = nil, nil
	return line, problems
}

// command is one command of an ExecStart= line.
type command struct {
	words []traced
	// literal tells that variables are not resolved (the prefix ":").
	literal bool
}

// splitCommands splits an ExecStart= line at words that are a lone ";", and takes off the
// prefixes of the program (systemd.service, "Special executable prefixes").
func splitCommands(line traced) []command {
	var out []command
	var now command
	words, ok := splitWords(line, execWords)
	for _, word := range words {
		if string(word.bytes) == ";" {
			out = append(out, now)
			now = command{}
			continue
		}
		if len(now.words) == 0 {
			prefix := len(word.bytes) - len(bytes.TrimLeft(word.bytes, "-@:+!|"))
			now.literal = bytes.IndexByte(word.bytes[:prefix], ':') >= 0
			word = word.cut(prefix, len(word.bytes))
		}
		now.words = append(now.words, word)
	}
	if !ok {
		return out // systemd ignores a spoilt command and what comes after it
	}
	return append(out, now)
}

// expand resolves variables as systemd does: "$NAME" as a whole word becomes the words of
// the value, none where the variable is not set; "${NAME}" anywhere becomes the value,
// empty where it's not set; "$$" is a dollar; a "$NAME" inside of a word stays as it is
// (systemd 252, src/basic/env-util.c replace_env_argv).
func expand(c command, vars map[string]traced) []Argument {
	var out []Argument
	for i, word := range c.words {
		word = word.percents()
		if c.literal || i == 0 {
			out = append(out, Argument{word.String(), word.place()})
			continue
		}
		if w := word.bytes; len(w) > 0 && w[0] == '$' && (len(w) == 1 || w[1] != '{' && w[1] != '$') {
			parts, _ := splitWords(vars[string(w[1:])], valueWords)
			for _, part := range parts {
				place := part.place()
				place.Through = fmt.Sprintf("%s in %s", w, word.place())
				out = append(out, Argument{part.String(), place})
			}
			continue
		}
		out = append(out, Argument{replaceBraces(word.String(), vars), word.place()})
	}
	return out
}

// replaceBraces resolves ${NAME} and $$.
func replaceBraces(word string, vars map[string]traced) string {
	var out strings.Builder
	for {
		dollar := strings.IndexByte(word, '$')
		if dollar < 0 || dollar+1 == len(word) {
			break
		}
		out.WriteString(word[:dollar])
		rest := word[dollar+1:]
		name, after, closed := strings.Cut(rest, "}")
		switch {
		case rest[0] == '$':
			out.WriteByte('$')
			word = rest[1:]
		case rest[0] == '{' && closed:
			out.WriteString(vars[name[1:]].String())
			word = after
		default:
			out.WriteByte('$')
			word = rest
		}
	}
	return out.String() + word
}

// runsKubelet tells whether a command starts a kubelet, itself or through a wrapper.
func runsKubelet(args []Argument) bool { return kubeletAt(args) >= 0 }

// kubeletAt is the index of the argument that names the kubelet; -1 where none does.
func kubeletAt(args []Argument) int {
	if runsShell(args) {
		return -1
	}
	for i, arg := range args {
		if strings.HasPrefix(path.Base(arg.Text), "kubelet") { // kubelet-wrapper, kubelet-1.36 too
			return i
		}
	}
	return -1
}
