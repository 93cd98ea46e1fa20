package record

import (
	"strconv"
	"strings"
)

// Who tells who ran plegctl, also through sudo.
type Who struct {
	UID int `json:"uid"`
	// User is the name of that user, where it could be had.
	User string `json:"user,omitempty"`
	// SudoUser is who called sudo.
	SudoUser string `json:"sudoUser,omitempty"`
	// LoginUID is who logged in: the kernel keeps it through su and sudo. -1 is nobody.
	LoginUID int      `json:"loginUID"`
	PID      int      `json:"pid"`
	Command  []string `json:"command,omitempty"`
}

// String is the shortest honest answer: "root (sudo by anna)".
func (w Who) String() string {
	name := w.User
	if name == "" {
		name = "uid " + strconv.Itoa(w.UID)
	}
	switch {
	case w.SudoUser != "":
		return name + " (sudo by " + w.SudoUser + ")"
	case w.LoginUID >= 0 && w.LoginUID != w.UID:
		return name + " (logged in as uid " + strconv.Itoa(w.LoginUID) + ")"
	}
	return name
}

// ParseLoginUID reads the text of /proc/self/loginuid; the kernel writes 4294967295 for
// a process that nobody logged in for.
func ParseLoginUID(text string) int {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
	if err != nil || n == 1<<32-1 {
		return -1
	}
	return int(n)
}
