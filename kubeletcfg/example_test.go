package kubeletcfg_test

import (
	"errors"
	"fmt"
	"testing/fstest"

	"github.com/plegctl/plegctl/kubeletcfg"
	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

const config = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration # ours
featureGates: {EventedPLEG: true}
`

// A node's directory, such as a mounted image, and the command line of its kubelet.
func ExampleReadFS() {
	node := fstest.MapFS{"var/lib/kubelet/config.yaml": {Data: []byte(config)}} // or os.DirFS("/mnt/image")
	args := []string{"kubelet", "--config=/var/lib/kubelet/config.yaml", "--feature-gates=EventedPLEG=false", "--max-pods=many"}
	running := start.Process(fstest.MapFS{}, start.Running{Owner: "process 812", Args: args}, "kubelet")

	kubelet := kubeletcfg.ReadFS(node, known.V(1, 36, 3), running)
	gate := kubelet.Gate("EventedPLEG")
	fmt.Printf("%v: %s\n", gate.Value, gate.At)
	for _, a := range gate.Overridden {
		fmt.Printf("overridden: %v: %s\n", a.Value, a.At)
	}
	for _, p := range kubelet.Problems() {
		fmt.Printf("%s: %s: %s\n", p.Effect, p.At, p.Message)
	}
	// Output:
	// false: --feature-gates of process 812
	// overridden: true: /var/lib/kubelet/config.yaml:3:16
	// fatal: --max-pods of process 812: invalid argument "many" for "--max-pods" flag: strconv.ParseInt: parsing "many": invalid syntax
}

func ExampleEditor_SetGate() {
	editor := kubeletcfg.Editor{Tool: "mytool"}
	edit, err := editor.SetGate(source.File{Path: "config.yaml", Data: []byte(config)}, source.ConfigFile, "EventedPLEG", false)
	fmt.Printf("%s (line %d, %v)\n%s", edit.Why, edit.Line, err, edit.After)
	// Output:
	// value of the gate replaced (line 3, <nil>)
	// apiVersion: kubelet.config.k8s.io/v1beta1
	// kind: KubeletConfiguration # ours
	// featureGates: {EventedPLEG: false}
}

func ExampleEditor_SetGate_refused() {
	configMap := source.File{Path: "config.yaml", Data: []byte("kind: ConfigMap\napiVersion: v1\n")}
	_, err := kubeletcfg.Editor{Tool: "mytool"}.SetGate(configMap, source.ConfigFile, "EventedPLEG", true)
	var refused *source.EditError
	if errors.As(err, &refused) {
		fmt.Println(refused)
	}
	// Output:
	// config.yaml:1:7: kind is "ConfigMap": not a KubeletConfiguration at the top level
}
