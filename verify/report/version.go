package report

import "fmt"

// Version is the body of `version` in JSON.
type Version struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	// Go is the version of the Go toolchain that built it.
	Go       string `json:"go"`
	Platform string `json:"platform"`
	// NewestKubelet is the newest kubelet whose behaviour this build knows.
	NewestKubelet string `json:"newestKubelet"`
}

// String returns the version in one line.
func (v Version) String() string {
	return fmt.Sprintf("plegctl %s (%s, %s), knows kubelets up to %s", v.Version, v.Go, v.Platform, v.NewestKubelet)
}
