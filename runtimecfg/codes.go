package runtimecfg

import "github.com/plegctl/plegctl/verify/source"

// The code of every daemon.
const (
	// codeCommandLimit: a part of the daemon's command line is not known, and may set anything.
	codeCommandLimit source.Code = "RUNTIME-COMMAND-LIMIT"
)

// Codes of CRI-O files. Facts about its reader were checked against
// github.com/BurntSushi/toml v1.6.0, the version that CRI-O 1.36 carries.
const (
	// codeCRIOSyntax: the text is not TOML for CRI-O, which then does not start.
	codeCRIOSyntax source.Code = "CRIO-CONF-SYNTAX"
	// codeCRIOType: a value of the wrong type; CRI-O does not start (cri-o test/config.bats).
	codeCRIOType source.Code = "CRIO-CONF-TYPE"
	// codeCRIORandom: two spellings of one key in one file with different values.
	codeCRIORandom source.Code = "CRIO-CONF-RANDOM"
	// codeCRIOMisplaced: the key is in a table where CRI-O ignores it silently.
	codeCRIOMisplaced source.Code = "CRIO-CONF-MISPLACED"
	// codeCRIOMisspelled: a key that looks like the setting for container events and is ignored.
	codeCRIOMisspelled source.Code = "CRIO-CONF-MISSPELLED"
	// codeCRIOCase: another spelling that works because CRI-O ignores case.
	codeCRIOCase source.Code = "CRIO-CONF-CASE"
	// codeCRIOLenient: CRI-O reads the file, stricter TOML readers do not.
	codeCRIOLenient source.Code = "CRIO-CONF-LENIENT"
	// codeCRIOLeftover: a backup or temporary file in the drop-in directory, which CRI-O reads.
	codeCRIOLeftover source.Code = "CRIO-CONF-LEFTOVER"
	// codeCRIOUnread: a file of CRI-O could not be read here; fatal for a directory.
	codeCRIOUnread source.Code = "CRIO-CONF-UNREAD"
	// codeCRIOTooOld: the release does not know the key (it came with 1.26.0).
	codeCRIOTooOld source.Code = "CRIO-CONF-TOO-OLD"
	// codeCRIOEnvironment: the value of the variable for container events is not a boolean, or empty.
	codeCRIOEnvironment source.Code = "CRIO-CONF-ENVIRONMENT"
	// codeCRIOMissing: the file that a flag or variable names does not exist.
	codeCRIOMissing source.Code = "CRIO-CONF-MISSING"
	// codeCRIOProgram: a program that the configuration names is missing, so that CRI-O does not
	// start, or cannot be executed.
	codeCRIOProgram source.Code = "CRIO-CONF-PROGRAM"
	// codeCRIOFlag: the flag for container events is written in a way that CRI-O refuses.
	codeCRIOFlag source.Code = "CRIO-CONF-FLAG"
)

// Codes of containerd files.
const (
	// codeContainerdMissing: the file that --config names does not exist.
	codeContainerdMissing source.Code = "CONTAINERD-CONF-MISSING"
	// codeContainerdSyntax: the text is not TOML for containerd, which then does not start.
	codeContainerdSyntax source.Code = "CONTAINERD-CONF-SYNTAX"
	// codeContainerdType: a value of the wrong type.
	codeContainerdType source.Code = "CONTAINERD-CONF-TYPE"
	// codeContainerdVersion: a config version that the release, or the root file, does not support.
	codeContainerdVersion source.Code = "CONTAINERD-CONF-VERSION"
	// codeContainerdImports: an import that is missing, or found only by some releases.
	codeContainerdImports source.Code = "CONTAINERD-CONF-IMPORTS"
	// codeContainerdUnread: a file of containerd could not be read here; fatal for a directory.
	codeContainerdUnread source.Code = "CONTAINERD-CONF-UNREAD"
	// codeContainerdCRIOff: the CRI service is turned off (the containerd.io package of Docker
	// ships such a file: docker/containerd-packaging common/containerd.toml).
	codeContainerdCRIOff source.Code = "CONTAINERD-CONF-CRI-OFF"
	// codeContainerdDisabled: an entry of disabled_plugins that containerd refuses or ignores.
	codeContainerdDisabled source.Code = "CONTAINERD-CONF-DISABLED"
	// codeContainerdTable: a plugin table that containerd refuses or does not look at.
	codeContainerdTable source.Code = "CONTAINERD-CONF-TABLE"
	// codeContainerdStray: the key of CRI-O's setting for container events, which containerd does not have.
	codeContainerdStray source.Code = "CONTAINERD-CONF-STRAY-KEY"
)
