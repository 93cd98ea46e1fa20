package change

import (
	"errors"
	"fmt"
	"os"

	"github.com/plegctl/plegctl/cmd/internal/hostfs"
	"github.com/plegctl/plegctl/cmd/internal/plan"
)

// room is what must be free where a file is written, beyond the file itself: the new file
// lies beside the old one for a moment.
const room = 64 << 10

// forecast asks for every file of the plan whether it could be replaced or created, before
// anything is stopped. An image is not asked: nothing of it runs, so nothing stops.
func (s *session) forecast(q Request, p plan.Plan) []plan.Refusal {
	if s.Host.Offline || os.Geteuid() != 0 {
		return nil
	}
	var refusals []plan.Refusal
	seen := map[string]bool{}
	for _, c := range p.Changes() {
		why, next := s.blocked(c, s.inPlace(q))
		if why == "" || seen[why] {
			continue
		}
		seen[why] = true
		refusals = append(refusals, plan.Refusal{
			Code: "PLEG-NODE-DISK", Title: "files can be written", Text: why, Where: c.Place(), Do: next,
		})
	}
	return refusals
}

// blocked says why a file could not be changed, and what to do; "" where it could.
func (s *session) blocked(c plan.FileChange, inPlace bool) (why, next string) {
	err := s.Host.Root.Writable(c.Place())
	var failed *hostfs.WriteError
	switch {
	case errors.Is(err, hostfs.ErrBusy) && inPlace:
		err = nil
	case errors.Is(err, hostfs.ErrBusy):
		next = "add --in-place: it overwrites the file, and the record keeps the old bytes"
	case errors.Is(err, hostfs.ErrReadOnlyFS):
		next = "mount it read-write"
	case errors.Is(err, hostfs.ErrImmutable):
		next = "remove the flag with chattr"
	}
	if errors.As(err, &failed) {
		reason := failed.Why
		if reason == nil {
			reason = failed.Err
		}
		return fmt.Sprintf("%s cannot be written: %v", c.Place(), reason), next
	}
	if err != nil {
		return err.Error(), next
	}
	space, err := s.Host.Root.Space(c.Place())
	switch need := uint64(len(c.After.Data) + room); {
	case err != nil:
		return err.Error(), ""
	case space.Free < need:
		return fmt.Sprintf("%s cannot be written: %d KiB are free, %d are needed", c.Place(), space.Free>>10, need>>10), "make room"
	case space.AllInodes > 0 && space.Inodes == 0:
		return fmt.Sprintf("%s cannot be written: no inode is free", c.Place()), "make room"
	}
	return "", ""
}
