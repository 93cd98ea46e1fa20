package e2e

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
)

// TestDownTime measures for how long the kubelet does not answer: beside the bare commands
// that an operator would type, in turns. It asserts nothing about time: this machine may be
// busy. docs/performance.md has the figures.
func TestDownTime(t *testing.T) {
	long(t)
	const rounds, program = 7, "/opt/downtime"
	n := boot(t, node.Spec{Kubelet: "1.37.2", Pods: pods(), Programs: map[string]string{program: built(t, ".", "./lab/downtime")}})
	down := map[string][]time.Duration{}
	for range rounds {
		for _, line := range []string{"systemctl restart kubelet", "plegctl enable", "plegctl rollback"} {
			ms := must(t, n, program+` > /run/gap & watch=$!; sleep 1; `+line+` >/dev/null 2>&1 || exit
				until curl -sf http://127.0.0.1:10248/healthz >/dev/null; do sleep 0.1; done; sleep 0.5; kill $watch; wait $watch; cat /run/gap`)
			gap, err := strconv.Atoi(ms)
			if err != nil {
				t.Fatal(err)
			}
			down[line] = append(down[line], time.Duration(gap)*time.Millisecond)
		}
	}
	median := func(line string) time.Duration {
		slices.Sort(down[line])
		return down[line][rounds/2]
	}
	bare := median("systemctl restart kubelet")
	fmt.Printf("\n| what | down, median of %d | least | most | ratio |\n|---|---|---|---|---|\n", rounds)
	for _, line := range []string{"systemctl restart kubelet", "plegctl enable", "plegctl rollback"} {
		all := median(line)
		fmt.Printf("| `%s` | %v | %v | %v | %.2f |\n", line, all, down[line][0], down[line][rounds-1], all.Seconds()/bare.Seconds())
	}
}
