package change

import (
	"os"
	"os/user"
	"strconv"

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
