package start

import "github.com/plegctl/plegctl/verify/source"

// The problems that are found.
const (
	// CodeUnitRefused: systemd refuses to load or to start the unit.
	CodeUnitRefused source.Code = "unit-refused"
	// CodeUnitMasked: the unit is masked.
	CodeUnitMasked source.Code = "unit-masked"
	// CodeUnitIgnored: systemd ignores what is written there.
	CodeUnitIgnored source.Code = "unit-setting-ignored"
	// CodeUnitUnread: a file of the unit cannot be read.
	CodeUnitUnread source.Code = "unit-unreadable"
	// CodeEnvironmentFile: a required environment file does not exist or cannot be loaded.
	CodeEnvironmentFile source.Code = "environment-file-missing"
	// CodeVariableOverridden: an environment file overrides a variable of Environment=.
	CodeVariableOverridden source.Code = "variable-overridden"
	// CodeVariableUnused: a variable that looks like arguments is not referred to.
	CodeVariableUnused source.Code = "variable-unused"
	// CodeProgramMissing: the program does not exist.
	CodeProgramMissing source.Code = "program-missing"
	// CodeDirectoryMissing: the working directory does not exist.
	CodeDirectoryMissing source.Code = "working-directory-missing"
	// CodeArguments: an argument file contains something that its reader ignores or refuses.
	CodeArguments source.Code = "argument-file"
)
