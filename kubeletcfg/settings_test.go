package kubeletcfg

import (
	"fmt"
	"testing"

	"github.com/plegctl/plegctl/verify/source"
)

// line shows a setting as "value source place".
func line[T any](s source.Setting[T]) string {
	var over []string
	for _, a := range s.Overridden {
		over = append(over, a.At.String())
	}
	return fmt.Sprintf("%v %s %s known %v over %v", s.Value, s.At.Kind, s.At, s.Known, over)
}

func TestSettingsDefaults(t *testing.T) {
	s := Read(inputs("1.36.3", []byte(head), nil)).Settings()
	got := fmt.Sprintln(s.Address.Value, s.Port.Value, s.ReadOnlyPort.Value, s.HealthzBindAddress.Value, s.HealthzPort.Value,
		s.ContainerRuntimeEndpoint.Value, s.StaticPodPath.Value)
	if want := "0.0.0.0 10250 0 127.0.0.1 10248 unix:///run/containerd/containerd.sock \n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if line(s.Port) != "10250 default default known true over []" {
		t.Error(line(s.Port))
	}
	bare := Read(inputs("1.36.3", nil, nil)).Settings()
	if got := fmt.Sprintln(bare.ReadOnlyPort.Value); got != "10255\n" {
		t.Errorf("a kubelet without --config: %s", got)
	}
	old := Read(inputs("1.26.15", []byte(head+"containerRuntimeEndpoint: unix:///x\n"), nil)).Settings()
	if old.ContainerRuntimeEndpoint.Value != "" {
		t.Errorf("1.26 has no such key: %s", line(old.ContainerRuntimeEndpoint))
	}
}

func TestSettingsOverSources(t *testing.T) {
	config := []byte(head + "port: 1\nauthentication:\n  anonymous:\n    enabled: true\naddress: 10.0.0.1\nstaticPodPath: /m\n")
	dropIn := []byte(head + "port: 2\nauthentication: null\naddress: 10.0.0.3\nhealthzPort: 0\n")
	s := Read(inputs("1.36.3", config, [][]byte{dropIn}, "--address=10.0.0.2", "--read_only_port=0xff", "--anonymous-auth")).Settings()
	for got, want := range map[string]string{
		line(s.Port):          "2 drop-in d/0.conf:3:1 known true over [config.yaml:3:1]",
		line(s.Address):       "10.0.0.2 flag --address of process 7 known true over [d/0.conf:5:1 config.yaml:7:1]",
		line(s.ReadOnlyPort):  "255 flag --read-only-port of process 7 known true over []",
		line(s.HealthzPort):   "0 drop-in d/0.conf:6:1 known true over []",
		line(s.StaticPodPath): "/m config-file config.yaml:8:1 known true over []",
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestSettingsByVersion(t *testing.T) {
	config := []byte(head + "port: 1\nreadOnlyPort: 7\n")
	for _, c := range []struct {
		version, dropIn string
		port, readOnly  int
	}{
		{"1.36.3", "port: null\nreadOnlyPort: null\n", 10250, 0},
		{"1.31.14", "port: null\nreadOnlyPort: null\n", 1, 7},
		{"1.28.15", "port: null\nreadOnlyPort: 0\n", 10250, 7}, // the default in the drop-in overrides, zero does not
		{"1.28.15", "port: 2\nreadOnlyPort: 3\n", 2, 3},
	} {
		s := Read(inputs(c.version, config, [][]byte{[]byte(head + c.dropIn)})).Settings()
		if s.Port.Value != c.port || s.ReadOnlyPort.Value != c.readOnly {
			t.Errorf("%s %q: %s, %s", c.version, c.dropIn, line(s.Port), line(s.ReadOnlyPort))
		}
	}
}

func TestSettingsThatCannotBeTold(t *testing.T) {
	s := Read(inputs("1.36.3", []byte(head+"port: x\naddress: 1\n"), nil, "--healthz-port=x")).Settings()
	if s.Port.Known || s.Address.Known || s.HealthzPort.Known || !s.ReadOnlyPort.Known {
		t.Errorf("%s, %s, %s, %s", line(s.Port), line(s.Address), line(s.HealthzPort), line(s.ReadOnlyPort))
	}
	s = Read(inputs("1.36.3", []byte("a: ["), nil, "--port=5")).Settings()
	if !s.Port.Known || s.Port.Value != 5 || s.HealthzPort.Known {
		t.Errorf("%s, %s", line(s.Port), line(s.HealthzPort))
	}
}
