package kubelet

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// pair is a certificate with its key, as PEM.
type pair struct {
	cert, key []byte
	parsed    *x509.Certificate
}

func selfSigned(t *testing.T, name string) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return pair{
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}), parsed,
	}
}

// fakeKubelet serves TLS and remembers which tokens and client certificates it was shown.
type fakeKubelet struct {
	target  Target
	serving pair
	tokens  []string
	answer  func(w http.ResponseWriter, r *http.Request)
	// watch is told of every handshake that the client finished.
	watch func(tls.ConnectionState)
}

func newFakeKubelet(t *testing.T, name string) *fakeKubelet {
	t.Helper()
	f := &fakeKubelet{serving: selfSigned(t, name)}
	pair, err := tls.X509KeyPair(f.serving.cert, f.serving.key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.tokens = append(f.tokens, r.Header.Get("Authorization"))
		f.answer(w, r)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequestClientCert, VerifyConnection: func(state tls.ConnectionState) error {
		if f.watch != nil {
			f.watch(state)
		}
		return nil
	}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	host, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	f.target = Target{Address: host, Owner: func(net.Conn) error { return nil }}
	f.target.Port, _ = strconv.Atoi(port)
	return f
}

func TestAskTriesMethodsInTurnAndNamesEach(t *testing.T) {
	f := newFakeKubelet(t, "127.0.0.1")
	client := selfSigned(t, "admin")
	f.answer = func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") == "Bearer nobody":
			http.Error(w, "Unauthorized", http.StatusUnauthorized)
		case r.Header.Get("Authorization") == "Bearer node":
			http.Error(w, "Forbidden (user=system:node:x, verb=get, resource=nodes, subresource(s)=[metrics])\nmore", http.StatusForbidden)
		case len(r.TLS.PeerCertificates) == 1:
			fmt.Fprint(w, "body")
		}
	}
	nobody, _ := TokenCredential([]byte("nobody\n"))
	node, _ := TokenCredential([]byte("node"))
	config := fmt.Sprintf("current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: x}}]\nusers: [{name: u, user: {client-certificate-data: %s, client-key-data: %s}}]\n",
		base64.StdEncoding.EncodeToString(client.cert), base64.StdEncoding.EncodeToString(client.key))
	admin, err := KubeconfigCredential("/etc/kubernetes/admin.conf", []byte(config), nil)
	if err != nil {
		t.Fatal(err)
	}
	methods := []AccessMethod{
		{Name: "missing file", Problem: fs.ErrNotExist},
		{Name: "--token-file a", Credential: nobody},
		{Name: "--token-file b", Credential: node},
		{Name: "read-only port 1"},
		{Name: "admin.conf", Credential: admin},
		{Name: "never tried", Credential: nobody},
	}
	f.target.ReadOnlyPort = 1
	answer, tried, err := Ask(context.Background(), f.target, "/metrics", methods)
	if err != nil || string(answer.Body) != "body" || answer.From != "kubelet /metrics by admin.conf" {
		t.Fatalf("%q from %q, %v", answer.Body, answer.From, err)
	}
	for i, want := range []string{"file does not exist", "401 Unauthorized", "403 Forbidden: Forbidden (user=system:node:x", "connection refused", ""} {
		if i >= len(tried) || !strings.Contains(tried[i].Why, want) || tried[i].OK != (want == "") {
			t.Errorf("way %d: %+v, want %q", i, tried, want)
		}
	}
	if len(tried) != 5 {
		t.Errorf("%d methods were tried", len(tried))
	}
	_, tried, err = Ask(context.Background(), f.target, "/metrics", methods[:2])
	if !errors.Is(err, ErrNoAccess) || len(tried) != 2 {
		t.Errorf("%v, %+v", err, tried)
	}
}

// Nothing of a credential goes to a peer that is not proven to be the kubelet.
func TestCredentialsOnlyGoToTheKubelet(t *testing.T) {
	f := newFakeKubelet(t, "127.0.0.1")
	f.answer = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") }
	token, _ := TokenCredential([]byte("secret"))
	foreign := errors.New("held by another process")
	for what, c := range map[string]struct {
		with  func(*Target)
		sends bool
	}{
		"nobody knows the kubelet's process": {func(*Target) {}, false},
		"another process":                    {func(g *Target) { g.Owner = func(net.Conn) error { return foreign } }, false},
		"the kubelet's process":              {func(g *Target) { g.Owner = func(net.Conn) error { return nil } }, true},
		"the kubelet's own certificate":      {func(g *Target) { g.Serving = []*x509.Certificate{f.serving.parsed} }, true},
		"another certificate of that name":   {func(g *Target) { g.Serving = []*x509.Certificate{selfSigned(t, "127.0.0.1").parsed} }, false},
		"an authority, for this address":     {func(g *Target) { g.CAs = []*x509.Certificate{f.serving.parsed} }, true},
		"an authority, for another name": {func(g *Target) {
			other := newFakeKubelet(t, "other-node")
			g.CAs, g.Port = []*x509.Certificate{other.serving.parsed}, other.target.Port
		}, false},
	} {
		f.tokens = nil
		target := f.target
		target.Owner = nil
		c.with(&target)
		_, tried, err := Ask(context.Background(), target, "/metrics", []AccessMethod{{Name: "t", Credential: token}})
		if (err == nil) != c.sends || (len(f.tokens) > 0) != c.sends {
			t.Errorf("%s: %v, %+v, it was shown %q", what, err, tried, f.tokens)
		}
		if !c.sends && !strings.HasPrefix(tried[0].Why, "not asked: port ") {
			t.Errorf("%s: explained as %q", what, tried[0].Why)
		}
	}
}

