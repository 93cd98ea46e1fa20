package runtimesim

import (
	"fmt"
	"net/http"
	"strings"
)

// inspect is CRI-O's HTTP on its CRI socket (server/inspect.go): the running config, and
// from 1.32 the stacks of its goroutines.
func (d *Daemon) inspect() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /config", d.held(func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/toml")
		fmt.Fprint(w, d.runningConfig())
	}))
	routes.HandleFunc("GET /info", d.held(func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"storage_driver":"overlay","storage_root":"/var/lib/containers/storage"}`)
	}))
	if d.known.ShowsStreams {
		routes.HandleFunc("GET /debug/goroutines", d.held(func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprint(w, d.goroutines())
		}))
	}
	return routes
}

func (d *Daemon) held(next func(http.ResponseWriter)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if d.hold(r.Context()) == nil {
			next(w)
		}
	}
}

// runningConfig is the process's configuration; keys are indented below their table.
func (d *Daemon) runningConfig() string {
	var b strings.Builder
	b.WriteString("[crio]\n  root = \"/var/lib/containers/storage\"\n  log_dir = \"/var/log/crio/pods\"\n")
	fmt.Fprintf(&b, "  [crio.api]\n    listen = %q\n", d.opts.Socket)
	b.WriteString("  [crio.runtime]\n    default_runtime = \"crun\"\n    drop_infra_ctr = true\n")
	if !d.known.Version.MinorLess(1, 26) {
		fmt.Fprintf(&b, "    enable_pod_events = %v\n", d.podEvents)
	}
	b.WriteString("    log_level = \"info\"\n    [crio.runtime.runtimes]\n      [crio.runtime.runtimes.crun]\n        runtime_path = \"/usr/bin/crun\"\n")
	fmt.Fprintf(&b, "  [crio.image]\n    pause_image = %q\n", d.opts.PauseImage)
	return b.String()
}

// goroutines is a dump in the form of runtime.Stack: one stack per open event stream.
func (d *Daemon) goroutines() string {
	var b strings.Builder
	b.WriteString("goroutine 1 [select]:\nmain.main.func2()\n\t/src/cri-o/cmd/crio/main.go:412 +0x1a4\n\n")
	for i := range max(d.Readers(), 0) {
		fmt.Fprintf(&b, "goroutine %d [semacquire]:\nsync.(*WaitGroup).Wait(0xc000512300)\n\t/src/go/sync/waitgroup.go:118 +0x48\n"+
			"github.com/cri-o/cri-o/server.(*Server).GetContainerEvents(0xc0004a2008, 0x0, {0x2b1c7d8, 0xc000a1e0f0})\n\t/src/cri-o/server/container_events.go:34 +0x1d1\n"+
			"k8s.io/cri-api/pkg/apis/runtime/v1._RuntimeService_GetContainerEvents_Handler({0x2519d40, 0xc0004a2008}, {0x2b1a1b8, 0xc0007de0c0})\n\t/src/cri-o/vendor/api.pb.go:12055 +0xd0\n\n", 900+i)
	}
	return b.String()
}
