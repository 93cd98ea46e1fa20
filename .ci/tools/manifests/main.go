// Command manifests holds Kubernetes manifests against the API's own types: an unknown field, a
// field of a wrong type and a duplicate key are errors, and so is an object of a kind that is not
// on the list. It sees no value that only a running API server refuses.
package main

import (
	"bytes"
	"fmt"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// plan is what the documentation of system-upgrade-controller names of a Plan.
type plan struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Concurrency        int64                 `json:"concurrency"`
		Version            string                `json:"version"`
		NodeSelector       *metav1.LabelSelector `json:"nodeSelector"`
		ServiceAccountName string                `json:"serviceAccountName"`
		Cordon             bool                  `json:"cordon"`
		Drain              struct {
			Force              bool `json:"force"`
			DeleteEmptydirData bool `json:"deleteEmptydirData"`
			IgnoreDaemonSets   bool `json:"ignoreDaemonSets"`
		} `json:"drain"`
		Upgrade struct {
			Image   string   `json:"image"`
			Command []string `json:"command"`
			Args    []string `json:"args"`
		} `json:"upgrade"`
	} `json:"spec"`
}

func main() {
	failed := false
	for _, file := range os.Args[1:] {
		if err := check(file); err != nil {
			fmt.Fprintf(os.Stderr, "manifests: %s: %v\n", file, err)
			failed = true
		}
	}
	if failed || len(os.Args) < 2 {
		os.Exit(1)
	}
}

func check(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, document := range bytes.Split(data, []byte("\n---\n")) {
		var of metav1.TypeMeta
		if err := yaml.Unmarshal(document, &of); err != nil {
			return err
		}
		kinds := map[string]any{
			"v1/Namespace": &corev1.Namespace{}, "v1/ServiceAccount": &corev1.ServiceAccount{}, "apps/v1/DaemonSet": &appsv1.DaemonSet{},
			"rbac.authorization.k8s.io/v1/ClusterRole": &rbacv1.ClusterRole{}, "rbac.authorization.k8s.io/v1/ClusterRoleBinding": &rbacv1.ClusterRoleBinding{},
			"upgrade.cattle.io/v1/Plan": &plan{},
		}
		object, ok := kinds[of.APIVersion+"/"+of.Kind]
		if !ok {
			return fmt.Errorf("%s/%s is not on the list", of.APIVersion, of.Kind)
		}
		if err := yaml.UnmarshalStrict(document, object); err != nil {
			return fmt.Errorf("%s: %w", of.Kind, err)
		}
		if d, ok := object.(*appsv1.DaemonSet); ok && d.Spec.Selector.MatchLabels["app.kubernetes.io/name"] != d.Spec.Template.Labels["app.kubernetes.io/name"] {
			return fmt.Errorf("the selector of %s does not select its pods", d.Name)
		}
	}
	return nil
}
