package kubeletcfg

import (
	"fmt"
	"strings"
)

// The only kind and version that a kubelet accepts (kubernetes v1.37.2
// pkg/kubelet/apis/config/scheme).
const (
	configKind    = "KubeletConfiguration"
	configVersion = "kubelet.config.k8s.io/v1beta1"
)

// checkKind returns why the kubelet does not accept the document as its configuration.
func (d document) checkKind() *badText {
	kind, _ := d.value["kind"].(string)
	if kind != configKind {
		return d.wrongKind(kind)
	}
	if version, _ := d.value["apiVersion"].(string); version != configVersion {
		if version == "" {
			return &badText{off: d.offsetOf("kind"), reason: "apiVersion is missing: the kubelet requires " + configVersion}
		}
		return &badText{off: d.offsetOf("apiVersion"), reason: fmt.Sprintf("apiVersion is %q: the kubelet requires %s", version, configVersion)}
	}
	return nil
}

func (d document) wrongKind(kind string) *badText {
	reason := "kind is missing"
	if kind != "" {
		reason = fmt.Sprintf("kind is %q", kind)
	}
	bad := &badText{off: d.offsetOf("kind"), reason: reason + ": not a KubeletConfiguration at the top level"}
	if d.json {
		return bad
	}
	docs := splitDocuments(d.Text)
	for i, doc := range docs[1:] {
		if part, partBad := readDocument(d.Src[doc.from:doc.to]); partBad == nil && part.value["kind"] == configKind {
			line, _ := d.Position(part.start + doc.from)
			bad.reason = fmt.Sprintf("%s; document %d (line %d) is a KubeletConfiguration, but the kubelet reads only the first (a file for kubeadm?)", reason, i+2, line)
			bad.elsewhere = true
			return bad
		}
	}
	if strings.Contains(string(d.Src[d.from:d.to]), configKind) {
		bad.reason += ", only nested in another object"
	}
	return bad
}

// offsetOf returns the offset of a top-level value, or where the document starts.
func (d document) offsetOf(key string) int {
	if e, ok := d.root.last(key); ok {
		return e.value.start
	}
	return d.start
}
