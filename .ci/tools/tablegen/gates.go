package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
)

// part is a module, besides Kubernetes itself, that registers gates in a kubelet.
type part struct {
	module, dir string
	link        string // the import that links it, where that's not module+dir
}

func parts() []part {
	return []part{
		{"k8s.io/apiserver", "/pkg/features", ""},
		{"k8s.io/apiextensions-apiserver", "/pkg/features", ""},
		{"k8s.io/client-go", "/features", ""},
		{"k8s.io/component-base", "/logs/api/v1", ""},
		{"k8s.io/component-base", "/metrics/features", ""},
		{"k8s.io/component-base", "/zpages/features", ""},
		// From 1.27 pkg/cluster/ports imports this package, which registers the gates.
		{"k8s.io/controller-manager", "/pkg/features", "k8s.io/cloud-provider/options"},
	}
}

// kubelet is what one kubelet version registers.
type kubelet struct {
	gates  map[string]byte
	needs  []string
	from   map[string]string // gate -> module, for gates of other modules
	unread []string          // modules that could not be had
}

func readKubelet(version string) (kubelet, error) {
	k := kubelet{from: map[string]string{}}
	minor, err := minorOf(version)
	if err != nil {
		return k, err
	}
	kubernetes, err := moduleDir("k8s.io/kubernetes", version)
	if err != nil {
		return k, err
	}
	own, err := readPackage(kubernetes+"/pkg/features", minor)
	if err != nil {
		return k, err
	}
	k.gates, k.needs = maps.Clone(own.gates), own.needs
	k.gates["AllAlpha"], k.gates["AllBeta"] = 'a', 'b'
	for _, p := range parts() {
		if err := k.add(p, kubernetes, version, minor); err != nil {
			return k, err
		}
	}
	for _, dep := range k.needs {
		gate, needed, _ := strings.Cut(dep, ">")
		if k.gates[gate] == 0 || k.gates[needed] == 0 {
			return k, fmt.Errorf("dependency %s of an unknown gate", dep)
		}
	}
	return k, nil
}

func (k *kubelet) add(p part, kubernetes, version string, minor int) error {
	linked, err := kubeletLinks(kubernetes, cmp.Or(p.link, p.module+p.dir))
	if err != nil || !linked {
		return err
	}
	dir, err := moduleDir(p.module, "0."+strings.TrimPrefix(version, "1."))
	if errors.Is(err, errNotServed) {
		fmt.Fprintln(os.Stderr, err)
		k.unread = append(k.unread, p.module)
		return nil
	}
	if err != nil {
		return err
	}
	found, err := readPackage(dir+p.dir, minor)
	if err != nil {
		return err
	}
	for name, letter := range found.gates {
		if old, ok := k.gates[name]; ok && old != letter {
			return fmt.Errorf("%s is %c in pkg/features and %c in %s", name, old, letter, p.module)
		}
		k.gates[name] = letter
		k.from[name] = p.module
	}
	return nil
}

func minorOf(version string) (int, error) {
	var minor, patch int
	if _, err := fmt.Sscanf(version, "1.%d.%d", &minor, &patch); err != nil {
		return 0, fmt.Errorf("version %q: %w", version, err)
	}
	return minor, nil
}
