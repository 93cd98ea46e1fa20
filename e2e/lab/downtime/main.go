// Downtime asks a kubelet for its health again and again and prints, when it is
// interrupted, how long the longest time without an answer was.
package main

import (
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	end := make(chan os.Signal, 1)
	signal.Notify(end, os.Interrupt, syscall.SIGTERM)
	client := &http.Client{Timeout: 200 * time.Millisecond, Transport: &http.Transport{DisableKeepAlives: true}}
	last, longest := time.Now(), time.Duration(0)
	for look := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case <-end:
			fmt.Println(longest.Milliseconds())
			return
		case <-look.C:
		}
		answer, err := client.Get("http://127.0.0.1:10248/healthz")
		if err != nil {
			continue
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			longest, last = max(longest, time.Since(last)), time.Now()
		}
	}
}
