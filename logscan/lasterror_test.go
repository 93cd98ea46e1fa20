package logscan

import (
	"strings"
	"testing"
)

func TestLastError(t *testing.T) {
	// CRI-O 1.34.11 with a drop-in that it does not take, as its journal has it.
	crio := []string{
		`time="2026-11-25T23:47:32.036398383Z" level=info msg="Updating config from drop-in file: /etc/crio/crio.conf.d/50-mine.conf"`,
		`time="2026-11-25T23:47:32.036591315Z" level=fatal msg="get and merge config from context: update config from path: walk path: unable to decode configuration /etc/crio/crio.conf.d/50-mine.conf: toml: line 2 (last key \"crio.runtime.log_level\"): incompatible types: TOML value has type int64; destination has type string"`,
	}
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"CRI-O":        {crio, `get and merge config from context: update config from path: walk path: unable to decode configuration /etc/crio/crio.conf.d/50-mine.conf: toml: line 2 (last key "crio.runtime.log_level"): incompatible types: TOML value has type int64; destination has type string`},
		"with a field": {[]string{`time="x" level=fatal msg="validating runtime config" error="gone"`}, `validating runtime config error="gone"`},
		"containerd":   {[]string{`time="x" level=info msg="starting containerd"`, "containerd: failed to load TOML: /etc/containerd/config.toml: toml: expected character ="}, "containerd: failed to load TOML: /etc/containerd/config.toml: toml: expected character ="},
		"kubelet": {[]string{
			`E1126 00:01:47.109541   13389 run.go:72] "command failed" err="failed to load kubelet config file"`,
			`E1126 00:01:47.109647   13389 kuberuntime_gc.go:150] "Failed to remove container" err="x"`,
		}, `"command failed" err="failed to load kubelet config file"`},
		"a kubelet in JSON":     {[]string{`{"ts":1,"msg":"command failed","err":"no space left on device"}`, `{"ts":1,"msg":"bye"}`}, `{"ts":1,"msg":"command failed","err":"no space left on device"}`},
		"a panic":               {[]string{"panic: close of closed channel", "", "goroutine 1 [running]:", "main.main()", "\t/src/main.go:12 +0x1d", "exit status 2"}, "panic: close of closed channel"},
		"an error is better":    {[]string{`time="x" level=error msg="close of closed channel"`, `time="x" level=info msg="bye"`}, "close of closed channel"},
		"no error":              {[]string{"one", "two"}, "two"},
		"nothing":               {nil, ""},
		"drives a terminal":     {[]string{"Error: \x1b[31mred"}, `Error: \x1b[31mred`},
		"a credential":          {[]string{`Error: Get "https://alice:hunter2@host/pods": password = "hunter2", Authorization: Bearer abc.def`}, `Error: Get "https://(hidden)@host/pods": password = (hidden), Authorization: Bearer (hidden)`},
		"a key of a credential": {[]string{`Error: line 3: identitytoken = 'abc'`}, `Error: line 3: identitytoken = (hidden)`},
	} {
		if got := LastError(c.lines); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
	long := LastError([]string{"Error: " + strings.Repeat("wrapped: ", 1000) + "the cause"})
	if len([]rune(long)) != lastErrorRunes || !strings.HasSuffix(long, "the cause") {
		t.Errorf("%d runes: %s", len([]rune(long)), long)
	}
}
