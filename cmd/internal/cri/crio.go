package cri

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/plegctl/plegctl/verify/known"
)

// RunningConfig is the configuration that a CRI-O process runs with.
type RunningConfig struct {
	// TOML is CRI-O's own text.
	TOML []byte
	// PodEvents is the setting that switches container events on.
	PodEvents bool
	// Known reports whether the key was there; CRI-O 1.25 and earlier do not have it.
	Known bool
}

// RunningConfig reads CRI-O's /config over its CRI socket: what the process runs with,
// not what its files say (cri-o server/inspect.go). Another runtime gives an error.
func (c *Client) RunningConfig(ctx context.Context) (RunningConfig, error) {
	text, err := c.get(ctx, "/config")
	if err != nil {
		return RunningConfig{}, err
	}
	file := map[string]any{}
	if err := toml.Unmarshal(text, &file); err != nil {
		return RunningConfig{}, &Error{Call: "GET /config", Socket: c.socket, Err: fmt.Errorf("parse the answer: %w", err)}
	}
	rc := RunningConfig{TOML: text}
	crio, _ := known.RuntimeInfoOf(known.CRIO)
	setting, _ := crio.Switch(known.Version{})
	table := file
	for _, name := range setting.Table {
		table, _ = table[name].(map[string]any)
	}
	rc.PodEvents, rc.Known = table[setting.Key].(bool)
	return rc, nil
}

// OpenEventStreams counts the event streams that a CRI-O process from 1.32 on holds open,
// from its goroutine dump (/debug/goroutines). A stream whose reader has gone is counted
// until the next event, so the number is an upper bound; 0 is certain.
func (c *Client) OpenEventStreams(ctx context.Context) (int, error) {
	dump, err := c.get(ctx, "/debug/goroutines")
	if err != nil {
		return 0, err
	}
	open := 0
	for stack := range strings.SplitSeq(string(dump), "\n\n") {
		if strings.Contains(stack, ".GetContainerEvents(") {
			open++
		}
	}
	return open, nil
}

// get asks the HTTP server that CRI-O runs on its CRI socket.
func (c *Client) get(ctx context.Context, path string) ([]byte, error) {
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return c.connect(ctx)
		},
		DisableKeepAlives: true,
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://crio"+path, nil)
	if err != nil {
		return nil, &Error{Call: "GET " + path, Socket: c.socket, Err: err}
	}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, &Error{Call: "GET " + path, Socket: c.socket, Kind: httpKind(err), Err: err}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, &Error{Call: "GET " + path, Socket: c.socket, Kind: statusKind(resp.StatusCode), Err: errors.New(resp.Status)}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxMessage))
	if err != nil {
		return nil, &Error{Call: "GET " + path, Socket: c.socket, Kind: httpKind(err), Err: err}
	}
	return body, nil
}
