package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// SchemaVersion is the version of the lines that this build writes. Lines of a newer one
// are refused, not guessed at.
const SchemaVersion = 1

// ErrCorrupt reports that a record was changed or damaged other than by a torn last line.
var ErrCorrupt = errors.New("the record is damaged")

// line is the frame of every entry. The checksum chains: it covers the sum of the line
// before, so that lines cannot be lost, swapped or edited unseen.
type line struct {
	Version int             `json:"v"`
	Number  int             `json:"n"`
	At      time.Time       `json:"at"`
	Kind    string          `json:"kind"`
	Body    json.RawMessage `json:"body"`
	Sum     string          `json:"sum,omitempty"`
}

const sumMark = `,"sum":"`

// encodeLine is one line with its newline, and its sum.
func encodeLine(n int, at time.Time, kind string, body any, before string) ([]byte, string, error) {
	raw, err := plan.JSON(body)
	if err != nil {
		return nil, "", fmt.Errorf("encode a %s entry: %w", kind, err)
	}
	bare, err := plan.JSON(line{Version: SchemaVersion, Number: n, At: at.UTC(), Kind: kind, Body: raw})
	if err != nil {
		return nil, "", fmt.Errorf("encode a %s entry: %w", kind, err)
	}
	bare = bare[:len(bare)-1]
	sum := chain(before, bare)
	return fmt.Appendf(bare, "%s%s\"}\n", sumMark, sum), sum, nil
}

func chain(before string, bare []byte) string {
	h := sha256.New()
	h.Write([]byte(before + "\n"))
	h.Write(bare)
	return hex.EncodeToString(h.Sum(nil))
}

// decodeLines reads a whole transaction file. torn is how many bytes of an unfinished last
// line follow the good ones: what a crash in the middle of a write leaves, and harmless,
// because nothing was done yet on behalf of a line that was not whole. Such a line has no
// newline, or zeros where a block was never written; any other line that does not fit its
// checksum is damage.
func decodeLines(data []byte) (lines []line, torn int, err error) {
	before := ""
	for len(data) > 0 {
		end := bytes.IndexByte(data, '\n')
		if end < 0 {
			return lines, len(data), nil
		}
		one, err := decodeLine(data[:end], before, len(lines))
		if errors.Is(err, ErrCorrupt) && end+1 == len(data) && bytes.IndexByte(data, 0) >= 0 {
			return lines, len(data), nil
		}
		if err != nil {
			return lines, 0, fmt.Errorf("line %d: %w", len(lines)+1, err)
		}
		lines, before, data = append(lines, one), one.Sum, data[end+1:]
	}
	return lines, 0, nil
}

func decodeLine(raw []byte, before string, n int) (line, error) {
	at := bytes.LastIndex(raw, []byte(sumMark))
	if at < 0 {
		return line{}, fmt.Errorf("%w: no checksum", ErrCorrupt)
	}
	var one line
	if err := json.Unmarshal(raw, &one); err != nil {
		return line{}, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if one.Sum != chain(before, raw[:at]) {
		return line{}, fmt.Errorf("%w: the checksum does not match", ErrCorrupt)
	}
	if one.Version > SchemaVersion {
		return line{}, fmt.Errorf("written by a newer plegctl (schema %d, this one knows %d)", one.Version, SchemaVersion)
	}
	if one.Number != n {
		return line{}, fmt.Errorf("%w: entry %d stands where %d should", ErrCorrupt, one.Number, n)
	}
	return one, nil
}
