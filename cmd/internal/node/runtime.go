package node

import (
	"cmp"
	"context"
	"strings"

	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
	"github.com/plegctl/plegctl/verify"
	"github.com/plegctl/plegctl/verify/known"
)

// runtime looks at the container runtime: by its CRI endpoint, its unit and its files.
func (s *sight) runtime(ctx context.Context) {
	r := &s.facts.Runtime
	r.Endpoint = s.endpoint()
	s.stated()
	if s.host.Offline {
		r.Answers = offline[bool]()
	} else if r.Endpoint.Seen {
		s.ask(ctx, r.Endpoint.Value)
	}
	s.guessRuntime()
	s.runtimeUnit(ctx)
	s.runtimeConfig(ctx)
}

// endpoint is where the kubelet looks for its runtime.
func (s *sight) endpoint() verify.Fact[string] {
	if stated := s.options.RuntimeEndpoint; stated != "" {
		return verify.Seen(stated, "--runtime-endpoint")
	}
	if e := s.facts.Kubelet.Settings.ContainerRuntimeEndpoint; e.Known && e.Value != "" && e.Explicit() {
		return verify.Seen(e.Value, e.At.String())
	}
	var found []string
	for _, info := range known.Runtimes() {
		for _, install := range info.Installs {
			if s.exists(install.Socket) {
				found = append(found, install.Socket)
			}
		}
	}
	switch {
	case len(found) == 1:
		return verify.Seen("unix://"+found[0], "the only CRI socket that is there")
	case len(found) > 1:
		return verify.Unseen[string]("more than one CRI socket is there: "+strings.Join(found, ", "), "name the one of the kubelet with --runtime-endpoint")
	case s.host.Offline:
		return offline[string]()
	}
	return verify.Unseen[string]("the kubelet's configuration names no CRI endpoint, and none of the usual sockets is there", "name it with --runtime-endpoint unix:///…")
}

// stated takes what the operator said of the runtime.
func (s *sight) stated() {
	r := &s.facts.Runtime
	if s.options.Runtime != "" {
		r.Name = verify.Seen(known.RuntimeNamed(s.options.Runtime), "--runtime")
	}
	if s.options.RuntimeVersion != "" {
		r.Version = statedVersion(s.options.RuntimeVersion, "--runtime-version")
	}
}

func statedVersion(text, flag string) verify.Fact[known.Version] {
	v, err := known.Parse(text)
	if err != nil {
		return verify.Unseen[known.Version](err.Error(), "give a version such as 1.36.3 with "+flag)
	}
	return verify.Seen(v, flag)
}

// ask puts all questions to the runtime, most of them at the same time.
func (s *sight) ask(ctx context.Context, endpoint string) {
	ctx, cancel := context.WithTimeout(ctx, lifecycle.Answer)
	defer cancel()
	r := &s.facts.Runtime
	client, err := s.host.DialRuntime(ctx, endpoint, s.runtimeUnits()...)
	if err != nil {
		r.Answers = unseen[bool](err)
		return
	}
	// Nothing was changed, so there is nothing to lose in closing.
	defer func() { _ = client.Close() }()
	v, err := client.Version(ctx)
	if err != nil {
		r.Answers = unseen[bool](err)
		return
	}
	r.Answers = verify.Seen(true, "CRI Version")
	r.Name = verify.Seen(known.RuntimeNamed(v.Name), "CRI Version")
	switch version, err := known.Parse(v.Version); {
	case err == nil:
		r.Version = verify.Seen(version, "CRI Version")
	case !r.Version.Seen:
		r.Version = verify.Unseen[known.Version](err.Error(), "give it with --runtime-version")
	}
	var config, status, stamped verify.Fact[bool]
	info, _ := known.RuntimeInfoOf(r.Name.Value)
	inspect := info.ShowsConfig
	s.together(
		func() {
			if inspect {
				config = runningConfig(ctx, client)
			}
		},
		func() {
			if inspect {
				status = statusEvents(ctx, client)
			}
		},
		func() {
			if inspect && known.RuntimeAt(info.Name, r.Version.Value).ShowsStreams {
				r.Streams = openStreams(ctx, client)
			}
		},
		func() { stamped = s.pods(ctx, client, inspect) },
	)
	if inspect {
		r.RunningEvents = []verify.Fact[bool]{config, status, stamped}
	}
}

func runningConfig(ctx context.Context, c *RuntimeClient) verify.Fact[bool] {
	config, err := c.RunningConfig(ctx)
	switch {
	case err != nil:
		return unseen[bool](err)
	case !config.Known:
		return verify.Unseen[bool]("the running configuration of the runtime has no such key", "")
	}
	return verify.Seen(config.PodEvents, "/config on CRI-O's socket")
}

func statusEvents(ctx context.Context, c *RuntimeClient) verify.Fact[bool] {
	status, err := c.Status(ctx, true)
	if err != nil {
		return unseen[bool](err)
	}
	on, ok := status.PodEvents()
	if !ok {
		return verify.Unseen[bool]("CRI Status does not show it (before CRI-O 1.33)", "")
	}
	return verify.Seen(on, "CRI Status")
}

func openStreams(ctx context.Context, c *RuntimeClient) verify.Fact[int] {
	n, err := c.OpenEventStreams(ctx)
	if err != nil {
		return unseen[int](err)
	}
	return verify.Seen(n, "/debug/goroutines on CRI-O's socket")
}

// guessRuntime names a runtime that did not answer by its endpoint, or by the only
// configuration that is there.
func (s *sight) guessRuntime() {
	r := &s.facts.Runtime
	why, hint := r.Answers.Why, r.Answers.Hint
	if !r.Endpoint.Seen {
		why, hint = r.Endpoint.Why, r.Endpoint.Hint
	}
	if s.host.Offline {
		why, hint = offlineWhy, "give it with --runtime"
	}
	if !r.Name.Seen {
		s.guessRuntimeName(why, hint)
	}
	s.guessRuntimeVersion(why, hint)
}

func (s *sight) guessRuntimeName(why, hint string) {
	r := &s.facts.Runtime
	r.Name = verify.Unseen[known.RuntimeName](why, hint)
	if e := r.Endpoint; e.Seen {
		if info, ok := known.RuntimeOfEndpoint(e.Value); ok {
			r.Name = verify.Seen(info.Name, "the name of the CRI endpoint "+e.Value)
			return
		}
		// Another runtime that is installed is not the kubelet's (cri-dockerd beside
		// Docker's containerd).
		r.Name = verify.Unseen[known.RuntimeName](cmp.Or(r.Answers.Why, why)+"; no runtime that plegctl knows is named in "+e.Value, hint)
		return
	}
	if !s.host.Offline {
		return
	}
	var found []known.RuntimeInfo
	for _, info := range known.Runtimes() {
		if s.exists(info.Dir) {
			found = append(found, info)
		}
	}
	if len(found) == 1 {
		r.Name = verify.Seen(found[0].Name, found[0].Dir)
	}
}

// guessRuntimeVersion: an image tells the version of the program.
func (s *sight) guessRuntimeVersion(why, hint string) {
	r := &s.facts.Runtime
	if r.Version.Seen || r.Version.Why != "" {
		return
	}
	if s.host.Offline {
		hint = "give it with --runtime-version"
		if info, ok := known.RuntimeInfoOf(r.Name.Value); ok && r.Name.Seen {
			r.Version = s.installed(s.plannedRuntime(), "--runtime-version", runtimePackage(info))
		}
	}
	if !r.Version.Seen && r.Version.Why == "" {
		r.Version = verify.Unseen[known.Version](why, hint)
	}
}
