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
		{"2.0.0~rc.5-1", 2, 0, 0, "rc.5"},
		{"2.0.0-rc.5+k3s1", 2, 0, 0, "rc.5"},
		{"1.34.4-1.1~alpha", 1, 34, 4, ""},
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

func TestVersionText(t *testing.T) {
	for want, v := range map[string]Version{
		"unknown":        {},
		"1.2.3":          {Major: 1, Minor: 2, Patch: 3},
		"1.7.27-0ubuntu": {Major: 1, Minor: 7, Patch: 27, Raw: "1.7.27-0ubuntu"},
		"0.0.0":          V(0, 0, 0),
	} {
		if v.String() != want || v.IsZero() != (want == "unknown") {
			t.Errorf("%+v: %q", v, v)
		}
	}
	for _, v := range []Version{{Major: 1}, {Minor: 1}, {Patch: 1}} {
		if v.IsZero() {
			t.Errorf("%+v is known", v)
		}
	}
}
