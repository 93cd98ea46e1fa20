package runtimecfg

import (
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// A value that files do not tell is neither read as it is written nor a reason not to start.
func TestUnknownValuesLeaveTheSettingsOpen(t *testing.T) {
	const why = "%H is known when the unit starts"
	unit := []source.File{{Path: "/usr/lib/systemd/system/x.service"}}
	variable := func(name string) start.Command {
		return start.Command{Files: unit, Args: []start.Word{{Text: "crio"}}, Env: []start.Variable{{Name: name, Value: "%H", Unknown: why}}}
	}
	flag := func(words ...string) start.Command {
		c := start.Command{Files: unit, Args: []start.Word{{Text: "daemon"}}}
		for _, text := range words {
			c.Args = append(c.Args, start.Word{Text: text})
		}
		c.Args[len(words)].Unknown = why
		return c
	}
	for name, c := range map[string]struct {
		runtime known.RuntimeName
		command start.Command
	}{
		"the setting":             {known.CRIO, variable("ENABLE_POD_EVENTS")},
		"the file":                {known.CRIO, variable("CONTAINER_CONFIG")},
		"the directory":           {known.CRIO, variable("CONTAINER_CONFIG_DIR")},
		"the flag of the setting": {known.CRIO, flag("--enable-pod-events=%H")},
		"the flag of the file":    {known.CRIO, flag("--config", "%H")},
		"the directory's flag":    {known.CRIO, flag("--config-dir=/etc/%H")},
		"containerd's file":       {known.Containerd, flag("-c", "/etc/%H.toml")},
	} {
		r := Effective(c.runtime, Inputs{Command: c.command})
		open := r.PodEvents
		if c.runtime == known.Containerd { // it has no such setting
			open.Known = r.CRI.Known
		}
		if len(r.Problems) != 1 || r.Problems[0].Effect != source.Unread || r.Problems[0].Message != why || open.Known {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
