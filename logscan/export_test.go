package logscan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
)

func writeExport(b *bytes.Buffer, identifier string, pid int, message []byte) {
	fmt.Fprintf(b, "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795434898733000\n_PID=%d\nSYSLOG_IDENTIFIER=%s\nMESSAGE\n", pid, identifier)
	b.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(message))))
	b.Write(message)
	b.WriteString("\n\n")
}

func TestDecodeExport(t *testing.T) {
	huge := uint64(1) << 60
	for _, c := range []struct {
		name, in, want string
		err            error
		text           string
	}{
		{name: "empty"},
		{name: "blank lines", in: "\n\n\n"},
		{name: "no blank line at the end", in: "_PID=7\nMESSAGE=a\n", want: "7:a"},
		{name: "two", in: "_PID=7\nMESSAGE=a\n\n\n_PID=8\nMESSAGE=b=c\n\n", want: "7:a 8:b=c"},
		{name: "no message", in: "_PID=7\n\n", want: "7:"},
		{name: "cut in a field", in: "_PID=7\nMESSAGE=a\n\n_PID=8\nMESS", want: "7:a", err: ErrTruncated},
		{name: "cut in a length", in: "MESSAGE\n\x05\x00", err: ErrTruncated},
		{name: "cut in a value", in: "MESSAGE\n\x05\x00\x00\x00\x00\x00\x00\x00ab\n", err: ErrTruncated},
		{name: "absurd length", in: "MESSAGE\n" + string(binary.LittleEndian.AppendUint64(nil, huge)) + "a\n\n", text: "a length of"},
		{name: "length that lies", in: "MESSAGE\n\x01\x00\x00\x00\x00\x00\x00\x00abc\n\n", text: "does not have the length"},
		{name: "other text", in: "Nov 23 \x1b[31mhello\n", text: `not a journal export: a line begins with`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			err := DecodeExport(iotest.OneByteReader(strings.NewReader(c.in)), func(e Entry) error {
				got = append(got, fmt.Sprintf("%d:%s", e.PID, e.Message))
				return nil
			})
			if strings.Join(got, " ") != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if c.text != "" && (err == nil || !strings.Contains(err.Error(), c.text)) || c.text == "" && !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v %q", err, c.err, c.text)
			}
		})
	}
}

// Anybody may write fields named UNIT and INVOCATION_ID; only PID 1's count.
func TestDecodeExportBelievesPID1Only(t *testing.T) {
	for pid, want := range map[int]string{1: "kubelet.service 0a", 99: "evil.service 0b"} {
		in := fmt.Sprintf("UNIT=kubelet.service\nINVOCATION_ID=0a\n_SYSTEMD_UNIT=evil.service\n_SYSTEMD_INVOCATION_ID=0b\n_PID=%d\n\n", pid)
		err := DecodeExport(strings.NewReader(in), func(e Entry) error {
			if got := e.Unit + " " + e.Invocation; got != want {
				t.Errorf("PID %d: %q, want %q", pid, got, want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
