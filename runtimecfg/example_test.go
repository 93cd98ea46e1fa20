package runtimecfg_test

import (
	"fmt"
	"testing/fstest"

	"github.com/plegctl/plegctl/runtimecfg"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/start"
)

// What would CRI-O make of a node's files if it were started with these arguments?
func ExampleEffective() {
	node := fstest.MapFS{ // os.DirFS("/") for this node
		"etc/crio/crio.conf.d/40-events.conf":     {Data: []byte("[crio.runtime]\nenable_pod_events = true\n")},
		"etc/crio/crio.conf.d/40-events.conf.bak": {Data: []byte("[crio.runtime]\nenable_pod_events: true\n")},
	}
	in := runtimecfg.ReadFS(node, known.CRIO, runtimecfg.Inputs{
		Version: known.V(1, 36, 3),
		Command: start.Command{Args: []start.Word{{Text: "crio"}, {Text: "--log-level=debug"}}},
	})
	result := runtimecfg.Effective(known.CRIO, in)
	fmt.Println("events:", result.PodEvents.Known, result.PodEvents.Reason)
	for _, p := range result.Problems {
		fmt.Printf("%s %s: %s\n", p.Effect, p.At, p.Message)
	}
	// Output:
	// events: false /etc/crio/crio.conf.d/40-events.conf.bak:2:18: expected '.' or '=', but got ':' instead
	// suspect /etc/crio/crio.conf.d/40-events.conf.bak: looks like a leftover, but CRI-O reads every file below its drop-in directory, and this one overrides those before it
	// fatal /etc/crio/crio.conf.d/40-events.conf.bak:2:18: expected '.' or '=', but got ':' instead
}

// Set one key and leave every other byte alone.
func ExampleEditor() {
	editor := runtimecfg.Editor{Runtime: known.CRIO, Version: known.V(1, 36, 3), Owner: "mytool"}
	edit, err := editor.Set([]byte("[crio.runtime]\n# enable_pod_events = false\n\n[crio.image]\n"), true)
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
