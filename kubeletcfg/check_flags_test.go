package kubeletcfg

import (
	"slices"
	"strings"
	"testing"

	"github.com/plegctl/plegctl/verify/known"
	"github.com/plegctl/plegctl/verify/source"
	"github.com/plegctl/plegctl/verify/start"
)

// messages lists the problems of a kubelet without files.
func messages(version string, flags ...string) []string {
	var out []string
	for _, p := range Read(inputs(version, nil, nil, flags...)).Problems() {
		out = append(out, string(p.Effect)+": "+p.Message)
	}
	return out
}

func TestFlags(t *testing.T) {
	for _, c := range []struct {
		version string
		flags   []string
		want    string // "" where nothing is wrong
	}{
		{"1.35.4", []string{"--pod-infra-container-image=x"}, "fatal: unknown flag: --pod-infra-container-image (removed in 1.35)"},
		{"1.34.4", []string{"--pod-infra-container-image=x"}, ""},
		{"1.27.3", []string{"--config-dir", "d"}, "fatal: unknown flag: --config-dir (added in 1.28)"},
		{"1.37.9", []string{"--nope=1"}, "fatal: unknown flag: --nope (no kubelet that plegctl knows has it)"},
		{"1.60.0", []string{"--nope"}, "suspect: unknown flag: --nope (no kubelet that plegctl knows has it)"},
		{"", []string{"--nope"}, "suspect: unknown flag: --nope (no kubelet that plegctl knows has it)"},
		{"", []string{"--pod-infra-container-image=x", "--config-dir="}, ""},
		{"1.38.0-alpha.0", []string{"--containerd=x"}, "fatal: unknown flag: --containerd (removed in 1.37)"},
		{"1.38.0", []string{"--containerd=x"}, "suspect: unknown flag: --containerd (removed in 1.37)"},
		{"1.34.4", []string{"-feature-gates=EventedPLEG=true"}, "fatal: unknown shorthand flag: 'f' in -feature-gates=EventedPLEG=true"},
		{"1.34.4", []string{"---v=1"}, "fatal: bad flag syntax: ---v=1"},
		{"1.34.4", []string{"--node-ip"}, "fatal: flag needs an argument: --node-ip"},
		{"1.34.4", []string{"-v"}, "fatal: flag needs an argument: 'v' in -v"},
		{"1.34.4", []string{"-v4", "-v=4", "-v", "4", "--v", "4", "--v=4"}, ""},
		{"1.34.4", []string{"--v=2 --feature-gates=EventedPLEG=true"}, `fatal: invalid argument "2 --feature-gates=EventedPLEG=true" for "-v, --v" flag: strconv.ParseUint: parsing "2 --feature-gates=EventedPLEG=true": invalid syntax`},
		{"1.34.4", []string{"--fail-swap-on=maybe"}, `fatal: invalid argument "maybe" for "--fail-swap-on" flag: strconv.ParseBool: parsing "maybe": invalid syntax`},
		{"1.34.4", []string{"--fail-swap-on", "--fail_swap_on=F", "--max-pods=0x10"}, ""},
		{"1.34.4", []string{"--max-pods=many"}, `fatal: invalid argument "many" for "--max-pods" flag: strconv.ParseInt: parsing "many": invalid syntax`},
		{"1.34.4", []string{"--max-pods=3000000000"}, `fatal: invalid argument "3000000000" for "--max-pods" flag: strconv.ParseInt: parsing "3000000000": value out of range`},
		{"1.34.4", []string{"--sync-frequency=5 minutes"}, `fatal: invalid argument "5 minutes" for "--sync-frequency" flag: time: unknown unit " minutes" in duration "5 minutes"`},
		{"1.34.4", []string{"--address=localhost"}, `fatal: invalid argument "localhost" for "--address" flag: "localhost" is not a valid IP address`},
		{"1.34.4", []string{"--address=010.1.2.3", "--healthz-bind-address=::", "--kube-api-qps=5"}, ""},
		{"1.34.4", []string{"--kube-reserved=cpu"}, `fatal: invalid argument "cpu" for "--kube-reserved" flag: malformed pair, expect string=string`},
		{"1.34.4", []string{"--eviction-hard=memory.available<1Gi,", "--node-labels=a", "--kube-reserved=cpu=1,memory=2"}, ""},
		{"1.34.4", []string{"--vmodule=a=x"}, `fatal: invalid argument "a=x" for "--vmodule" flag: parsing verbosity in "a=x": strconv.ParseUint: parsing "x": invalid syntax`},
		{"1.34.4", []string{"--cpu-manager-policy-options="}, `fatal: invalid argument "" for "--cpu-manager-policy-options" flag: malformed pair, expect string=string`},
		{"1.34.4", []string{"--help=false"}, ""},
		{"1.34.4", []string{"--help"}, "fatal: with --help the kubelet prints it and exits"},
		{"1.34.4", []string{"--version=raw"}, "fatal: with --version the kubelet prints it and exits"},
		{"1.34.4", []string{"--version=false"}, ""},
		{"1.34.4", []string{"--", "x"}, `fatal: unexpected argument "x": the kubelet accepts only flags`},
	} {
		if got := strings.Join(messages(c.version, c.flags...), "\n"); got != c.want {
			t.Errorf("%s %q:\n got %s\nwant %s", c.version, c.flags, got, c.want)
		}
	}
}

func TestTablesAreWhole(t *testing.T) {
	for name, text := range map[string]string{"flags": flagsText, "fields": fieldsText} {
		table := tableAt(text, known.Version{})
		if len(table.minors) != 13 || !slices.IsSorted(table.minors) || len(table.rows) < 150 {
			t.Errorf("%s: %d versions, %d rows", name, len(table.minors), len(table.rows))
		}
		for key, row := range table.rows {
			if len(row) != len(table.minors) || strings.Trim(row, ".x") != "" || len(strings.Fields(key)) < 2 {
				t.Errorf("%s: row %q %q", name, row, key)
			}
		}
	}
}

// Only types that are checked, or that are known not to be, may be in the tables.
func TestTypesAreKnown(t *testing.T) {
	for name, kind := range flagsAt(known.Version{}).kinds {
		if err := checkFlagValue(kind, "\x00"); err == nil && !slices.Contains([]string{"string", "strings", "labels", "taints", "reserved-memory"}, kind) {
			t.Errorf("--%s: any %s is accepted", name, kind)
		}
	}
	for path, spec := range fieldsAt(known.Version{}).fields {
		if got := spec.refusal([]any{}, path, "X"); got == "" && spec.kind != "list" {
			t.Errorf("%s: any %s is accepted", path, spec.kind)
		}
	}
}

func TestUnknownWordsAreNotJudged(t *testing.T) {
	word := func(text string) start.Word { return start.Word{Text: text, Unknown: "the host name is not known"} }
	cmd := start.Command{Args: []start.Word{{Text: "kubelet"}, word("--node-ip=%H"), word("--v=%i")}}
	if problems := Read(Inputs{Version: known.V(1, 34, 4), Command: cmd}).Problems(); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
	cmd.Args[1] = word("--feature-gates=%H=true")
	read := Read(Inputs{Version: known.V(1, 34, 4), Command: cmd})
	if problems := read.Problems(); len(problems) != 1 || problems[0].Effect != source.Unread || read.Gate("EventedPLEG").Known {
		t.Errorf("%v", problems)
	}
}
