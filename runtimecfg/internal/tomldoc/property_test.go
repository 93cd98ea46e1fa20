package tomldoc

import (
	"math/rand"
	"strings"
	"testing"
)

// pieces are put together at random to documents, many of which are valid.
func pieces() []string {
	return []string{
		"[crio]\n", "[crio.runtime]\n", "  [crio.runtime]\n", "[CRIO.runtime] # c\n", "[crio.runtime.runtimes.runc]\n", "[[mounts]]\n", "[[crio.x]]\n", "[a]\n", "[a.b]\n",
		"log_level = \"info\"\n", "x=1\n", "\ty = [\n\t  1, # [crio.runtime]\n\t]\n", "z = '''\n[a]\n'''\n", "n = nan\n", "t = 07:32:00\n", "crio.runtime.q = 1\n", "runtime.r = 2\n",
		"crio = {runtime = { s = 1}}\n", "crio={}\n", "runtime = { }\n", "b.c2 = 1\n", "a.b.d = 1\n", "b = {e = 1}\n", "\"plugins\".'io.containerd.grpc.v1.cri'.x = 1\n",
		"# enable_pod_events = false\n", "#enable_pod_events=true\n", "# [crio.image]\n", "enable_pod_events = false\n", "enable_pod_events = \"on\" # c\n", "b = true\n", "c = 1\n",
		"\n", "\r\n", "   \n", "# ñ\r\n", "k = 1\r\n",
	}
}

// TestEditsOfRandomDocuments: what is edited means the old text with one key, twice is
// once, and a removal gives the bytes back; the libraries are the judges.
func TestEditsOfRandomDocuments(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	all := pieces()
	valid := 0
	for range 600 {
		var b strings.Builder
		if random.Intn(10) == 0 {
			b.WriteString("\xef\xbb\xbf")
		}
		for range random.Intn(8) {
			b.WriteString(all[random.Intn(len(all))])
		}
		text := b.String()
		if random.Intn(3) == 0 {
			text = strings.TrimRight(text, "\r\n")
		}
		for _, decode := range decoders() {
			if decode([]byte(text), &map[string]any{}) != nil {
				continue
			}
			valid++
			for _, target := range targets() {
				checkEdit(t, []byte(text), decode, target, random.Intn(2) == 0)
			}
		}
	}
	if valid < 300 {
		t.Errorf("only %d valid documents", valid)
	}
}

// TestHostileTextsEnd: a text whose cost grows with its square does not end within the time
// limit of the test binary.
func TestHostileTextsEnd(t *testing.T) {
	const n = 200_000
	for name, src := range map[string]string{
		"dotted key":     strings.Repeat("a.", n) + "a = 1\n",
		"dotted header":  "[" + strings.Repeat("a.", n) + "a]\n",
		"nested arrays":  "a = " + strings.Repeat("[", n),
		"nested tables":  "a = " + strings.Repeat("{a=", n),
		"many tables":    strings.Repeat("[[a]]\n[a.b]\n", n/10),
		"many keys":      strings.Repeat("# c\n", n),
		"one long line":  "a = \"" + strings.Repeat("x", 4*n) + "\"\n",
		"many line ends": strings.Repeat("\n", 4*n),
	} {
		t.Run(name, func(*testing.T) { _, _ = SetBool([]byte(src), burntSushi, targets()[0], true) })
	}
}
