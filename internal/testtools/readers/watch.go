package readers

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// NoticeTime is how long the entry of a merged or dropped story stays in the feed as a notice.
const NoticeTime = 7 * 24 * time.Hour

// Watch follows one feed edition by edition, without any reader's forgetfulness, and holds it to the promises of
// docs/design.md section 5.
type Watch struct {
	feed    string
	entries map[string]*watched
	last    *Document
	// Corrected is set by the caller when the corrections changed since the last edition.
	Corrected bool
	// Companion is set by the caller for a feed whose entries are not stories: it takes them back without a notice, and
	// dates them by other things than causes.
	Companion bool
	// Clock is what the publisher's clock said at the newest edition, set by the caller: a notice of seven days is seven
	// of its days, from the end that its date states. Zero: the true time.
	Clock  time.Time
	faults []string
	Stats  WatchStats
}

// WatchStats counts what a feed did.
type WatchStats struct {
	Editions    int // shown
	Entries     int // ids ever seen
	Significant int // steps of `updated`, the first publication not counted; each has one of the causes that follow
	Class       int // the number of independent reports came into a new class
	End         int // the story was merged into another or dropped
	Split       int // tellings left the story
	Correction  int // a human changed the corrections since the last edition
	Other       int // none of these that a reader could see: it came and went between two fetches
	Quiet       int // changes of what an entry shows without a step of `updated`
	Notices     int // entries that became notices
	Tombstones  int
	IDChanges   int // a story that goes on under another id without being told
	Doubles     int // two live entries at one time that share a telling
	Backward    int // `updated` went back, `published` moved, or the feed's date went back
	Untold      int // an entry vanished without having aged out, and no tombstone tells it
	Disorder    int // not sorted by published, then id
	Disparity   int // Atom, RSS and JSON Feed do not hold the same entries and tombstones
}

// watched is what is known of one entry.
type watched struct {
	item     Item
	first    time.Time
	class    int // of reports: the highest so far
	noticed  time.Time
	vanished bool
}

// maxFaults is how many faults are kept in words; all are counted.
const maxFaults = 6

// NewWatch follows the feed of that name.
func NewWatch(feed string) *Watch {
	return &Watch{feed: feed, entries: map[string]*watched{}}
}

// Faults are the first broken promises, in words.
func (w *Watch) Faults() []string { return w.faults }

func (w *Watch) fault(n *int, format string, args ...any) {
	*n++
	if len(w.faults) < maxFaults {
		w.faults = append(w.faults, w.feed+": "+fmt.Sprintf(format, args...))
	}
}

// See takes the editions of one moment: Atom decides, the others must agree with it.
func (w *Watch) See(at time.Time, atom, rss, json *Document) {
	w.Stats.Editions++
	items := enrich(atom, json)
	w.compare(items, rss)
	w.compare(items, json)
	if json != nil && !slices.Equal(slices.Sorted(maps.Keys(atom.Deleted)), slices.Sorted(maps.Keys(json.Deleted))) {
		w.fault(&w.Stats.Disparity, "%d tombstones in Atom, %d in JSON Feed, or others", len(atom.Deleted), len(json.Deleted))
	}
	w.order(items)
	w.doubles(items)
	if w.last != nil && atom.Updated.Before(w.last.Updated) {
		w.fault(&w.Stats.Backward, "the feed's updated went back from %s to %s", stamp(w.last.Updated), stamp(atom.Updated))
	}
	w.moved(items, atom)
	clock := at
	if !w.Clock.IsZero() {
		clock = w.Clock
	}
	w.gone(at, clock, items, atom)
	for _, it := range items {
		w.entry(at, clock, it)
	}
	w.Corrected = false
	w.Stats.Tombstones = max(w.Stats.Tombstones, len(atom.Deleted))
	w.last = atom
}

