package start

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"

	"github.com/plegctl/plegctl/verify/source"
)

// Request says what is looked for.
type Request struct {
	// Programs are the names of the daemon's program, the usual one first: "kubelet".
	Programs []string
	// Unit is the unit that starts it. Where it is empty, PROGRAM.service is tried, then
	// the units of platforms that are known to run such a daemon, then an init script.
	Unit string
	// Loaded are the unit file and the drop-ins that a running systemd has loaded; without
	// them they are looked for as systemd does.
	Loaded []string
	// Host holds specifiers that only a running node knows, by letter: 'H' is its name.
	Host map[byte]string
	// Image reports whether the files are those of an image that does not run.
	Image bool
}

// Resolve returns how a daemon is started, as far as the files of the node tell, whose root
// directory is fsys. Symlinks are recognized only where fsys is an [fs.ReadLinkFS].
func Resolve(fsys fs.FS, r Request) Command {
	files := files{fsys}
	name := r.Unit
	if name == "" {
		name = findStarter(files, r)
	}
	if strings.HasPrefix(name, "/") {
		return initScript(files, r, name)
	}
	if !strings.HasSuffix(name, ".service") {
		name += ".service"
	}
	u := loadUnit(files, r, name)
	cmd := Command{Unit: name, Directory: "/"}
	if u.limit == nil {
		u.resolve(r, &cmd)
	}
	cmd.Unread = u.unread(r.Programs[0])
	cmd.Files, cmd.Problems = append(u.seen, cmd.Files...), append(u.problems, cmd.Problems...)
	if u.limit != nil {
		cmd.Limit = u.limit
	}
	return cmd
}

// findStarter returns the first unit or init script that exists; PROGRAM.service where none
// does.
func findStarter(files files, r Request) string {
	usual := r.Programs[0] + ".service"
	for _, name := range append([]string{usual}, platformUnits(r.Programs[0])...) {
		if found := lookUp(files, name); found != "" && !isMask(files, found) {
			return name
		}
	}
	for _, name := range append([]string{usual}, platformUnits(r.Programs[0])...) {
		if script := "/etc/init.d/" + strings.TrimSuffix(name, ".service"); files.exists(script) {
			return script
		}
	}
	return usual
}

// resolve fills in the command of a loaded unit.
func (u *unit) resolve(r Request, cmd *Command) {
	env := u.environment()
	env.list(cmd)
	cmd.Directory, cmd.hidden = u.directory(), u.hidden()
	commands := u.commands()
	u.check(commands)
	var first *Command
	for _, c := range commands {
		try := *cmd
		p := &peeler{files: u.files, programs: r.Programs, what: cmd.Unit, env: env.clone(), image: u.image, cmd: &try}
		u.checkProgram(c)
		p.peel(withProgram(u.expand(c, env), c.program))
		p.env.list(&try)
		tooLong(&try)
		if len(try.Args) > 0 || first == nil {
			first = &try
		}
		if len(try.Args) > 0 {
			break
		}
	}
	if first == nil {
		cmd.Limit = &Limit{Reason: fmt.Sprintf("%s has no ExecStart=", cmd.Unit), At: source.Position{Kind: source.ConfigFile, Path: u.fragment}}
		return
	}
	if *cmd = *first; cmd.Known() && u.limit == nil {
		u.unused(env)
	}
}

// checkProgram reports a variable in the program's name, which systemd takes as it is
// written.
func (u *unit) checkProgram(c execCommand) {
	if bytes.ContainsRune(c.program.bytes, '$') {
		u.report(source.Problem{
			Code: CodeProgramMissing, Effect: source.Fatal, At: c.program.position(source.ConfigFile),
			Message: fmt.Sprintf("systemd does not resolve variables in the program's name: %s does not exist (203/EXEC)", c.program),
		})
	}
}

// withProgram puts the path that is started in place of argv[0], which "@" may set to
// anything.
func withProgram(words []word, program text) []word {
	if len(words) == 0 {
		return []word{{text: program}}
	}
	words[0] = word{text: program}
	return words
}

// The limits of execve(2) on Linux: one argument, and all of them with the default stack,
// each with its end and its pointer.
const (
	maxArgument  = 128 << 10
	maxArguments = 2 << 20
	perWord      = 9
)

func tooLong(cmd *Command) {
	total := 0
	for _, w := range cmd.Args {
		total += len(w.Text) + perWord
		if len(w.Text) >= maxArgument || total > maxArguments {
			cmd.Problems = append(cmd.Problems, source.Problem{
				Code: CodeUnitRefused, Effect: source.Fatal, At: w.At, Message: "Argument list too long",
			})
			return
		}
	}
}