// A client certificate says who we are, so it is not shown either.
func TestClientCertificatesOnlyGoToTheKubelet(t *testing.T) {
	shown := false
	f := newFakeKubelet(t, "127.0.0.1")
	f.answer = func(_ http.ResponseWriter, r *http.Request) { shown = shown || len(r.TLS.PeerCertificates) > 0 }
	f.watch = func(state tls.ConnectionState) { shown = shown || len(state.PeerCertificates) > 0 }
	client := selfSigned(t, "admin")
	pair, err := tls.X509KeyPair(client.cert, client.key)
	if err != nil {
		t.Fatal(err)
	}
	f.target.Owner = func(net.Conn) error { return errors.New("held by another process") }
	if _, _, err := Ask(context.Background(), f.target, "/metrics", []AccessMethod{{Name: "c", Credential: &Credential{cert: &pair}}}); err == nil || shown {
		t.Errorf("%v, certificate shown: %v", err, shown)
	}
	f.target.Owner = func(net.Conn) error { return nil }
	if _, _, err := Ask(context.Background(), f.target, "/metrics", []AccessMethod{{Name: "c", Credential: &Credential{cert: &pair}}}); err != nil || !shown {
		t.Errorf("%v, certificate shown: %v", err, shown)
	}
}

// A redirect could carry a token to another program.
func TestRedirectsAreNotFollowed(t *testing.T) {
	f := newFakeKubelet(t, "127.0.0.1")
	calls := 0
	f.answer = func(w http.ResponseWriter, r *http.Request) {
		calls++
		http.Redirect(w, r, "https://127.0.0.1:1/elsewhere", http.StatusFound)
	}
	token, _ := TokenCredential([]byte("secret"))
	_, tried, err := Ask(context.Background(), f.target, "/metrics", []AccessMethod{{Name: "t", Credential: token}})
	if err == nil || calls != 1 || !strings.Contains(tried[0].Why, "302") {
		t.Errorf("%v after %d calls: %+v", err, calls, tried)
	}
}

func TestHealthz(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintln(w, "ok")
	}))
	defer server.Close()
	host, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	n, _ := strconv.Atoi(port)
	own := func(net.Conn) error { return nil }
	if said, err := Healthz(context.Background(), Target{HealthzAddress: host, HealthzPort: n, Owner: own}); said != "ok" || err != nil {
		t.Errorf("%q, %v", said, err)
	}
	foreign := func(net.Conn) error { return errors.New("held by another process") }
	for _, owner := range []func(net.Conn) error{nil, foreign} {
		var unproven *UnprovenError
		if said, err := Healthz(context.Background(), Target{HealthzAddress: host, HealthzPort: n, Owner: owner}); !errors.As(err, &unproven) {
			t.Errorf("an answer that anybody can give counts: %q, %v", said, err)
		}
	}
	if _, err := Healthz(context.Background(), Target{}); err == nil {
		t.Error("a port that is off answers")
	}
	if _, err := Healthz(context.Background(), Target{HealthzPort: 1}); Explain(err) != "connection refused: nothing listens there" {
		t.Errorf("%v", err)
	}
}

func TestKubeconfigsThatDoNotHelp(t *testing.T) {
	user := func(u string) string {
		return "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nusers: [{name: u, user: " + u + "}]\n"
	}
	none := func(string) ([]byte, error) { return nil, fs.ErrNotExist }
	for config, want := range map[string]string{
		"":                                 "no context",
		"{":                                "parse kubeconfig",
		"current-context: b\n":             `no context "b"`,
		user("{}"):                         "no credential",
		user("{exec: {command: aws}}"):     "plugin",
		user("{auth-provider: {name: g}}"): "plugin",
		user("{tokenFile: /t}"):            "not exist",
		user("{client-certificate: /c}"):   "not exist",
		user("{client-certificate-data: Zm9v, client-key-data: YmFy}"):                                        "client certificate",
		"current-context: a\ncontexts: [{name: a, context: {user: v}}]\nusers: [{name: u, user: {token: x}}]": `no user "v"`,
	} {
		if _, err := KubeconfigCredential("/root/.kube/config", []byte(config), none); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", config, err, want)
		}
	}
	if _, err := TokenCredential([]byte(" \n")); err == nil {
		t.Error("an empty token file is taken")
	}
	if _, err := TokenCredential([]byte("two words")); err == nil {
		t.Error("two words are taken for a token")
	}
}

// Relative names in a kubeconfig start at its directory.
func TestKubeconfigReadsItsFiles(t *testing.T) {
	var asked []string
	read := func(name string) ([]byte, error) {
		asked = append(asked, name)
		return []byte("secret"), nil
	}
	config := "current-context: a\ncontexts: [{name: a, context: {user: u}}]\nusers: [{name: u, user: {tokenFile: sub/token}}]\n"
	c, err := KubeconfigCredential("/home/op/.kube/config", []byte(config), read)
	if err != nil || c.token != "secret" || len(asked) != 1 || asked[0] != "/home/op/.kube/sub/token" {
		t.Errorf("%v, %v, %+v", asked, err, c)
	}
}

func FuzzKubeconfig(f *testing.F) {
	f.Add([]byte("current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {token: x}}]\n"))
	f.Add([]byte(`{"users":[{"name":1}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := KubeconfigCredential("/k", data, func(string) ([]byte, error) { return nil, fs.ErrNotExist })
		if err == nil && c.token == "" && c.cert == nil {
			t.Errorf("%q gives an empty credential", data)
		}
	})
}
