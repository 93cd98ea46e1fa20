package main

import (
	"fmt"
	"io"
	"os"
)

const fieldsHeader = `# Fields of a KubeletConfiguration (kubelet.config.k8s.io/v1beta1). Written by
# .ci/tools/tablegen; do not edit.
# Source: the Go modules k8s.io/kubelet, k8s.io/component-base and k8s.io/api of each
# version. One version stands for its minor: its first patch has the same fields.
# One letter for each version: x the field exists, a dot: it does not. Then its path ([] is
# an element of a list, {} a value of a map), the kind of JSON value that it takes, and the
# Go type where that has another name.
`

func writeFields(versions []string, w io.Writer) error {
	t := newTable(versions)
	for i, version := range versions {
		r := fieldReader{version: version, packages: map[string]*goPackage{}, fields: map[string]bool{}}
		if err := r.named("k8s.io/kubelet/config/v1beta1", "KubeletConfiguration", ""); err != nil {
			return fmt.Errorf("fields of %s: %w", version, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %d fields\n", version, len(r.fields))
		for field := range r.fields {
			t.set(field, i, 'x')
		}
	}
	return t.write(w, fieldsHeader)
}
