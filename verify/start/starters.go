package start

// starter is the command line of a program that starts another one: options, then a fixed
// number of operands, then the command (its manual page, of coreutils 9, util-linux 2.38
// and systemd 252).
type starter struct {
	// flags are the short options without a value, valued those with one.
	flags, valued string
	// long are the long options without a value, longValued those with one. A value may
	// always be joined with "=".
	long, longValued string
	// operands is the number of words between the options and the command.
	operands int
	// assignments reports whether NAME=VALUE may come before the command (env).
	assignments bool
	// digits reports whether "-10" is an option (nice).
	digits bool
	// hides maps an option to the reason why nothing behind it is known.
	hides map[string]string
	// after does what the starter does to the command; nil for nothing.
	after func(p *peeler, own []starterOption, rest []word) ([]word, bool)
}

// Why nothing is known behind an option.
const (
	otherRoot      = "it changes the root directory"
	otherMounts    = "it enters another mount namespace, whose files may be others"
	otherDirectory = "it changes the working directory"
	splitsText     = "it splits a text into words itself"
)

func starters() map[string]starter {
	return map[string]starter{
		"env": {
			flags: "iv0", valued: "uC", long: "ignore-environment debug null block-signal default-signal ignore-signal list-signal-handling",
			longValued: "unset chdir", assignments: true, hides: map[string]string{"S": splitsText, "split-string": splitsText}, after: afterEnv,
		},
		"nice":            {valued: "n", longValued: "adjustment", digits: true},
		"ionice":          {flags: "t", valued: "cn", long: "ignore", longValued: "class classdata"},
		"chrt":            {flags: "abdfioRrv", valued: "TPD", long: "all-tasks batch deadline fifo idle other reset-on-fork rr verbose", longValued: "sched-runtime sched-period sched-deadline", operands: 1},
		"taskset":         {flags: "ac", long: "all-tasks cpu-list", operands: 1},
		"setpriv":         {long: "clear-groups keep-groups init-groups no-new-privs nnp reset-env", longValued: "ambient-caps inh-caps bounding-set ruid euid rgid egid reuid regid groups securebits pdeathsig selinux-label apparmor-profile"},
		"systemd-cat":     {valued: "tp", longValued: "identifier priority stderr-priority level-prefix"},
		"systemd-inhibit": {long: "no-pager no-legend", longValued: "what who why mode"},
		"stdbuf":          {valued: "ioe", longValued: "input output error"},
		"timeout":         {flags: "v", valued: "ks", long: "foreground preserve-status verbose", longValued: "kill-after signal", operands: 1},
		"nohup":           {},
		"sudo": {
			flags: "EHnPSb", valued: "ugpCT", long: "preserve-env set-home non-interactive", longValued: "user group prompt close-from command-timeout",
			hides: map[string]string{"i": profile, "login": profile, "s": "it starts a shell", "R": otherRoot, "chroot": otherRoot, "D": otherDirectory, "chdir": otherDirectory},
		},
		"setsid": {flags: "cfw", long: "ctty fork wait"},
		"flock": {
			flags: "sxenuFo", valued: "wE", long: "shared exclusive nb nonblock unlock close no-fork verbose", longValued: "wait timeout conflict-exit-code",
			operands: 1, after: afterFlock,
		},
		"exec":          {flags: "cl", valued: "a"}, // of a shell
		"command":       {flags: "p"},
		"numactl":       {flags: "al", valued: "ipmNC", long: "all localalloc", longValued: "interleave preferred membind cpunodebind physcpubind"},
		"prlimit":       {longValued: "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack"},
		"choom":         {valued: "n", longValued: "adjust"},
		"cgexec":        {valued: "g", long: "sticky"},
		"tini":          {flags: "svgw", valued: "pe"},
		"dumb-init":     {flags: "cv", valued: "r", long: "single-child verbose", longValued: "rewrite"},
		"catatonit":     {flags: "P"},
		"kubenswrapper": {},
		"systemd-run": {
			flags: "dtPqGrS", valued: "upEM", longValued: "unit property description slice uid gid nice working-directory setenv service-type",
			long: "scope same-dir pty pipe quiet collect remain-after-exit wait no-block no-ask-password send-sighup system slice-inherit",
			hides: map[string]string{
				"M": "it runs on another machine", "machine": "it runs on another machine", "H": "it runs on another host", "host": "it runs on another host",
				"user": "it runs in a user manager", "S": "it starts a shell", "shell": "it starts a shell",
			},
			after: afterSystemdRun,
		},
		"nsenter": {
			flags: "uinpCUTZFa", valued: "tSG", long: "uts ipc net pid cgroup user time no-fork preserve-credentials follow-context", longValued: "target setuid setgid",
			hides: map[string]string{"m": otherMounts, "mount": otherMounts, "a": otherMounts, "all": otherMounts, "r": otherRoot, "root": otherRoot, "w": otherDirectory, "wd": otherDirectory},
		},
		"unshare": {
			flags: "muinpCUTfrc", valued: "SG", long: "mount uts ipc net pid cgroup user time fork map-root-user map-current-user keep-caps kill-child mount-proc",
			longValued: "propagation setgroups setuid setgid map-user map-group",
			hides:      map[string]string{"R": otherRoot, "root": otherRoot, "w": otherDirectory, "wd": otherDirectory},
		},
		"chroot": {longValued: "groups userspec", long: "skip-chdir", operands: 1, after: afterChroot},
	}
}
