package source_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/plegctl/plegctl/verify/source"
)

func TestPositionString(t *testing.T) {
	for want, p := range map[string]source.Position{
		"default":                  {},
		"/etc/crio/crio.conf":      {Kind: source.ConfigFile, Path: "/etc/crio/crio.conf"},
		"/etc/crio/crio.conf:12:1": source.At(source.ConfigFile, "/etc/crio/crio.conf", 12, 1),
		"--feature-gates in /etc/default/kubelet:1": {Kind: source.Flag, Name: "--feature-gates", Path: "/etc/default/kubelet", Line: 1},
		"ENABLE_POD_EVENTS of process 812":          {Kind: source.Environment, Name: "ENABLE_POD_EVENTS", Owner: "process 812"},
		"--config":                                  {Kind: source.Flag, Name: "--config"},
		"argument 3 of process 812":                 {Kind: source.Flag, Arg: 3, Owner: "process 812"},
	} {
		if got := p.String(); got != want {
			t.Errorf("%+v is %q, want %q", p, got, want)
		}
	}
}

func TestSettingKeepsWhatItOverrides(t *testing.T) {
	s := source.DefaultTo(false)
	if s.Explicit() || len(s.Assignments()) != 0 {
		t.Fatalf("a default is explicit: %+v", s)
	}
	for line, value := range []bool{true, false, true} {
		s.Override(source.Assignment[bool]{Value: value, At: source.At(source.ConfigFile, "/f", line+1, 1)})
	}
	var lines []int
	for _, a := range s.Assignments() {
		lines = append(lines, a.At.Line)
	}
	if got := fmt.Sprint(lines); got != "[1 2 3]" || !source.Is(s, true) {
		t.Errorf("assignments in lines %s, value %v", got, s.Value)
	}
	if s.Overridden[0].At.Line != 2 {
		t.Errorf("the strongest overridden assignment is in line %d, want 2", s.Overridden[0].At.Line)
	}
}

func TestAnUnknownSettingIsNothing(t *testing.T) {
	s := source.Unknown[bool]("permission denied", "run as root")
	if source.Is(s, false) || source.Is(s, true) {
		t.Error("an unknown setting has a value")
	}
}

func TestFileThatWasNotRead(t *testing.T) {
	missing := source.File{Path: "/f", Err: fmt.Errorf("open /f: %w", fs.ErrNotExist)}
	denied := source.File{Path: "/f", Err: errors.New("permission denied")}
	empty := source.File{Path: "/f"}
	if !missing.Missing() || denied.Missing() || empty.Missing() {
		t.Error("Missing is wrong")
	}
	if denied.Digest() != "" || empty.Digest() == "" || !empty.Readable() || denied.Readable() {
		t.Error("an unread file must have no digest, an empty one has")
	}
}

func TestEditError(t *testing.T) {
	err := &source.EditError{Line: 2, Column: 3, Reason: "no"}
	if err.Error() != "2:3: no" {
		t.Error(err)
	}
	err.Path = "/f"
	if err.Error() != "/f:2:3: no" {
		t.Error(err)
	}
}

func TestOccurrences(t *testing.T) {
	text := []byte("EventedPLEG: true\n# eventedPleg=x,NotEventedPLEG EventedPLEG2 \"EventedPLEG\"\n\xffEVENTEDPLEG")
	var found []string
	for _, at := range source.Occurrences(text, "EventedPLEG") {
		found = append(found, string(text[at:at+11]))
	}
	if got := fmt.Sprint(found); got != "[EventedPLEG eventedPleg EventedPLEG EVENTEDPLEG]" {
		t.Error(got)
	}
}
