package node

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Spec is what makes one node differ from another.
type Spec struct {
	Name       string // unique among the nodes of a run; part of the host name
	Kubelet    string // version, such as 1.37.2
	Containerd string // version; "" means [DefaultContainerd]
	Verbosity  int    // the kubelet's --v
	JSONLog    bool   // the kubelet logs JSON instead of text
	Gate       *bool  // EventedPLEG in the kubelet's config; nil leaves it out

	// NoMetricsAccess leaves out /etc/kubernetes/admin.conf, so that nothing on
	// the node may read the kubelet's port 10250.
	NoMetricsAccess bool

	// Join makes the node one of a cluster's. Its kubelet is not started at boot: the
	// network is laid after that.
	Join *Membership

	// Systemd leaves out all but systemd: no runtime, no kubelet, no access.
	Systemd bool
	// Layers are further directories below the node's root.
	Layers []string
	// Files are further files, by path; a text "-> TARGET" is a symbolic link. Programs
	// are copied from this machine, by their path on the node.
	Files    map[string]string
	Programs map[string]string

	Pods []Pod
	// PodsDir has the kubelet read the pods from its static pod directory.
	// Without it they come from a URL, as pods of another origin do: static pods
	// are a risk of their own on kubelets up to 1.36.
	PodsDir bool
}

// hostName is what the node calls itself; static pods get it as their suffix. In a cluster
// it is the node's name.
func (s Spec) hostName() string {
	if s.Join == nil {
		return HostName
	}
	return s.Name
}

// On is a gate that is set to true in the kubelet's config.
func On() *bool { on := true; return &on }

// file is one file that a node is given before it boots.
type file struct {
	text string
	mode os.FileMode
}

// furnish writes what the node is given into its upper directory, before it is
// mounted.
func (n *Node) furnish(ctx context.Context, parts Parts) error {
	if err := os.RemoveAll(n.directory); err != nil {
		return fmt.Errorf("clear the node's directory: %w", err)
	}
	for _, dir := range []string{"upper", "work", "root", "containerd"} {
		if err := os.MkdirAll(filepath.Join(n.directory, dir), 0o755); err != nil {
			return fmt.Errorf("make the node's directory: %w", err)
		}
	}
	for path, from := range n.Spec.Programs {
		if err := copyFile(from, n.upper(path), 0o755); err != nil {
			return err
		}
	}
	if err := n.giveAll(n.Spec.Files); err != nil {
		return err
	}
	if n.Spec.Systemd {
		return n.giveSystem("/usr/local/lib/lab-init", "/etc/systemd/journald.conf.d/lab.conf", "/etc/hostname", "/etc/hosts")
	}
	files := n.Spec.systemFiles()
	maps.Copy(files, n.Spec.kubeletFiles())
	access, err := n.Spec.accessFiles()
	if err != nil {
		return err
	}
	maps.Copy(files, access)
	maps.Copy(files, n.Spec.podFiles())
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if err := n.give(path, files[path]); err != nil {
			return err
		}
	}
	for _, unit := range []string{"lab-images.service", "lab-pods.service", "containerd.service", "kubelet.service"} {
		if unit == "kubelet.service" && n.Spec.Join != nil {
			continue
		}
		link := n.upper("/etc/systemd/system/multi-user.target.wants/" + unit)
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			return err
		}
		if err := os.Symlink("/usr/lib/systemd/system/"+unit, link); err != nil {
			return err
		}
	}
	if err := n.sshKey(ctx); err != nil {
		return err
	}
	if err := copyFile(parts.Plegctl, n.upper("/usr/local/bin/plegctl"), 0o755); err != nil {
		return err
	}
	return copyFile(parts.Images, n.upper("/usr/share/lab/images.tar"), 0o644)
}

// giveSystem writes some of the files that every node has.
func (n *Node) giveSystem(paths ...string) error {
	for _, path := range paths {
		if err := n.give(path, n.Spec.systemFiles()[path]); err != nil {
			return err
		}
	}
	return nil
}

// giveAll writes files and links.
func (n *Node) giveAll(files map[string]string) error {
	for path, text := range files {
		target, isLink := strings.CutPrefix(text, "-> ")
		if !isLink {
			if err := n.give(path, file{text, 0o644}); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(n.upper(path)), 0o755); err != nil {
			return err
		}
		if err := os.Symlink(target, n.upper(path)); err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) give(path string, f file) error {
	to := n.upper(path)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(to, []byte(f.text), f.mode); err != nil {
		return err
	}
	return os.Chmod(to, f.mode) // whatever the umask is
}

func copyFile(from, to string, mode os.FileMode) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, mode)
}
