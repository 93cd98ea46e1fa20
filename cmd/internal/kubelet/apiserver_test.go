package kubelet

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestAPIServer(t *testing.T) {
	f := newFakeKubelet(t, "127.0.0.1")
	other := selfSigned(t, "127.0.0.1")
	config := func(server string, ca []byte) []byte {
		return fmt.Appendf(nil, "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: %q, certificate-authority-data: %s}}]\nusers: [{name: u, user: {token: secret}}]\n",
			server, base64.StdEncoding.EncodeToString(ca))
	}
	address := fmt.Sprintf("https://127.0.0.1:%d", f.target.Port)
	status := 0
	f.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	for name, c := range map[string]struct {
		data   []byte
		status int
		server string
		err    string
	}{
		"lives":                      {config(address, f.serving.cert), 200, "127.0.0.1:", ""},
		"asks for a credential":      {config(address, f.serving.cert), 401, "127.0.0.1:", ""},
		"is not alive":               {config(address, f.serving.cert), 500, "127.0.0.1:", "500"},
		"another server":             {config(address, other.cert), 200, "127.0.0.1:", "certificate"},
		"nobody listens":             {config("https://127.0.0.1:1", f.serving.cert), 200, "127.0.0.1:1", "refused"},
		"a file without a server":    {config("", nil), 200, "", "does not name an API server"},
		"a file that does not parse": {[]byte("{"), 200, "", "parse kubeconfig"},
	} {
		status = c.status
		server, err := APIServer(context.Background(), "/k", c.data, nil)
		if !strings.HasPrefix(server, c.server) || (server == "") != (c.server == "") {
			t.Errorf("%s: server %q", name, server)
		}
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, want %q", name, err, c.err)
		}
	}
	for _, token := range f.tokens {
		if token != "" {
			t.Errorf("it was shown %q", token)
		}
	}
}
