package verify

import (
	"fmt"

	"github.com/plegctl/plegctl/verify/source"
)

func ownChecks() []Check {
	return []Check{
		{
			Code: "PLEG-NODE-LOCK", Title: "no other plegctl is at work", Level: Required, Live: true,
			Expected: "a free lock", eval: lockFree,
		},
		{
			Code: "PLEG-NODE-OPEN", Title: "no transaction is open", Level: Required,
			Expected: "every transaction ended", eval: noneOpen,
		},
		{
			Code: "PLEG-NODE-CONFIRM", Title: "no change waits to be confirmed", Level: Required,
			Expected: "nothing pending", eval: nonePending,
		},
		{
			Code: "PLEG-NODE-DRIFT", Title: "files are as plegctl left them", Level: Advisory,
			Expected: "no change by anybody else", eval: noDrift,
		},
	}
}

func recordUnread(f Facts) (Result, bool) {
	if f.Own.Problem != "" {
		return notSeen("the record could not be read: "+f.Own.Problem, "run as root"), false
	}
	return Result{}, true
}

func lockFree(f Facts) Result {
	l := f.Own.LockHolder
	switch {
	case !l.Seen:
		return unread(l)
	case l.Value != "":
		return fail("held by "+l.Value, l.From, "wait for it to end")
	}
	return pass("free", l.From)
}

func noneOpen(f Facts) Result {
	if r, ok := recordUnread(f); !ok {
		return r
	}
	if t := f.Own.Open; t != nil {
		return fail(fmt.Sprintf("%s (%s of %s) was not finished", t.ID, t.Command, stamp(t.At)), "record", "plegctl recover")
	}
	return pass("none", "record")
}

func nonePending(f Facts) Result {
	if r, ok := recordUnread(f); !ok {
		return r
	}
	if c := f.Own.Confirm; c != nil {
		return fail(fmt.Sprintf("%s undoes itself at %s", c.ID, stamp(c.Until)), "record", "plegctl confirm, or plegctl rollback")
	}
	return pass("none", "record")
}

func noDrift(f Facts) Result {
	if r, ok := recordUnread(f); !ok {
		return r
	}
	if len(f.Own.Drift) == 0 {
		return pass("no drift", "record")
	}
	var found []source.Problem
	for _, d := range f.Own.Drift {
		found = append(found, source.Problem{Effect: source.Suspect, At: source.Position{Path: d.Path}, Message: d.Path + " was changed by another program since plegctl wrote it", Hint: "see plegctl history, then decide which version is right"})
	}
	return at(found)
}
