package runtimecfg

import "github.com/plegctl/plegctl/verify/source"

// CommandLimit: a part of the daemon's command line is not known, and may set anything.
const CommandLimit source.Code = "RUNTIME-COMMAND-LIMIT"

// Codes of CRI-O files. Facts about its reader were checked against
// github.com/BurntSushi/toml v1.6.0, the version that CRI-O 1.36 carries.
const (
	// CRIOSyntax: the text is not TOML for CRI-O, which then does not start.
	CRIOSyntax source.Code = "CRIO-CONF-SYNTAX"
	// CRIOType: a value of the wrong type; CRI-O does not start (cri-o test/config.bats).
	CRIOType source.Code = "CRIO-CONF-TYPE"
	// CRIORandom: two spellings of one key in one file with different values.
	CRIORandom source.Code = "CRIO-CONF-RANDOM"
	// CRIOMisplaced: the key is in a table where CRI-O ignores it silently.
	CRIOMisplaced source.Code = "CRIO-CONF-MISPLACED"
	// CRIOMisspelled: a key that looks like the setting for container events and is ignored.
	CRIOMisspelled source.Code = "CRIO-CONF-MISSPELLED"
	// CRIOCase: another spelling that works because CRI-O ignores case.
	CRIOCase source.Code = "CRIO-CONF-CASE"
	// CRIOLenient: CRI-O reads the file, stricter TOML readers do not.
	CRIOLenient source.Code = "CRIO-CONF-LENIENT"
	// CRIOLeftover: a backup or temporary file in the drop-in directory, which CRI-O reads.
	CRIOLeftover source.Code = "CRIO-CONF-LEFTOVER"
	// CRIOUnread: a file of CRI-O could not be read here.
	CRIOUnread source.Code = "CRIO-CONF-UNREAD"
	// CRIOTooOld: the release does not know the key (it came with 1.26.0).
	CRIOTooOld source.Code = "CRIO-CONF-TOO-OLD"
	// CRIOEnvironment: the value of the variable for container events is not a boolean, or empty.
	CRIOEnvironment source.Code = "CRIO-CONF-ENVIRONMENT"
	// CRIOMissing: the file that a flag or variable names does not exist.
	CRIOMissing source.Code = "CRIO-CONF-MISSING"
	// CRIOFlag: the flag for container events is written in a way that CRI-O refuses.
	CRIOFlag source.Code = "CRIO-CONF-FLAG"
)

// Codes of containerd files.
const (
	// ContainerdMissing: the file that --config names does not exist.
	ContainerdMissing source.Code = "CONTAINERD-CONF-MISSING"
	// ContainerdSyntax: the text is not TOML for containerd, which then does not start.
	ContainerdSyntax source.Code = "CONTAINERD-CONF-SYNTAX"
	// ContainerdType: a value of the wrong type.
	ContainerdType source.Code = "CONTAINERD-CONF-TYPE"
	// ContainerdVersion: a config version that the release, or the root file, does not support.
	ContainerdVersion source.Code = "CONTAINERD-CONF-VERSION"
	// ContainerdImports: an import that is missing, or found only by some releases.
	ContainerdImports source.Code = "CONTAINERD-CONF-IMPORTS"
	// ContainerdUnread: a file of containerd could not be read here.
	ContainerdUnread source.Code = "CONTAINERD-CONF-UNREAD"
	// ContainerdCRIOff: the CRI service is turned off (the containerd.io package of Docker
	// ships such a file: docker/containerd-packaging common/containerd.toml).
	ContainerdCRIOff source.Code = "CONTAINERD-CONF-CRI-OFF"
	// ContainerdDisabled: an entry of disabled_plugins that containerd refuses or ignores.
	ContainerdDisabled source.Code = "CONTAINERD-CONF-DISABLED"
	// ContainerdTable: a plugin table that containerd refuses or does not look at.
	ContainerdTable source.Code = "CONTAINERD-CONF-TABLE"
	// ContainerdStray: the key of CRI-O's setting for container events, which containerd does not have.
	ContainerdStray source.Code = "CONTAINERD-CONF-STRAY-KEY"
)
