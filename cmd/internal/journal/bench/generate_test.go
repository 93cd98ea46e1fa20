package bench

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// field is one field of a recorded entry.
type field struct{ name, value string }

// recordings are the kubelet runs that the big inputs are made of, by name.
func recordings(tb testing.TB) map[string][][]field {
	tb.Helper()
	files, err := filepath.Glob("../../../../logscan/testdata/recordings/*.export.gz")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no recordings: %v", err)
	}
	all := map[string][][]field{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			tb.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			tb.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			tb.Fatal(err)
		}
		f.Close()
		var entries [][]field
		for _, entry := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
			var fields []field
			for _, line := range strings.Split(entry, "\n") {
				name, value, ok := strings.Cut(line, "=")
				if !ok {
					tb.Fatalf("%s: the generator knows no binary fields", line)
				}
				fields = append(fields, field{name, value})
			}
			entries = append(entries, fields)
		}
		all[strings.TrimSuffix(filepath.Base(name), ".export.gz")] = entries
	}
	return all
}

// plan says how large the journal becomes.
type plan struct {
	runs   int // kubelet runs
	perRun int // entries of the kubelet in each
	others int // entries of other units for each 10 of the kubelet
}

// writeJournal writes kubelet runs one after the other, with entries of other units in
// between, in the journal export format.
func writeJournal(w io.Writer, runs map[string][][]field, p plan) error {
	out := bufio.NewWriterSize(w, 1<<20)
	random := rand.New(rand.NewPCG(3386, 1))
	var names []string
	for name := range runs {
		names = append(names, name)
	}
	slices.Sort(names)
	g := generator{out: out, random: random, at: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	for run := range p.runs {
		entries := runs[names[run%len(names)]]
		steady := steadyPart(entries)
		g.boot = fmt.Sprintf("%032x", 0xb007+run/10)
		g.invocation = fmt.Sprintf("%032x", 0x1000+run)
		g.pid = strconv.Itoa(2000 + run*17)
		for i := range p.perRun {
			entry := steady[i%len(steady)]
			if i < len(entries) {
				entry = entries[i]
			}
			g.kubelet(entry)
			for range p.others {
				if random.IntN(10) == 0 {
					g.other()
				}
			}
		}
		g.at = g.at.Add(10 * time.Second)
	}
	return out.Flush()
}

// steadyPart is what a run repeats: the second half of its recording, without what a
// kubelet says once in its life.
func steadyPart(entries [][]field) [][]field {
	once := []string{"runtime initialized", "vents stream", "streaming", "get container events", "disabling", "Fall back", "Validating"}
	var steady [][]field
	for _, entry := range entries[len(entries)/2:] {
		message := ""
		for _, f := range entry {
			if f.name == "MESSAGE" {
				message = f.value
			}
		}
		if !slices.ContainsFunc(once, func(word string) bool { return strings.Contains(message, word) }) {
			steady = append(steady, entry)
		}
	}
	return steady
}

type generator struct {
	out              *bufio.Writer
	random           *rand.Rand
	at               time.Time
	boot, invocation string
	pid              string
	seq              int
}

func (g *generator) head() {
	g.seq++
	g.at = g.at.Add(time.Duration(200+g.random.IntN(20000)) * time.Microsecond)
	fmt.Fprintf(g.out, "__CURSOR=s=9afb22b892c448bca26d3418948523d6;i=%x\n__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%s\n",
		g.seq, g.at.UnixMicro(), g.at.UnixMicro()-1793000000000000, g.boot)
}

func (g *generator) kubelet(entry []field) {
	g.head()
	pid := ""
	for _, f := range entry {
		if f.name == "_PID" {
			pid = f.value
		}
	}
	for _, f := range entry {
		switch f.name {
		case "__CURSOR", "__REALTIME_TIMESTAMP", "__MONOTONIC_TIMESTAMP", "_BOOT_ID":
			continue
		case "_SYSTEMD_INVOCATION_ID", "INVOCATION_ID":
			f.value = g.invocation
		case "_PID":
			if pid != "1" {
				f.value = g.pid
			}
		case "MESSAGE":
			f.value = g.restamp(f.value)
		}
		g.out.WriteString(f.name)
		g.out.WriteByte('=')
		g.out.WriteString(f.value)
		g.out.WriteByte('\n')
	}
	g.out.WriteByte('\n')
}

// restamp puts the time and the PID of this run into a klog header or a JSON entry.
func (g *generator) restamp(m string) string {
	if rest, ok := strings.CutPrefix(m, `{"ts":`); ok {
		if comma := strings.IndexByte(rest, ','); comma > 0 {
			return fmt.Sprintf(`{"ts":%d.%04d`, g.at.UnixMilli(), g.random.IntN(10000)) + rest[comma:]
		}
	}
	if len(m) > 30 && strings.ContainsRune("IWEF", rune(m[0])) && m[5] == ' ' && m[8] == ':' {
		return fmt.Sprintf("%c%s %7s%s", m[0], g.at.Format("0102 15:04:05.000000"), g.pid, m[29:])
	}
	return m
}

// other writes an entry of another unit; what they say is made up.
func (g *generator) other() {
	g.head()
	units := []struct{ unit, name, text string }{
		{"containerd.service", "containerd", `time="%s" level=info msg="RunPodSandbox for name:\"web-%d\" uid:\"%x\" namespace:\"default\" returns sandbox id"`},
		{"ssh.service", "sshd", `%s Accepted publickey for ops from 10.0.0.%d port %d ssh2`},
		{"cron.service", "CRON", `%s (root) CMD (run-parts /etc/cron.hourly) %d %x`},
		{"node-exporter.service", "node_exporter", `ts=%s caller=collector.go:%d level=debug msg="collector succeeded" name=cpu duration_seconds=0.%07d`},
	}
	u := units[g.random.IntN(len(units))]
	var b bytes.Buffer
	fmt.Fprintf(&b, u.text, g.at.Format(time.RFC3339Nano), g.random.IntN(250), g.random.IntN(1<<30))
	fmt.Fprintf(g.out, "PRIORITY=6\n_UID=0\n_GID=0\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=%s\n_TRANSPORT=stdout\n_COMM=%s\n_EXE=/usr/bin/%s\n_CMDLINE=/usr/bin/%s\n_SYSTEMD_CGROUP=/system.slice/%s\n_SYSTEMD_UNIT=%s\n_SYSTEMD_SLICE=system.slice\n_SYSTEMD_INVOCATION_ID=%032x\n_MACHINE_ID=c1445fe20c59431e8c4bcf5c7023d8e0\n_HOSTNAME=vm\n_PID=%d\nMESSAGE=%s\n\n",
		u.name, u.name, u.name, u.name, u.unit, u.unit, len(u.name), 700+len(u.name), b.String())
}