// enrich takes from the JSON Feed what Atom cannot say: the tellings by address, and whether an entry is a notice.
func enrich(atom, json *Document) []Item {
	byID := map[string]Item{}
	if json != nil {
		for _, it := range json.Items {
			byID[it.ID] = it
		}
	}
	out := slices.Clone(atom.Items)
	for i := range out {
		if j, ok := byID[out[i].ID]; ok {
			out[i].Ended, out[i].Reports = j.Ended, j.Reports
			if len(j.Members) > 0 {
				out[i].Members = j.Members
			}
		}
	}
	return out
}

func (w *Watch) compare(items []Item, other *Document) {
	if other == nil {
		return
	}
	if len(items) != len(other.Items) {
		w.fault(&w.Stats.Disparity, "%d entries in Atom, %d in %s", len(items), len(other.Items), other.Format)
		return
	}
	for i, it := range items {
		o := other.Items[i]
		if it.ID != o.ID || !it.Published.Equal(o.Published) || it.Title != o.Title {
			w.fault(&w.Stats.Disparity, "entry %d is %s %q of %s in Atom, %s %q of %s in %s", i, it.ID, it.Title, stamp(it.Published), o.ID, o.Title, stamp(o.Published), other.Format)
			return
		}
	}
}

func (w *Watch) order(items []Item) {
	for i := 1; i < len(items); i++ {
		a, b := items[i-1], items[i]
		if a.Published.Before(b.Published) || a.ID == b.ID {
			w.fault(&w.Stats.Disorder, "%s of %s stands before %s of %s", a.ID, stamp(a.Published), b.ID, stamp(b.Published))
		}
	}
}

// doubles looks for one telling in two live entries.
func (w *Watch) doubles(items []Item) {
	owner := map[string]string{}
	for _, it := range items {
		if it.Ended {
			continue
		}
		for _, m := range it.Members {
			if o, ok := owner[m]; ok && o != it.ID {
				w.fault(&w.Stats.Doubles, "%s is told in %s and in %s at the same time", m, o, it.ID)
			}
			owner[m] = it.ID
		}
	}
}

// moved looks for entries that went on under another id: all tellings of an entry are in a new one, and the old entry
// is neither there nor told as ended.
func (w *Watch) moved(items []Item, atom *Document) {
	here := map[string]bool{}
	for _, it := range items {
		here[it.ID] = true
	}
	owner := map[string]string{}
	for id, e := range w.entries {
		if e.item.Ended || e.vanished || here[id] || hasKey(atom.Deleted, id) {
			continue
		}
		for _, m := range e.item.Members {
			owner[m] = id
		}
	}
	for _, it := range items {
		if w.entries[it.ID] != nil || it.Ended {
			continue
		}
		from := map[string]int{}
		for _, m := range it.Members {
			from[owner[m]]++
		}
		delete(from, "")
		for old, n := range from {
			// A part of it may split off in the moment in which the rest grows too old for the feed.
			if n == len(w.entries[old].item.Members) {
				w.fault(&w.Stats.IDChanges, "what was %s goes on as %s", old, it.ID)
			}
		}
	}
}

// gone holds every entry that left the feed to the rule: it aged out, being no younger than all live ones that stayed (by
// the time it came, or by its date), or a tombstone says so after a notice of seven days.
func (w *Watch) gone(at, clock time.Time, items []Item, atom *Document) {
	here := map[string]bool{}
	first, published := at, at
	for _, it := range items {
		here[it.ID] = true
		if e := w.entries[it.ID]; e != nil && !it.Ended {
			if e.first.Before(first) {
				first = e.first
			}
			if it.Published.Before(published) {
				published = it.Published
			}
		}
	}
	for id, e := range w.entries {
		if here[id] {
			e.vanished = false
			continue
		}
		if e.vanished {
			continue
		}
		e.vanished = true
		aged := !e.first.After(first) || !e.item.Published.After(published)
		switch told := hasKey(atom.Deleted, id); {
		case w.Companion && (aged || told):
		case !aged && !told:
			w.fault(&w.Stats.Untold, "%s, there since %s, left without a tombstone at %s; the oldest that stayed is there since %s", id, stamp(e.first), stamp(at), stamp(first))
		case told && e.noticed.IsZero():
			w.fault(&w.Stats.Untold, "%s was deleted without a notice", id)
		case told && !aged && (clock.Sub(e.item.Updated.Truncate(time.Second)) < NoticeTime || clock.Sub(e.noticed) < NoticeTime-readEvery-clockStep):
			w.fault(&w.Stats.Untold, "%s was deleted %s after its end, and %s after its notice was seen", id, clock.Sub(e.item.Updated), clock.Sub(e.noticed))
		}
	}
}

