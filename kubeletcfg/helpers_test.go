package kubeletcfg

import (
	"testing/fstest"

	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// testEditor is named as in the golden files.
func testEditor() Editor {
	return Editor{Tool: "plegctl", Header: `Written by plegctl; removed by "plegctl disable" and "plegctl rollback".`}
}

func setGate(src []byte, kind source.Kind, on bool) (source.Edit, error) {
	return testEditor().SetGate(source.File{Data: src}, kind, "EventedPLEG", on)
}

func removeGate(src []byte, kind source.Kind) (source.Edit, error) {
	return testEditor().RemoveGate(source.File{Data: src}, kind, "EventedPLEG")
}

// process is the command of a running kubelet.
func process(args ...string) start.Command {
	return start.Process(fstest.MapFS{}, start.Running{Owner: "process 7", Args: args}, "kubelet")
}
