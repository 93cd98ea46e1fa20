// Package image makes the two container images of a node by hand, as
// docker-archive tars around one static busybox, because the suite reaches no
// registry.
package image

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
)

// Names of the images. Pause is the name that containerd 2.4.2 asks for by
// itself ("containerd config default"), so no setting is needed.
const (
	Pause   = "registry.k8s.io/pause:3.10.2"
	Busybox = "plegctl.invalid/busybox:1"
)

// Archive writes both images as one docker-archive. They share a layer and
// differ in what they run: the pause image sleeps for ever.
func Archive(w io.Writer, busybox string) error {
	program, err := os.ReadFile(busybox)
	if err != nil {
		return fmt.Errorf("read the static busybox: %w", err)
	}
	layer, err := busyboxLayer(program)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(layer)
	layerName := hex.EncodeToString(sum[:]) + ".tar"
	type entry struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	var manifest []entry
	files := []file{{name: layerName, data: layer, mode: 0o644}}
	for _, img := range []struct {
		tag string
		cmd []string
	}{
		{Pause, []string{"/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 2147483 & wait; done"}},
		{Busybox, []string{"/bin/sh"}},
	} {
		config, err := json.Marshal(map[string]any{
			"architecture": runtime.GOARCH,
			"os":           "linux",
			"config":       map[string]any{"Cmd": img.cmd, "Env": []string{"PATH=/bin"}},
			"rootfs":       map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + hex.EncodeToString(sum[:])}},
		})
		if err != nil {
			return fmt.Errorf("write the config of image %s: %w", img.tag, err)
		}
		id := sha256.Sum256(config)
		name := hex.EncodeToString(id[:]) + ".json"
		files = append(files, file{name: name, data: config, mode: 0o644})
		manifest = append(manifest, entry{Config: name, RepoTags: []string{img.tag}, Layers: []string{layerName}})
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		return fmt.Errorf("write the manifest of the images: %w", err)
	}
	return writeTar(w, append(files, file{name: "manifest.json", data: text, mode: 0o644}))
}

func busyboxLayer(program []byte) ([]byte, error) {
	var layer bytes.Buffer
	files := []file{{name: "bin/", dir: true, mode: 0o755}, {name: "tmp/", dir: true, mode: 0o777}, {name: "bin/busybox", data: program, mode: 0o755}}
	for _, applet := range []string{"sh", "sleep", "true", "false", "cat", "date", "chroot"} {
		files = append(files, file{name: "bin/" + applet, link: "busybox", mode: 0o777})
	}
	err := writeTar(&layer, files)
	return layer.Bytes(), err
}

type file struct {
	name string
	data []byte
	link string
	dir  bool
	mode int64
}

func writeTar(w io.Writer, files []file) error {
	out := tar.NewWriter(w)
	for _, f := range files {
		head := &tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.data)), Typeflag: tar.TypeReg}
		switch {
		case f.dir:
			head.Typeflag = tar.TypeDir
		case f.link != "":
			head.Typeflag, head.Linkname = tar.TypeSymlink, f.link
		}
		if err := out.WriteHeader(head); err != nil {
			return fmt.Errorf("write %s to the archive: %w", f.name, err)
		}
		if _, err := out.Write(f.data); err != nil {
			return fmt.Errorf("write %s to the archive: %w", f.name, err)
		}
	}
	return out.Close()
}
