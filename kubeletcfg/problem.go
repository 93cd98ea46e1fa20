package kubeletcfg

import (
	"cmp"

	"github.com/plegctl/plegctl/verify/source"
)

// Code names a sort of problem; it's stable, for scripts and documentation.
type Code = source.Code

// The problems that are found. Each says in its comment what the kubelet does.
const (
	// CodeUnreadable: a file is named and could not be read. Fatal.
	CodeUnreadable Code = "config-unreadable"
	// CodeEmpty: a file holds nothing. Fatal.
	CodeEmpty Code = "config-empty"
	// CodeSyntax: no YAML mapping, or no JSON where the text starts with a brace. Fatal.
	CodeSyntax Code = "config-syntax"
	// CodeKind: kind is not KubeletConfiguration, or missing. Fatal.
	CodeKind Code = "config-kind"
	// CodeNotFirst: a KubeletConfiguration is there, but not in the first document. Fatal.
	CodeNotFirst Code = "config-not-first-document"
	// CodeVersion: apiVersion is missing or not known. Fatal, but for drop-ins of 1.29 to 1.31.
	CodeVersion Code = "config-api-version"
	// CodeMoreDocuments: documents after the first are not read. Not fatal.
	CodeMoreDocuments Code = "config-more-documents"
	// CodeDoubledKey: a key stands twice. The last one counts in the --config file; fatal in a drop-in.
	CodeDoubledKey Code = "config-doubled-key"
	// CodeMisspelt: a key differs from featureGates in case: no effect in the --config file, odd effects in a drop-in. Not fatal.
	CodeMisspelt Code = "config-key-misspelt"
	// CodeGatesNoMap: featureGates is a list or a text. Fatal.
	CodeGatesNoMap Code = "gates-no-map"
	// CodeNoBoolean: the value of a gate is not true or false. Fatal.
	CodeNoBoolean Code = "gate-no-boolean"
	// CodeGateNull: a gate is null. In the --config file that counts as false. Not fatal.
	CodeGateNull Code = "gate-null"
	// CodeUnknownGate: this kubelet version does not know the gate. Fatal.
	CodeUnknownGate Code = "gate-unknown"
	// CodeLockedGate: the gate is locked to the other value. Fatal.
	CodeLockedGate Code = "gate-locked"
	// CodeGateNeeds: a gate is on and one that it needs is off. Fatal (1.35 and later).
	CodeGateNeeds Code = "gate-needs"
	// CodeNoDropInFolder: the folder of --config-dir is not there. Fatal.
	CodeNoDropInFolder Code = "drop-in-folder-missing"
	// CodeDropInFolderLink: the folder is a symlink written without a slash at its end, and nothing in it is read. Not fatal.
	CodeDropInFolderLink Code = "drop-in-folder-link"
	// CodeDropInsNeedVariable: 1.28 and 1.29 want KUBELET_CONFIG_DROPIN_DIR_ALPHA set for --config-dir. Fatal.
	CodeDropInsNeedVariable Code = "drop-ins-need-variable"
	// CodeNoConfigDir: the kubelet does not know --config-dir. Fatal (1.27 and earlier).
	CodeNoConfigDir Code = "config-dir-unknown"
	// CodeStrayArgument: an argument that is no flag. Fatal.
	CodeStrayArgument Code = "stray-argument"
	// CodeNoEnvironmentFile: a unit needs a file that is not there. The unit fails.
	CodeNoEnvironmentFile Code = "environment-file-missing"
	// CodeShell: a shell starts the kubelet, its flags are not known. Not fatal.
	CodeShell Code = "flags-hidden-by-shell"
)

// Problem is something in the configuration that a kubelet dies of, or that is not what it
// seems.
type Problem struct {
	Code Code
	// Fatal tells that the kubelet (or, for an environment file, its unit) does not start.
	Fatal bool
	// Pos is where to look; its Path is a folder for a folder's problem.
	Pos  Place
	Text string
	// Hint is what to do.
	Hint string
}

// comparePlaces orders problems for a reader.
func comparePlaces(a, b Problem) int {
	return cmp.Or(cmp.Compare(a.Pos.Path, b.Pos.Path), cmp.Compare(a.Pos.Line, b.Pos.Line),
		cmp.Compare(a.Pos.Column, b.Pos.Column), cmp.Compare(a.Pos.Arg, b.Pos.Arg), cmp.Compare(a.Code, b.Code))
}
