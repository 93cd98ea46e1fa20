package runtimecfg

// Code names a kind of problem, for machines.
type Code string

// Codes of CRI-O files. Facts about its reader were checked against
// github.com/BurntSushi/toml v1.6.0, the version that CRI-O 1.36 carries.
const (
	// CRIOSyntax: the text is no TOML for CRI-O, which then does not start.
	CRIOSyntax Code = "CRIO-CONF-SYNTAX"
	// CRIOType: a value of the wrong type; CRI-O does not start (cri-o test/config.bats).
	CRIOType Code = "CRIO-CONF-TYPE"
	// CRIORandom: two spellings of one key in one file with different values.
	CRIORandom Code = "CRIO-CONF-RANDOM"
	// CRIOMisplaced: the key stands in a table where CRI-O ignores it without a word.
	CRIOMisplaced Code = "CRIO-CONF-MISPLACED"
	// CRIOMisspelled: a key that looks like enable_pod_events and is ignored.
	CRIOMisspelled Code = "CRIO-CONF-MISSPELLED"
	// CRIOCase: another spelling that works because CRI-O ignores case.
	CRIOCase Code = "CRIO-CONF-CASE"
	// CRIOLenient: CRI-O reads the file, stricter TOML readers do not.
	CRIOLenient Code = "CRIO-CONF-LENIENT"
	// CRIONewTOML: TOML 1.1 syntax, which CRI-O releases with an older reader refuse.
	CRIONewTOML Code = "CRIO-CONF-TOML-1.1"
	// CRIOLeftover: a backup or temporary file in the drop-in folder, which CRI-O reads.
	CRIOLeftover Code = "CRIO-CONF-LEFTOVER"
	// CRIOUnread: a file of CRI-O could not be read here.
	CRIOUnread Code = "CRIO-CONF-UNREAD"
	// CRIOTooOld: the release does not know the key (it came with 1.26.0).
	CRIOTooOld Code = "CRIO-CONF-TOO-OLD"
	// CRIOEnvironment: the value of ENABLE_POD_EVENTS is no boolean, or empty.
	CRIOEnvironment Code = "CRIO-CONF-ENVIRONMENT"
	// CRIOFlag: --enable-pod-events is written in a way that CRI-O refuses.
	CRIOFlag Code = "CRIO-CONF-FLAG"
)

// Codes of containerd files.
const (
	// ContainerdSyntax: the text is no TOML for containerd, which then does not start.
	ContainerdSyntax Code = "CONTAINERD-CONF-SYNTAX"
	// ContainerdType: a value of the wrong type.
	ContainerdType Code = "CONTAINERD-CONF-TYPE"
	// ContainerdVersion: a config version that the release, or the root file, does not bear.
	ContainerdVersion Code = "CONTAINERD-CONF-VERSION"
	// ContainerdImports: an import that is missing, or found only by some releases.
	ContainerdImports Code = "CONTAINERD-CONF-IMPORTS"
	// ContainerdUnread: a file of containerd could not be read here.
	ContainerdUnread Code = "CONTAINERD-CONF-UNREAD"
	// ContainerdCRIOff: the CRI service is turned off (the containerd.io package of Docker
	// ships such a file: docker/containerd-packaging common/containerd.toml).
	ContainerdCRIOff Code = "CONTAINERD-CONF-CRI-OFF"
	// ContainerdDisabled: an entry of disabled_plugins that containerd refuses or ignores.
	ContainerdDisabled Code = "CONTAINERD-CONF-DISABLED"
	// ContainerdTable: a plugin table that containerd refuses or does not look at.
	ContainerdTable Code = "CONTAINERD-CONF-TABLE"
	// ContainerdAddress: a socket address in a place that is not asked.
	ContainerdAddress Code = "CONTAINERD-CONF-ADDRESS"
	// ContainerdStray: an enable_pod_events, which containerd does not have.
	ContainerdStray Code = "CONTAINERD-CONF-STRAY-KEY"
)

// Problem is something wrong in a configuration.
type Problem struct {
	Code Code
	// Fatal: the daemon does not start with it.
	Fatal bool
	// From is where it stands.
	From Origin
	// Text says what is wrong, as far as possible in the daemon's own words.
	Text string
	// Hint says what to write instead; it may be empty.
	Hint string
}

func inFile(pos Pos) Origin { return Origin{Kind: FromFile, Pos: pos} }

// anyFatal reports that the daemon would not start.
func anyFatal(problems []Problem) bool {
	for _, p := range problems {
		if p.Fatal {
			return true
		}
	}
	return false
}
