package simnode

import (
	"embed"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"

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

// The node's files, in txtar archives with @words@ that are replaced.
//
//go:embed files
var archives embed.FS

// archiveNames are the archives whose files this node has.
func (n *Node) archiveNames() []string {
	names := []string{"node", n.opts.Runtime}
	for name, has := range map[string]bool{
		"pod-events": n.opts.PodEvents && n.opts.Runtime == "cri-o", "static": n.opts.Workload == WorkloadStatic,
		"admin": n.opts.Access == AccessAdmin, "token": n.opts.Access == AccessToken,
	} {
		if has {
			names = append(names, name)
		}
	}
	return names
}

// words are what the archives leave open. text/template would be the usual way, and makes
// the linker keep every method of the program: 2.7 MB.
func (n *Node) words() *strings.Replacer {
	version, plugin := "3", "io.containerd.cri.v1.runtime"
	if strings.HasPrefix(n.opts.RuntimeVersion, "1.") {
		version, plugin = "2", "io.containerd.grpc.v1.cri"
	}
	gate, readOnlyPort := "", ""
	if n.opts.Gate != nil {
		gate = fmt.Sprintf("  EventedPLEG: %t\n", *n.opts.Gate)
	}
	if n.opts.Access == AccessReadOnlyPort {
		readOnlyPort = fmt.Sprintf("readOnlyPort: %d\n", n.ports.ReadOnly)
	}
	return strings.NewReplacer("@socket@", n.Socket(), "@gate@", gate, "@readOnlyPort@", readOnlyPort,
		"@port@", fmt.Sprint(n.ports.Kubelet), "@healthzPort@", fmt.Sprint(n.ports.Healthz),
		"@logFormat@", n.opts.LogFormat, "@verbosity@", fmt.Sprint(n.opts.Verbosity),
		"@certificate@", strings.TrimSpace(string(n.identity.CertificatePEM)), "@machineID@", newHexID(), "@token@", n.identity.Token,
		"@life@", fmt.Sprint(n.opts.WorkloadLife), "@kubelet@", n.opts.Kubelet, "@runtime@", n.opts.RuntimeVersion,
		"@configVersion@", version, "@criPlugin@", plugin)
}

// writeFiles makes the node's file system.
func (n *Node) writeFiles() error {
	if n.opts.Access == AccessAdmin || n.opts.Access == AccessToken {
		n.identity.Token = newHexID()
	}
	words := n.words()
	files := map[string]string{}
	for _, name := range n.archiveNames() {
		text, err := archives.ReadFile("files/" + name + ".txtar")
		if err != nil {
			return err
		}
		for _, file := range txtar.Parse([]byte(words.Replace(string(text)))).Files {
			files[file.Name] = string(file.Data)
		}
	}
	maps.Copy(files, n.opts.Files)
	for path, text := range files {
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
	if strings.HasPrefix(path, "/usr/bin/") || strings.HasPrefix(path, "/usr/libexec/") {
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
