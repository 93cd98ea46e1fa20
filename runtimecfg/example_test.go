package runtimecfg_test

import (
	"fmt"

	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify/source"
)

func ExampleSetPodEvents() {
	edit, err := runtimecfg.SetPodEvents([]byte("[crio.runtime]\n# enable_pod_events = false\n\n[crio.image]\n"), true)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\nline %d: %s\n", edit.After, edit.Line, edit.Why)
	// Output:
	// [crio.runtime]
	// # enable_pod_events = false
	// enable_pod_events = true
	//
	// [crio.image]
	//
	// line 3: added below the commented-out line
}

func ExampleEffectiveCRIO() {
	c := runtimecfg.EffectiveCRIO(runtimecfg.CRIOInputs{
		DropIns: []source.File{
			{Path: "/etc/crio/crio.conf.d/40-events.conf", Data: []byte("[crio.runtime]\nenable_pod_events = true\n")},
			{Path: "/etc/crio/crio.conf.d/40-events.conf.bak", Data: []byte("[crio.runtime]\nenable_pod_events: true\n")},
		},
	})
	for _, p := range c.Problems {
		fmt.Printf("%s: %s\n", p.At, p.Message)
	}
	// Output:
	// /etc/crio/crio.conf.d/40-events.conf.bak: looks like a leftover, but CRI-O reads every file below its drop-in directory, and this one overrides those before it
	// /etc/crio/crio.conf.d/40-events.conf.bak:2:18: expected '.' or '=', but got ':' instead
}
