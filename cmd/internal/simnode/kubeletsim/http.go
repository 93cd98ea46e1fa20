package kubeletsim

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
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
	return errors.Join(k.serve(ctx, k.config.HealthzPort, healthz, nil), k.serve(ctx, k.config.ReadOnlyPort, readOnly, nil), k.serve(ctx, k.config.Port, main, secure))
}

func (k *Kubelet) serve(ctx context.Context, port int, mux http.Handler, secure *tls.Config) error {
	if port <= 0 {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return fmt.Errorf("failed to listen and serve: %w", err)
	}
	if secure != nil {
		listener = tls.NewListener(listener, secure)
	}
	awake := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if k.Wait(r.Context()) == nil {
			mux.ServeHTTP(w, r)
		}
	})
	// A kubelet does not print the complaints about clients that hang up either.
	server := &http.Server{Handler: awake, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	k.servers = append(k.servers, server)
	go func() { _ = server.Serve(listener) }()
	return nil
}

func (k *Kubelet) closeServers() {
	for _, s := range k.servers {
		_ = s.Close()
	}
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
