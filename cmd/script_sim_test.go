package cmd

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/plegctl/plegctl/cmd/internal/simnode"
)

// simCommands drive the simulated node from a script:
//
//	sim start [kubelet=1.36.3] [runtime=cri-o] [version=1.34.11] [gate=on|off] [events=on]
//	          [v=2] [format=json] [access=forbidden] [workload=static] [second=10ms] [stopped=yes]
//	          [key=yes] [age=1m]
//	sim restart runtime|kubelet
//	sim kill runtime|kubelet
//	sim freeze runtime|kubelet on|off
//	sim fault NAME on|off
//	sim await timer     waits until what a timer runs has ended
//	sim remember        keeps all files of the node in mind
//	sim unchanged       fails unless they are byte for byte as remembered
//
// After start, $SIM is the node's root on this machine and $TOKEN a token file.
func simCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){"sim": scriptSim}
}

func scriptSim(ts *testscript.TestScript, _ bool, args []string) {
	s := sessionOf(ts)
	if len(args) == 0 {
		ts.Fatalf("usage: sim start|restart|kill|fault|remember|unchanged")
	}
	if args[0] == "start" {
		startSim(ts, s, args[1:])
		return
	}
	if s.sim == nil {
		ts.Fatalf("no simulated node was started")
	}
	switch strings.Join(args[:min(2, len(args))], " ") {
	case "restart runtime":
		ts.Check(s.sim.RestartRuntime(context.Background()))
	case "restart kubelet":
		ts.Check(s.sim.RestartKubelet(context.Background()))
	case "kill runtime":
		s.sim.Kill(s.sim.RuntimeUnit())
	case "kill kubelet":
		s.sim.Kill(simnode.KubeletUnit)
	case "freeze runtime":
		s.sim.Freeze(s.sim.RuntimeUnit(), args[len(args)-1] == "on")
	case "freeze kubelet":
		s.sim.Freeze(simnode.KubeletUnit, args[len(args)-1] == "on")
	case "await timer":
		<-s.timer
	case "remember":
		s.files = filesBelow(ts, s.sim.Dir())
	case "unchanged":
		sameFiles(ts, s.files, filesBelow(ts, s.sim.Dir()))
	default:
		if args[0] == "fault" && len(args) == 3 {
			ts.Check(s.faults.set(s.sim, fault(args[1]), args[2] == "on"))
			return
		}
		ts.Fatalf("unknown: sim %s", strings.Join(args, " "))
	}
}

func startSim(ts *testscript.TestScript, s *session, args []string) {
	opts := simnode.Options{Second: 20 * time.Millisecond}
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		switch key {
		case "kubelet":
			opts.Kubelet = value
		case "runtime":
			opts.Runtime = value
		case "version":
			opts.RuntimeVersion = value
		case "gate":
			on := value == "on"
			opts.Gate = &on
		case "events":
			opts.PodEvents = value == "on"
		case "v":
			v, err := strconv.Atoi(value)
			ts.Check(err)
			opts.Verbosity = v
		case "format":
			opts.LogFormat = value
		case "access":
			opts.Access = simnode.MetricsAccess(value)
		case "workload":
			opts.Workload = simnode.Workload(value)
		case "second":
			d, err := time.ParseDuration(value)
			ts.Check(err)
			opts.Second = d
		case "stopped":
			opts.Stopped = value == "yes"
		case "age":
			d, err := time.ParseDuration(value)
			ts.Check(err)
			opts.Age = d
		case "key":
			opts.KnowsKey = value == "yes"
		default:
			ts.Fatalf("sim start: unknown option %q", arg)
		}
	}
	if s.sim != nil {
		ts.Check(s.sim.Close())
	}
	sim, err := simnode.New(opts)
	ts.Check(err)
	s.sim, s.host, s.faults, s.timer = sim, sim.Host(), &faults{}, make(chan struct{}, 8)
	// What a timer of systemd's runs is plegctl again, in a process of its own.
	sim.OnTimer(func(argv []string) {
		var said bytes.Buffer
		Main(context.Background(), argv[1:], testDeps(sim.Host(), &said, &said, func(string) string { return "" }))
		s.timer <- struct{}{}
	})
	ts.Setenv("SIM", sim.Dir())
	ts.Setenv("TOKEN", sim.TokenFile())
}

// filesBelow reads every regular file of the node but plegctl's own record and sockets.
func filesBelow(ts *testscript.TestScript, dir string) map[string][]byte {
	files := map[string][]byte{}
	ts.Check(filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, dir)
		if strings.HasPrefix(name, "/var/lib/plegctl") || strings.HasPrefix(name, "/run/plegctl") || !entry.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		files[name] = data
		return err
	}))
	return files
}

func sameFiles(ts *testscript.TestScript, want, got map[string][]byte) {
	for name, data := range want {
		if now, ok := got[name]; !ok || !bytes.Equal(data, now) {
			ts.Fatalf("%s is not as it was (there: %v)\n%s", name, ok, now)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			ts.Fatalf("%s was not there before", name)
		}
	}
}

// simNode is a node for a test that is no script.
func simNode(t *testing.T, opts simnode.Options) *simnode.Node {
	t.Helper()
	if opts.Second == 0 {
		opts.Second = 20 * time.Millisecond
	}
	sim, err := simnode.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	return sim
}
