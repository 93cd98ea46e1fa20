package change

import (
	"bytes"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/record"
)

// WhoRuns returns who runs this command, also through sudo.
func WhoRuns(getenv func(string) string) record.Who {
	who := record.Who{UID: os.Getuid(), LoginUID: -1, PID: os.Getpid(), SudoUser: getenv("SUDO_USER"), Command: os.Args}
	if u, err := user.LookupId(strconv.Itoa(who.UID)); err == nil {
		who.User = u.Username
	}
	// Where the kernel keeps no login, nobody logged in: that is an answer too.
	if text, err := os.ReadFile("/proc/self/loginuid"); err == nil {
		who.LoginUID = record.ParseLoginUID(string(text))
	}
	return who
}

// processID names a process over the reuse of its number and over reboots; "" where it does
// not exist.
func processID(pid int) string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// Field 22 is the start time; the name before it may hold anything (proc_pid_stat(5)).
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	if len(fields) < 20 {
		return ""
	}
	return fmt.Sprintf("%d/%s/%s", pid, fields[19], bootID())
}

// alive returns the number of the process that [processID] named, 0 where it has ended.
func alive(process string) int {
	number, _, _ := strings.Cut(process, "/")
	pid, err := strconv.Atoi(number)
	if err != nil || processID(pid) != process {
		return 0
	}
	return pid
}

// stillAtWork refuses where the process of an open change lives, although its lock could be
// taken: somebody removed the lock file.
func (s *session) stillAtWork() error {
	for _, t := range s.past {
		if s.Host.Offline || t.Outcome() != record.Unfinished {
			continue
		}
		if pid := alive(t.Begin.Process); pid != 0 && pid != os.Getpid() {
			return &hostfs.LockedError{Process: t.Begin.Process, Since: t.At, Command: strings.Join(t.Begin.Who.Command, " ")}
		}
	}
	return nil
}
