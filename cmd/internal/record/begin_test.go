package record

import (
	"os"
	"testing"
	"time"
)

// TestARecordThatCouldNotBeBegun: the disk may have failed before the index knew of it, or
// after; neither may look like damage.
func TestARecordThatCouldNotBeBegun(t *testing.T) {
	for name, known := range map[string]bool{"before the index": false, "after it": true} {
		dir, err := os.OpenRoot(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer dir.Close()
		s := Open(dir, time.Now)
		w, err := s.Begin(Begin{Goal: "enable"})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !known {
			if err := dir.Remove(indexName); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.unbegin(w.ID); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if past, err := s.List(); err != nil || len(past) > 0 != known {
			t.Errorf("%s: %d records, %v", name, len(past), err)
		}
	}
}
