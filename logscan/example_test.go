package logscan_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/plegctl/plegctl/logscan"
)

// A log that somebody pasted, in whatever frame: here that of docker compose.
func Example() {
	const pasted = `kubelet  | I1123 12:19:12.124876    9174 server.go:529] "Kubelet version" kubeletVersion="v1.34.4"
kubelet  | E1123 12:19:12.423713    9174 log.go:32] "container events stream is closed" err="EOF"
`
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	scanner := logscan.NewScanner(logscan.Options{Now: now})
	_, err := logscan.Read(strings.NewReader(pasted), now, func(e logscan.Entry) error {
		scanner.Add(e)
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	report := scanner.Report()
	fmt.Printf("kubelet %s: %s, %d failed\n", report.Current().Version, report.State, report.Current().Failed())
	// Output: kubelet 1.34.4: inconclusive, 1 failed
}

// The table of messages shows what a kubelet of a version logs, and at which verbosity.
func ExampleMessages() {
	for _, message := range logscan.Messages() {
		for _, form := range message.Forms {
			if message.Kind == logscan.KindStoppedRetrying {
				fmt.Printf("1.%d, -v=%d: %.44s\n", form.First, form.Level, form.Text)
			}
		}
	}
	// Output:
	// 1.26, -v=4: Fall back to Generic PLEG relisting since Ev
	// 1.37, -v=0: Evented PLEG: disabling container-terminatio
}
