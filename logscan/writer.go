package logscan

import "strings"

// writer is who an entry is from, by its own words.
type writer int

const (
	// noWriter: the entry has none.
	noWriter writer = iota
	// otherWriter: another program or unit.
	otherWriter
	// kubeletWriter: a kubelet, or a program that has one inside.
	kubeletWriter
)

// writerOf is who wrote an entry. The unit is journald's own word and outweighs the
// identifier, which every program chooses for itself.
func (s *Scanner) writerOf(e Entry) writer {
	name := e.Unit
	if name == "" {
		name = e.Identifier
	}
	switch {
	case name == "":
		return noWriter
	case s.unit != "" && strings.TrimSuffix(name, ".service") == s.unit,
		(s.unit == "" || e.Unit == "") && kubeletName(name):
		return kubeletWriter
	}
	return otherWriter
}

// kubeletName reports whether a unit or identifier is that of a kubelet, or of a program
// that has one inside (k3s, rke2, k0s, MicroK8s' kubelite) or starts one (OpenShift).
func kubeletName(name string) bool {
	switch strings.TrimSuffix(name, ".service") {
	case "kubelet", "hyperkube", "kubenswrapper", "kubelite", "snap.microk8s.daemon-kubelite", "microk8s.daemon-kubelite",
		"k3s", "k3s-agent", "k3s-server", "rke2", "rke2-agent", "rke2-server", "k0s", "k0sworker", "k0scontroller":
		return true
	}
	return false
}

// runKey distinguishes the processes of a log: by systemd's invocation where it is there,
// else by source and PID.
type runKey struct {
	invocation, boot, source string
	pid                      int
}

func keyOf(e Entry) runKey {
	if e.Invocation != "" {
		return runKey{invocation: e.Invocation}
	}
	return runKey{boot: e.Boot, source: e.Identifier, pid: e.PID}
}

// of is the run that an entry belongs to, nil if it is not known yet. Entries
// without a writer belong to the last run.
func (s *Scanner) of(e Entry) *runState {
	if e.Invocation == "" && e.PID == 0 {
		return s.last
	}
	return s.open[keyOf(e)]
}

// runOf is the run that a message of the table belongs to, a new one where it begins one,
// and nil where it is not the kubelet's own.
func (s *Scanner) runOf(row *Message, m *message, e Entry) *runState {
	switch named := s.writerOf(e) == kubeletWriter; {
	case s.named && !named:
		s.ignored++
		return nil
	case named && !s.named:
		// What was seen before only seemed to be a kubelet.
		s.named, s.runs, s.open, s.last, s.count = true, nil, map[runKey]*runState{}, nil, 0
	}
	t := s.of(e)
	switch {
	case t == nil:
		if !row.Kind.starts() && s.claimed(m, e) {
			s.ignored++
			return nil
		}
		return s.begin(e, m, nil)
	case t.another(m, e):
		if !row.Kind.starts() {
			s.ignored++
			return nil
		}
		return s.begin(e, m, nil)
	case t.ended() && (row.Kind.starts() || t.End != nil), row.Kind == KindVersion && t.version:
		return s.begin(e, m, t.next)
	case row.Kind.starts() && row.Kind != KindVersion && t.up():
		// Either the kubelet starts anew in a process of the same number, or another part of
		// the same process (k3s: kube-proxy) lists its flags. A version settles it.
		if t.next == nil || row.Kind == KindGatesFlag && t.next.flagSeen {
			t.next = &runState{pending: true}
		}
		return t.next
	case row.Kind == KindGates && t.next != nil:
		return t.next
	}
	s.last = t
	return t
}

// claimed reports whether a process writes under the number of another that is known.
func (s *Scanner) claimed(m *message, e Entry) bool {
	if m.pid == 0 || m.pid == e.PID {
		return false
	}
	for _, t := range s.open {
		if t.pid == m.pid && t.Boot == e.Boot {
			return true
		}
	}
	return false
}

// begin opens a run, from what was logged before its version where next is not nil.
func (s *Scanner) begin(e Entry, m *message, next *runState) *runState {
	t := next
	if t == nil {
		t = &runState{}
	}
	t.pending, t.Index, t.Invocation, t.Boot, t.Unit, t.PID, t.pid = false, -1, e.Invocation, e.Boot, e.Unit, e.PID, m.pid
	t.follows, t.announced, t.began = s.count > 0, s.announced, s.entries
	if s.last != nil && s.last.End != nil {
		t.after = s.last.ending()
	}
	t.Cut, s.cut, s.announced = t.Cut+s.cut, 0, false
	if len(s.open) >= maxOpen {
		// Whoever has been silent for longest has most likely ended.
		var oldest runKey
		var at *runState
		for key, t := range s.open {
			if at == nil || t.Last.Before(at.Last) {
				oldest, at = key, t
			}
		}
		delete(s.open, oldest)
	}
	s.open[keyOf(e)] = t
	s.last = t
	if s.writerOf(e) != otherWriter {
		s.admit(t)
	}
	return t
}

// admit counts a run as one of a kubelet. Until then it may be another program that prints
// its gates in the same way.
func (s *Scanner) admit(t *runState) {
	if t.Index >= 0 || t.pending {
		return
	}
	t.Index = s.count
	s.count++
	if len(s.runs) == s.keep {
		copy(s.runs, s.runs[1:])
		s.runs = s.runs[:s.keep-1]
		s.older++
	}
	s.runs = append(s.runs, t)
}
