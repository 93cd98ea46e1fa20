package probe

import (
	"math"
	"time"
)

// Judge takes the events of a probe one by one. It is not safe for use by several
// goroutines at once.
type Judge struct {
	opened  time.Time
	begin   time.Time
	lives   *lives
	summary Summary
	ages    ages
}

// Summary is what a probe saw, in numbers.
type Summary struct {
	// Events are all that were received, Backlog those of them that are older than the
	// stream, NoStatus those that a kubelet would drop.
	Events, Backlog, NoStatus int
	// ByType counts "created", "started", "stopped" and "deleted".
	ByType map[string]int
	// Gaps counts events before which another one must have been lost.
	Gaps int
	// Reconnects counts how often the stream was opened again; what happened in between
	// was not seen.
	Reconnects int
	// FirstAfter is the time from the opening to the first event, 0 where none came.
	FirstAfter time.Duration
	// Delays of the events that are no backlog: smallest, median, 99th percentile (both
	// upper bounds of a bucket, within 10 %), largest. Zero where there were none.
	MinAge, MedianAge, P99Age, MaxAge time.Duration
	// Delays is the histogram of the delays that are no backlog.
	Delays []Bucket
	// Took is the time from the first opening to the end.
	Took time.Duration
}

// Bucket counts the delays below a bound that are not below the bound before it.
type Bucket struct {
	// Below is the bound; 0 for the last bucket, which has none.
	Below time.Duration
	Count int
}

// NewJudge begins a probe whose stream was opened at that time.
func NewJudge(opened time.Time) *Judge {
	return &Judge{opened: opened, begin: opened, lives: newLives(), summary: Summary{ByType: map[string]int{}}}
}

// Event takes the next event.
func (j *Judge) Event(e Event) Seen {
	seen := Seen{Age: e.Received.Sub(e.Created), Backlog: e.Created.Before(j.opened)}
	s := &j.summary
	if s.Events == 0 {
		s.FirstAfter = e.Received.Sub(j.begin)
	}
	s.Events++
	if isType(e.Type) {
		s.ByType[e.Type]++
	}
	if !e.HasStatus {
		s.NoStatus++
	}
	if seen.Backlog {
		s.Backlog++
	} else {
		j.ages.add(seen.Age)
	}
	if !e.OfSandbox() {
		seen.Gap = j.lives.step(e)
	}
	if seen.Gap != "" {
		s.Gaps++
	}
	return seen
}

// Reopened notes that the stream ended and was opened again at that time.
func (j *Judge) Reopened(at time.Time) {
	j.opened = at
	j.summary.Reconnects++
	// What happened to each container meanwhile is not known.
	j.lives = newLives()
}

// Events is the number of events so far.
func (j *Judge) Events() int { return j.summary.Events }

// Summary is what was seen up to that time.
func (j *Judge) Summary(at time.Time) Summary {
	s := j.summary
	s.Took = at.Sub(j.begin)
	s.MinAge, s.MaxAge, s.Delays = j.ages.smallest, j.ages.largest, j.ages.histogram()
	s.MedianAge, s.P99Age = j.ages.quantile(0.5), j.ages.quantile(0.99)
	return s
}

// isType keeps ByType small whatever a runtime sends.
func isType(t string) bool {
	switch t {
	case "created", "started", "stopped", "deleted":
		return true
	}
	return false
}

// ages is a histogram with buckets that grow by a tenth, from 1 µs on.
type ages struct {
	buckets           [256]int
	count             int
	smallest, largest time.Duration
}

func (a *ages) add(d time.Duration) {
	if a.count == 0 || d < a.smallest {
		a.smallest = d
	}
	if a.count == 0 || d > a.largest {
		a.largest = d
	}
	a.count++
	a.buckets[bucketOf(d)]++
}

func bucketOf(d time.Duration) int {
	if d <= time.Microsecond {
		return 0
	}
	n := int(math.Ceil(math.Log(float64(d)/float64(time.Microsecond)) / math.Log(1.1)))
	return min(n, 255)
}

// histogram sums the fine buckets up to bounds that people know; it is as exact as they are.
func (a *ages) histogram() []Bucket {
	const ms = time.Millisecond
	found := []Bucket{{Below: ms}, {Below: 2 * ms}, {Below: 5 * ms}, {Below: 10 * ms}, {Below: 20 * ms}, {Below: 50 * ms}, {Below: 100 * ms}, {Below: time.Second}, {}}
	at := 0
	for i, n := range a.buckets {
		for found[at].Below != 0 && i > bucketOf(found[at].Below) {
			at++
		}
		found[at].Count += n
	}
	return found
}

func (a *ages) quantile(q float64) time.Duration {
	if a.count == 0 {
		return 0
	}
	left := int(math.Ceil(q * float64(a.count)))
	for i, n := range a.buckets {
		if left -= n; left <= 0 {
			bound := time.Duration(float64(time.Microsecond) * math.Pow(1.1, float64(i)))
			return max(min(bound, a.largest), a.smallest)
		}
	}
	return a.largest
}
