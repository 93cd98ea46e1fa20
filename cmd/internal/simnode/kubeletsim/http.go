package kubeletsim

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"
)

// listen opens the kubelet's ports. A port that is taken ends the kubelet, as it does the
// real one. The read-only port has no /configz: it is one of the other port's debugging
// handlers.
func (k *Kubelet) listen(ctx context.Context) error {
	healthz, readOnly, main := http.NewServeMux(), http.NewServeMux(), http.NewServeMux()
	for _, mux := range []*http.ServeMux{healthz, readOnly} {
		mux.HandleFunc("GET /healthz", k.healthz)
	}
	readOnly.HandleFunc("GET /metrics", k.serveMetrics)
	main.HandleFunc("GET /metrics", k.guarded(k.serveMetrics))
	main.HandleFunc("GET /configz", k.guarded(k.serveConfigz))
	secure := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{k.opts.Identity.serving}}
	for _, one := range []struct {
		port   int
		mux    *http.ServeMux
		secure *tls.Config
	}{{k.config.HealthzPort, healthz, nil}, {k.config.ReadOnlyPort, readOnly, nil}, {k.config.Port, main, secure}} {
		if one.port <= 0 {
			continue
		}
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", one.port))
		if err != nil {
			return fmt.Errorf("failed to listen and serve: %w", err)
		}
		if one.secure != nil {
			listener = tls.NewListener(listener, one.secure)
		}
		// A kubelet does not print the complaints about clients that hang up either.
		server := &http.Server{Handler: k.awake(one.mux), ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
		k.servers = append(k.servers, server)
		go func() { _ = server.Serve(listener) }()
	}
	return nil
}

func (k *Kubelet) closeServers() {
	for _, s := range k.servers {
		_ = s.Close()
	}
}

func (k *Kubelet) awake(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if k.Wait(r.Context()) == nil {
			next.ServeHTTP(w, r)
		}
	})
}

func (k *Kubelet) healthz(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") }

func (k *Kubelet) serveMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprint(w, k.Metrics())
}

func (k *Kubelet) serveConfigz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	// A client that hung up is no concern of the kubelet.
	_ = json.NewEncoder(w).Encode(map[string]any{"kubeletconfig": k.config.raw})
}

// guarded is authentication and authorisation.
func (k *Kubelet) guarded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || token == "" || token != k.opts.Identity.Token {
			http.Error(w, "Unauthorized", http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}