const (
	// readEvery is how often readers fetch: a notice may be seen that much later than it was there.
	readEvery = 2 * time.Hour
	// clockStep is how far the publisher's clock may step ahead in between.
	clockStep = 48 * time.Hour
)

func (w *Watch) entry(at, clock time.Time, it Item) {
	e, known := w.entries[it.ID]
	if !known {
		w.Stats.Entries++
		e = &watched{item: it, first: at, class: reportClass(it.Reports)}
		w.entries[it.ID] = e
		if it.Ended {
			e.noticed = clock
		}
		return
	}
	old := e.item
	switch {
	case !it.Published.Equal(old.Published):
		w.fault(&w.Stats.Backward, "%s: published moved from %s to %s", it.ID, stamp(old.Published), stamp(it.Published))
	case it.Updated.Before(old.Updated):
		w.fault(&w.Stats.Backward, "%s: updated went back from %s to %s", it.ID, stamp(old.Updated), stamp(it.Updated))
	case it.Updated.After(old.Updated):
		w.Stats.Significant++
		*w.cause(e, it)++
	case freshRSSChanged(old, it):
		w.fault(&w.Stats.Quiet, "%s changed without updated at %s: %s", it.ID, stamp(at), difference(old, it))
	}
	e.class = max(e.class, reportClass(it.Reports))
	if it.Ended && !old.Ended {
		w.Stats.Notices++
		e.noticed = clock
	}
	e.item = it
}

// difference names what an entry shows otherwise than before, from the first byte that differs.
func difference(a, b Item) string {
	for _, f := range []struct{ name, a, b string }{
		{"title", a.Title, b.Title}, {"link", a.Link, b.Link}, {"author", a.Author, b.Author},
		{"tags", strings.Join(a.Tags, ","), strings.Join(b.Tags, ",")}, {"text", a.Content, b.Content},
	} {
		if f.a != f.b {
			i := 0
			for i < min(len(f.a), len(f.b)) && f.a[i] == f.b[i] {
				i++
			}
			return fmt.Sprintf("%s: …%.60q, now …%.60q", f.name, f.a[i:], f.b[i:])
		}
	}
	return "nothing"
}

// cause is the count of what made an entry's `updated` step, as far as it can be seen from one fetch to the next.
func (w *Watch) cause(e *watched, now Item) *int {
	lost := func(m string) bool { return !slices.Contains(now.Members, m) }
	switch {
	case now.Ended != e.item.Ended:
		return &w.Stats.End
	case reportClass(now.Reports) > e.class:
		return &w.Stats.Class
	case slices.ContainsFunc(e.item.Members, lost):
		return &w.Stats.Split
	case w.Corrected:
		return &w.Stats.Correction
	}
	return &w.Stats.Other
}

// reportClass is the class of a number of independent reports: 1, 2, 3-4, 5-8, 9-16 … (docs/publishing.md).
func reportClass(n int) int {
	if n <= 0 {
		return 0
	}
	return bits.Len(uint(n-1)) + 1
}

// IDs are all entry ids that the feed ever held.
func (w *Watch) IDs() []string {
	out := make([]string, 0, len(w.entries))
	for id := range w.entries {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

func hasKey(m map[string]time.Time, k string) bool { _, ok := m[k]; return ok }
func stamp(t time.Time) string                     { return t.UTC().Format(time.RFC3339) }
