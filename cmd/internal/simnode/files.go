package simnode

import (
	"bytes"
	_ "embed"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/rogpeppe/go-internal/txtar"
)

// ports are the kubelet's, free ones on the loopback of this machine.
type ports struct{ Kubelet, ReadOnly, Healthz int }

func freePorts() (ports, error) {
	var p ports
	for _, port := range []*int{&p.Kubelet, &p.ReadOnly, &p.Healthz} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return p, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close() // at the end only, so that the three differ
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return p, nil
}

// The node's files: templates of text/template in a txtar archive. A file whose text comes
// out empty is not on the node.
//
//go:embed files/node.txtar
var nodeFiles string

// writeFiles makes the node's file system.
func (n *Node) writeFiles() error {
	if n.opts.Access == AccessAdmin || n.opts.Access == AccessToken {
		n.identity.Token = newHexID()
	}
	var text bytes.Buffer
	err := template.Must(template.New("").Parse(nodeFiles)).Execute(&text, map[string]any{
		"Options": n.opts, "Ports": n.ports, "Socket": n.Socket(), "MachineID": newHexID(), "Token": n.identity.Token, "Pod": n.pod,
		"Certificate": string(n.identity.CertificatePEM), "OldContainerd": strings.HasPrefix(n.opts.RuntimeVersion, "1."),
	})
	if err != nil {
		return err
	}
	files := map[string]string{}
	for _, file := range txtar.Parse(text.Bytes()).Files {
		files[file.Name] = string(file.Data)
	}
	for path, text := range n.opts.Files {
		files[path] = text
	}
	for path, text := range files {
		if strings.TrimSpace(text) == "" && n.opts.Files[path] == "" {
			continue
		}
		if err := n.WriteFile(path, text); err != nil {
			return err
		}
	}
	for _, dir := range []string{"/etc/kubernetes/manifests", "/var/lib", "/run", "/tmp"} {
		if err := os.MkdirAll(filepath.Join(n.rootDir, dir), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// WriteFile puts a file on the node as an admin would.
func (n *Node) WriteFile(path, text string) error {
	name, mode := filepath.Join(n.rootDir, path), os.FileMode(0o644)
	if strings.HasPrefix(path, "/usr/bin/") {
		mode = 0o755
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), mode)
}

// TokenFile is the path, on this machine, of a token that may read the kubelet's metrics;
// there is one with [AccessToken].
func (n *Node) TokenFile() string { return filepath.Join(n.rootDir, "/etc/plegctl/metrics.token") }
