package program

import (
	"context"
	"fmt"

	"github.com/plegctl/plegctl/e2e/lab/store"
)

const etcdVersion = "3.6.16"

// Etcd builds etcd and returns the directory that holds it as usr/bin/etcd. Its server is a
// library; the program around it is one line.
func Etcd(ctx context.Context, s *store.Store) (string, error) {
	const server = "go.etcd.io/etcd/server/v3"
	return s.Item(ctx, "etcd-"+etcdVersion, func(ctx context.Context, dir string) error {
		return build{
			module:   fmt.Sprintf("module plegctl.invalid/etcd\n\ngo 1.26\n\nrequire %s v%s\n", server, etcdVersion),
			main:     "package main\n\nimport (\n\t\"os\"\n\n\t\"" + server + "/etcdmain\"\n)\n\nfunc main() { etcdmain.Main(os.Args) }\n",
			packages: []string{"plegctl.invalid/etcd"},
		}.into(ctx, dir)
	})
}
