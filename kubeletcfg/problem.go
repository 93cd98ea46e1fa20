package kubeletcfg

import (
	"cmp"
	"errors"
	"io/fs"

	"github.com/plegctl/plegctl/verify/source"
)

// The codes of the problems that this package finds. Each comment says what the kubelet does.
const (
	// CodeUnreadable: a file or directory could not be read. Fatal where it does not exist or is a directory.
	CodeUnreadable source.Code = "config-unreadable"
	// CodeEmpty: a file is empty. Fatal.
	CodeEmpty source.Code = "config-empty"
	// CodeSyntax: not a YAML mapping, or not JSON where the text starts with a brace. Fatal.
	CodeSyntax source.Code = "config-syntax"
	// CodeKind: kind is not KubeletConfiguration, or missing. Fatal.
	CodeKind source.Code = "config-kind"
	// CodeNotFirst: the KubeletConfiguration is not in the first document. Fatal.
	CodeNotFirst source.Code = "config-not-first-document"
	// CodeVersion: apiVersion is missing or not supported. Fatal, except in drop-ins of 1.29 to 1.31.
	CodeVersion source.Code = "config-api-version"
	// CodeMoreDocuments: the kubelet ignores all documents after the first.
	CodeMoreDocuments source.Code = "config-more-documents"
	// CodeDuplicateKey: the kubelet uses the last one in the --config file; fatal in a drop-in.
	CodeDuplicateKey source.Code = "config-duplicate-key"
	// CodeMisspelt: a key differs from featureGates in case. Ignored in the --config file, merged apart in a drop-in.
	CodeMisspelt source.Code = "config-key-misspelt"
	// CodeUnknownField: this kubelet version does not have the field, and ignores it.
	CodeUnknownField source.Code = "config-unknown-field"
	// CodeFieldType: the kubelet cannot decode the value. Fatal.
	CodeFieldType source.Code = "config-field-type"
	// CodeGatesNotMap: featureGates is a list or a string. Fatal.
	CodeGatesNotMap source.Code = "gates-not-map"
	// CodeNotBoolean: the value of a gate is not true or false. Fatal.
	CodeNotBoolean source.Code = "gate-not-boolean"
	// CodeGateNull: a gate is null, which counts as false in the --config file.
	CodeGateNull source.Code = "gate-null"
	// CodeUnknownGate: this kubelet version does not have the gate. Fatal.
	CodeUnknownGate source.Code = "gate-unknown"
	// CodeLockedGate: the gate is locked to the other value. Fatal.
	CodeLockedGate source.Code = "gate-locked"
	// CodeGateNeeds: a gate is on and one that it depends on is off. Fatal (1.35 and later).
	CodeGateNeeds source.Code = "gate-needs"
	// CodeDropInDirLink: --config-dir is a symlink without a slash at its end: nothing in it is read.
	CodeDropInDirLink source.Code = "drop-in-dir-link"
	// CodeDropInSkipped: a file in --config-dir that the kubelet does not read.
	CodeDropInSkipped source.Code = "drop-in-skipped"
	// CodeDropInsNeedVariable: 1.28 and 1.29 need KUBELET_CONFIG_DROPIN_DIR_ALPHA for --config-dir. Fatal.
	CodeDropInsNeedVariable source.Code = "drop-ins-need-variable"
	// CodeStrayArgument: an argument that is not a flag. Fatal.
	CodeStrayArgument source.Code = "stray-argument"
	// CodeFlagSyntax: a long flag with one dash, or a flag without its value. Fatal.
	CodeFlagSyntax source.Code = "flag-syntax"
	// CodeUnknownFlag: this kubelet version does not have the flag. Fatal.
	CodeUnknownFlag source.Code = "flag-unknown"
	// CodeFlagValue: a flag does not accept its value. Fatal.
	CodeFlagValue source.Code = "flag-value"
	// CodeFlagExits: --help or --version: the kubelet exits. Fatal.
	CodeFlagExits source.Code = "flag-exits"
	// CodeFlagsUnknown: how the kubelet is started is not fully known, so neither are its flags.
	CodeFlagsUnknown source.Code = "flags-unknown"
)

// compareProblems orders problems for a reader.
func compareProblems(a, b source.Problem) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Code, b.Code))
}

// unreadable is the problem of a file or directory that could not be read: the kubelet does
// not start without it, or only this process may not read it.
func unreadable(at source.Position, what string, err error) source.Problem {
	p := source.Problem{Code: CodeUnreadable, Effect: source.Unread, At: at, Message: what + " cannot be read: " + err.Error()}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Effect, p.Message = source.Fatal, what+" does not exist"
	case errors.Is(err, source.ErrDirectory):
		p.Effect, p.Message = source.Fatal, what+" cannot be read: it is a directory"
	case errors.Is(err, fs.ErrPermission):
		p.Hint = "run as root"
	}
	return p
}
