package kubeletcfg

import "github.com/plegctl/plegctl/verify/source"

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
