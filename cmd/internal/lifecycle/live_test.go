package lifecycle

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// screen is what a terminal shows of output that goes back to the start of a line.
func screen(output string) string {
	var lines []string
	for line := range strings.Lines(output) {
		text, _ := strings.CutSuffix(line, "\n")
		if i := strings.LastIndex(text, "\r\x1b[K"); i >= 0 {
			text = text[i+len("\r\x1b[K"):]
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}

func TestLiveShowsSecondsUntilTheNextLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := NewLive(&out, func() int { return 40 })
		p := NewProgress(l, false, false)
		see := func(want string) {
			t.Helper()
			l.mu.Lock()
			defer l.mu.Unlock()
			if got := screen(out.String()); got != want {
				t.Errorf("the terminal shows\n%s\nwant\n%s", got, want)
			}
		}
		p.Info("stop kubelet.service")
		see("plegctl: stop kubelet.service")
		time.Sleep(400 * time.Millisecond)
		p.Info("wait until the runtime answers at unix:///run/crio/crio.sock, up to 1m0s")
		see("plegctl: stop kubelet.service  0.4s\nplegctl: wait until the runtime answers")
		time.Sleep(12*time.Second + time.Millisecond)
		synctest.Wait()
		see("plegctl: stop kubelet.service  0.4s\nplegctl: wait until the runtime an  12s")
		p.Flush()
		time.Sleep(time.Minute)
		p.Info("note: nothing is waited for")
		time.Sleep(time.Minute)
		p.Print("enable: done\n")
		see("plegctl: stop kubelet.service  0.4s\n" +
			"plegctl: wait until the runtime answers at unix:///run/crio/crio.sock, up to 1m0s  12.0s\n" +
			"plegctl: note: nothing is waited for\nenable: done")
	})
}
