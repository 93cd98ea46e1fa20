package known

import "testing"

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in                  string
		major, minor, patch uint
		pre                 string
	}{
		{"v1.36.3", 1, 36, 3, ""},
		{"Kubernetes v1.37.2", 1, 37, 2, ""},
		{"1.7.27-0ubuntu1~22.04.1", 1, 7, 27, ""},
		{"1.6.20~ds1", 1, 6, 20, ""},
		{"v2.1.5-k3s1", 2, 1, 5, ""},
		{"2.0.0-rc.5", 2, 0, 0, "rc.5"},
		{"v1.33.0-alpha.1", 1, 33, 0, "alpha.1"},
		{"1.34", 1, 34, 0, ""},
	} {
		v, err := Parse(c.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.in, err)
			continue
		}
		if v.Major != c.major || v.Minor != c.minor || v.Patch != c.patch || v.Pre != c.pre {
			t.Errorf("Parse(%q) = %d.%d.%d %q", c.in, v.Major, v.Minor, v.Patch, v.Pre)
		}
	}
	for _, bad := range []string{"", "latest", "v", "x1.2.3"} {
		if v, err := Parse(bad); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", bad, v)
		}
	}
}

func TestCompareOrdersPreReleases(t *testing.T) {
	order := []string{"1.7.34", "2.0.0-beta.2", "2.0.0-rc.4", "2.0.0-rc.5", "2.0.0-rc.10", "2.0.0", "2.0.2", "2.0.3", "2.1.0"}
	for i, a := range order {
		for j, b := range order {
			va, _ := Parse(a)
			vb, _ := Parse(b)
			if got, want := va.Less(vb), i < j; got != want {
				t.Errorf("%s < %s is %v", a, b, got)
			}
		}
	}
}

func TestStageWindows(t *testing.T) {
	for in, want := range map[string]Stage{
		"1.25.16": StageAbsent, "1.26.0": StageAlpha, "1.27.0": StageBeta, "1.27.9": StageBeta, "1.27.10": StageAlpha,
		"1.28.5": StageBeta, "1.28.6": StageAlpha, "1.29.0": StageBeta, "1.29.1": StageAlpha, "1.30.0": StageAlpha, "1.37.2": StageAlpha,
	} {
		v, _ := Parse(in)
		if got := KubeletAt(v).Stage; got != want {
			t.Errorf("stage at %s is %q, want %q", in, got, want)
		}
	}
}

func TestHarmfulCombinations(t *testing.T) {
	has := func(kubelet string, name RuntimeName, runtime, code string) bool {
		k, _ := Parse(kubelet)
		r, _ := Parse(runtime)
		for _, issue := range Issues(KubeletAt(k), RuntimeAt(name, r)) {
			if issue.Code == code {
				return true
			}
		}
		return false
	}
	for _, c := range []struct {
		kubelet string
		name    RuntimeName
		runtime string
		code    string
		want    bool
	}{
		{"1.37.2", CRIO, "1.34.11", "PLEG-KNOWN-INIT-LOOP", true},
		{"1.36.3", CRIO, "1.34.11", "PLEG-KNOWN-INIT-LOOP", false},
		{"1.37.2", Containerd, "2.4.2", "PLEG-KNOWN-INIT-LOOP", false},
		{"1.37.2", Containerd, "2.0.1", "PLEG-KNOWN-INIT-LOOP", true},
		{"1.36.3", Containerd, "2.0.2", "PLEG-KNOWN-EMPTY-STATUS", true},
		{"1.36.3", Containerd, "2.0.0-rc.4", "PLEG-KNOWN-EMPTY-STATUS", false},
		{"1.36.3", Containerd, "2.0.3", "PLEG-KNOWN-EMPTY-STATUS", false},
		{"1.31.14", Containerd, "2.4.2", "PLEG-KNOWN-FUTURE-CACHE", true},
		{"1.32.0", Containerd, "2.4.2", "PLEG-KNOWN-FUTURE-CACHE", false},
		{"1.31.14", CRIO, "1.31.2", "PLEG-KNOWN-FUTURE-CACHE", true},
		{"1.35.4", CRIO, "1.34.11", "PLEG-KNOWN-SIDECARS", true},
		{"1.35.4", Containerd, "2.4.2", "PLEG-KNOWN-SIDECARS", false},
		{"1.30.1", CRIO, "1.29.8", "PLEG-KNOWN-SECONDS", true},
		{"1.30.1", CRIO, "1.29.9", "PLEG-KNOWN-SECONDS", false},
		{"1.30.1", CRIO, "1.28.11", "PLEG-KNOWN-SECONDS", true},
		{"1.30.1", Containerd, "1.7.27", "PLEG-KNOWN-SHARED-QUEUE", true},
		{"1.30.1", CRIO, "1.27.3", "PLEG-KNOWN-SHARED-QUEUE", true},
		{"1.28.15", Containerd, "2.4.2", "PLEG-KNOWN-DUPLICATES", true},
		{"1.29.0", Containerd, "2.4.2", "PLEG-KNOWN-DUPLICATES", false},
		{"1.36.3", Containerd, "2.4.2", "PLEG-KNOWN-STATIC-PODS", true},
		{"1.37.2", Containerd, "2.4.2", "PLEG-KNOWN-STATIC-PODS", false},
		{"1.25.9", CRIO, "1.25.0", "PLEG-KNOWN-NO-GATE", true},
		{"1.30.1", Containerd, "1.6.39", "PLEG-KNOWN-NO-EVENTS", true},
		{"1.30.1", CRIO, "1.30.0", "PLEG-KNOWN-CRIO-CRASH", true},
		{"1.30.1", CRIO, "1.33.0", "PLEG-KNOWN-CRIO-CRASH", false},
	} {
		if got := has(c.kubelet, c.name, c.runtime, c.code); got != c.want {
			t.Errorf("kubelet %s, %s %s: %s is %v, want %v", c.kubelet, c.name, c.runtime, c.code, got, c.want)
		}
	}
}

func TestEveryIssueIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, issue := range AllIssues() {
		if issue.Code == "" || issue.Title == "" || issue.Symptom == "" || issue.Advice == "" || issue.Affected == "" || len(issue.Refs) == 0 || issue.applies == nil {
			t.Errorf("incomplete: %+v", issue)
		}
		if issue.Severity == Harmful && issue.Risk == "" {
			t.Errorf("%s is harmful and has no risk name", issue.Code)
		}
		if seen[issue.Code] {
			t.Errorf("%s stands twice", issue.Code)
		}
		seen[issue.Code] = true
	}
}

// Only containerd from 2.0 on may be drained: 1.7 loses one more event to a reader that
// left, and CRI-O keeps nothing after its first reader.
func TestWhoKeepsEvents(t *testing.T) {
	for version, want := range map[string]bool{"1.6.39": false, "1.7.34": false, "2.0.0": true, "2.4.2": true} {
		v, _ := Parse(version)
		if got := RuntimeAt(Containerd, v).KeepsEvents; got != want {
			t.Errorf("containerd %s: %v", version, got)
		}
	}
	if RuntimeAt(CRIO, V(1, 34, 11)).KeepsEvents || RuntimeAt(Containerd, Version{}).KeepsEvents {
		t.Error("CRI-O, or a version that is not known, keeps events")
	}
}
