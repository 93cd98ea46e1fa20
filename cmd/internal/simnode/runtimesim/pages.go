package runtimesim

import (
	"fmt"
	"net/http"
	"strings"
)

// pages are CRI-O's HTTP on its CRI socket (server/inspect.go): the running configuration,
// whose keys are indented below their table, and the stacks of its goroutines.
func (d *Daemon) pages() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /config", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/toml")
		fmt.Fprintf(w, `[crio]
  root = "/var/lib/containers/storage"
  [crio.api]
    listen = %q
  [crio.runtime]
    default_runtime = "crun"
    enable_pod_events = %v
    log_level = "info"
  [crio.image]
    pause_image = %q
`, d.opts.Socket, d.config.podEvents, d.opts.PauseImage)
	})
	if d.does.showsStreams {
		routes.HandleFunc("GET /debug/goroutines", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprint(w, d.goroutines())
		})
	}
	return routes
}

// goroutines is a dump in the form of runtime.Stack: one stack per open event stream.
func (d *Daemon) goroutines() string {
	var b strings.Builder
	b.WriteString("goroutine 1 [select]:\nmain.main.func2()\n\t/src/cri-o/cmd/crio/main.go:412 +0x1a4\n\n")
	for i := range d.Readers() {
		fmt.Fprintf(&b, "goroutine %d [semacquire]:\nsync.(*WaitGroup).Wait(0xc000512300)\n\t/src/go/sync/waitgroup.go:118 +0x48\n"+
			"github.com/cri-o/cri-o/server.(*Server).GetContainerEvents(0xc0004a2008, 0x0, {0x2b1c7d8, 0xc000a1e0f0})\n\t/src/cri-o/server/container_events.go:34 +0x1d1\n\n", 900+i)
	}
	return b.String()
}
