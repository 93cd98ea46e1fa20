package verify

import "fmt"

// minFree is what plegctl wants where it writes, in bytes: the files are small, and a
// record must never be cut short.
const minFree = 16 << 20

func machineChecks() []Check {
	return []Check{
		{
			Code: "PLEG-NODE-ROOT", Title: "running as root", Level: Required, Live: true,
			Expected: "root", eval: mayChange,
		},
		{
			Code: "PLEG-NODE-DISK", Title: "enough free disk space", Level: Required,
			Expected: "16 MiB free and writable", eval: diskRoom,
		},
		{
			Code: "PLEG-NODE-SYSTEMD", Title: "systemd answers", Level: Required, Live: true,
			Expected: "an answer over D-Bus", eval: func(f Facts) Result { return answers(f.Node.Bus, "run plegctl as root on the node itself") },
		},
		{
			Code: "PLEG-NODE-JOURNAL", Title: "the journal can be read", Level: Advisory, Live: true,
			Expected: "entries of the kubelet's unit", eval: journalRead,
		},
		{
			Code: "PLEG-NODE-CLOCK", Title: "the clock is synchronised", Level: Advisory, Live: true,
			Expected: "a disciplined clock", eval: clockSynced,
		},
	}
}

func mayChange(f Facts) Result {
	root := f.Node.Root
	switch {
	case !root.Seen:
		return unread(root)
	case root.Value:
		return pass("root", root.From)
	}
	return fail("not root", root.From, "use sudo; looking works without it, but sees less")
}

func diskRoom(f Facts) Result {
	if len(f.Node.Disks) == 0 {
		return notSeen("no directory to write to is known", "")
	}
	for _, d := range f.Node.Disks {
		switch {
		case !d.Writable && f.Offline:
			return skip(d.Path + " cannot be written from here: " + d.Why)
		case !d.Writable:
			return fail(d.Path+" cannot be written: "+d.Why, d.Path, "mount it read-write, or run as root")
		case d.FreeBytes < minFree:
			return fail(fmt.Sprintf("%s has %d KiB free", d.Path, d.FreeBytes>>10), d.Path, "make room")
		}
	}
	return pass(fmt.Sprintf("directories looked at: %d", len(f.Node.Disks)), "")
}

func answers(fact Fact[string], next string) Result {
	if fact.Seen {
		return pass(fact.Value, fact.From)
	}
	if fact.Hint != "" {
		next = fact.Hint
	}
	return fail(because("no answer", fact.Why), fact.From, next)
}

func journalRead(f Facts) Result {
	j := f.Node.JournalReadable
	if Is(j, true) {
		return pass("readable", j.From)
	}
	next := j.Hint
	if next == "" {
		next = "run as root or as a member of the group systemd-journal"
	}
	return fail(because("it cannot be read", j.Why), j.From, next)
}

func clockSynced(f Facts) Result {
	c := f.Node.ClockSynced
	switch {
	case !c.Seen:
		return unread(c)
	case c.Value:
		return pass("synchronised", c.From)
	}
	return fail("not synchronised", c.From, "start chrony or systemd-timesyncd: event delays and start times are compared by this clock")
}
