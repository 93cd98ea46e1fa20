package kubeletcfg_test

import (
	"errors"
	"fmt"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify/known"
)

func ExampleEffective() {
	gate := kubeletcfg.Effective(kubeletcfg.Inputs{
		Version: known.V(1, 36, 3),
		Config:  &kubeletcfg.TextFile{Path: "/var/lib/kubelet/config.yaml", Data: kubeletcfg.DropIn("EventedPLEG", true)},
		Flags:   kubeletcfg.ParseCommandLine([]string{"kubelet", "--config=/var/lib/kubelet/config.yaml", "--feature-gates=EventedPLEG=false"}),
	}, "EventedPLEG")
	fmt.Printf("on: %v, by %s: %s\n", gate.On, gate.Winner.Source, gate.Winner.Pos)
	for _, s := range gate.Overruled {
		fmt.Printf("overruled: %v by %s: %s\n", s.On, s.Source, s.Pos)
	}
	// Output:
	// on: false, by flag: argument 2 of the command line
	// overruled: true by config file: /var/lib/kubelet/config.yaml:5:3
}

func ExampleSetGate() {
	src := []byte("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration # ours\n# the end\n")
	edit, err := kubeletcfg.SetGate(src, "EventedPLEG", true)
	fmt.Printf("%s (line %d, %v)\n%s", edit.Why, edit.Line, err, edit.After)
	// Output:
	// featureGates added (line 3, <nil>)
	// apiVersion: kubelet.config.k8s.io/v1beta1
	// kind: KubeletConfiguration # ours
	// featureGates:
	//   EventedPLEG: true
	// # the end
}

func ExampleRefusedError() {
	_, err := kubeletcfg.SetGate([]byte("kind: ConfigMap\napiVersion: v1\n"), "EventedPLEG", true)
	var refused *kubeletcfg.RefusedError
	if errors.As(err, &refused) {
		fmt.Printf("config.yaml:%v\n", refused)
	}
	// Output:
	// config.yaml:1:7: kind is "ConfigMap": no KubeletConfiguration at the top level
}
