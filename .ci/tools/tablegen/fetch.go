package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

var errNotServed = errors.New("not served by the module proxy")

// moduleDir downloads a module through the go command and tells where it lies.
func moduleDir(path, version string) (string, error) {
	tmp, err := os.MkdirTemp("", "tablegen")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := os.WriteFile(filepath.Join(tmp, "go.mod"), []byte("module x\n"), 0o600); err != nil {
		return "", err
	}
	get := exec.Command("go", "mod", "download", "-json", path+"@v"+version)
	get.Dir = tmp
	get.Stderr = os.Stderr
	out, runErr := get.Output()
	var info struct{ Dir, Error string }
	if err := json.Unmarshal(out, &info); err != nil {
		return "", fmt.Errorf("download %s@v%s: %w", path, version, runErr)
	}
	if info.Error != "" {
		return "", fmt.Errorf("%s@v%s: %w: %s", path, version, errNotServed, info.Error)
	}
	return info.Dir, nil
}

// kubeletLinks tells whether the kubelet's own code imports the package (tests aside).
func kubeletLinks(kubernetes, pkg string) (bool, error) {
	found := false
	for _, dir := range []string{"cmd/kubelet", "pkg/kubelet", "pkg/features", "pkg/cluster/ports"} {
		err := filepath.WalkDir(filepath.Join(kubernetes, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || found || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, imported := range file.Imports {
				if name, _ := strconv.Unquote(imported.Path.Value); name == pkg {
					found = true
				}
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return found, nil
}
