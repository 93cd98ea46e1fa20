package kubeletsim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

type server struct {
	http *http.Server
}

// listen opens the kubelet's ports. A port that is taken ends the kubelet, as it does
// the real one.
func (k *Kubelet) listen(ctx context.Context) error {
	if k.config.healthzPort > 0 {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /healthz", k.healthz)
		if err := k.serve(ctx, k.config.healthzPort, mux, nil); err != nil {
			return err
		}
	}
	if k.config.readOnlyPort > 0 {
		// No /configz here: it is one of the debugging handlers of the other port.
		mux := http.NewServeMux()
		mux.HandleFunc("GET /metrics", k.serveMetrics)
		mux.HandleFunc("GET /healthz", k.healthz)
		if err := k.serve(ctx, k.config.readOnlyPort, mux, nil); err != nil {
			return err
		}
	}
	if k.config.port <= 0 || k.opts.Identity == nil {
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", k.guarded(k.serveMetrics))
	mux.HandleFunc("GET /configz", k.guarded(k.serveConfigz))
	mux.HandleFunc("GET /healthz", k.guarded(k.healthz))
	return k.serve(ctx, k.config.port, mux, &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{k.opts.Identity.serve}, ClientAuth: tls.RequestClientCert,
	})
}

func (k *Kubelet) serve(ctx context.Context, port int, handler http.Handler, secure *tls.Config) error {
	listener, err := listenAgain(ctx, "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return &exitError{text: fmt.Sprintf("failed to listen and serve: %v", err)}
	}
	if secure != nil {
		listener = tls.NewListener(listener, secure)
	}
	s := server{http: &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ErrorLog: discard()}}
	k.servers = append(k.servers, s)
	go func() { _ = s.http.Serve(listener) }()
	return nil
}

// listenAgain bears a port that the run before has not quite let go.
func listenAgain(ctx context.Context, address string) (l net.Listener, err error) {
	for range 20 {
		if l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", address); err == nil {
			return l, nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	return nil, err
}

func (k *Kubelet) closeServers() {
	for _, s := range k.servers {
		_ = s.http.Close()
	}
}

func (k *Kubelet) healthz(w http.ResponseWriter, _ *http.Request) {
	if k.opts.Sick != nil && k.opts.Sick() {
		http.Error(w, "[-]ping failed", http.StatusInternalServerError)
		return
	}
	fmt.Fprint(w, "ok")
}

func (k *Kubelet) serveMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprint(w, k.exposition())
}

func (k *Kubelet) serveConfigz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	// A client that hung up is no concern of the kubelet.
	_ = json.NewEncoder(w).Encode(map[string]any{"kubeletconfig": k.config.raw})
}

// guarded is authentication and authorisation: nobody known is 401, somebody known
// without the right is 403. The node's own certificate is such a one.
func (k *Kubelet) guarded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if k.config.open {
			next(w, r)
			return
		}
		switch user, rights := k.who(r); {
		case user == "":
			http.Error(w, "Unauthorized", http.StatusUnauthorized)
		case !rights:
			resource := strings.TrimPrefix(r.URL.Path, "/")
			http.Error(w, fmt.Sprintf("Forbidden (user=%s, verb=get, resource=nodes, subresource(s)=[%s])", user, resource), http.StatusForbidden)
		default:
			next(w, r)
		}
	}
}

func (k *Kubelet) who(r *http.Request) (user string, rights bool) {
	id := k.opts.Identity
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		if id.Token != "" && token == id.Token {
			return "system:serviceaccount:monitoring:plegctl", true
		}
		return "", false
	}
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return "", false
	}
	cert := r.TLS.PeerCertificates[0]
	_, err := cert.Verify(x509.VerifyOptions{Roots: id.pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil {
		return "", false
	}
	return cert.Subject.CommonName, slices.Contains(cert.Subject.Organization, "system:masters")
}
