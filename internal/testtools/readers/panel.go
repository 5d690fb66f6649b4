package readers

import (
	"bytes"
	"fmt"
	"maps"
	"sort"
	"strings"
	"time"
)

// Edition is what one feed served at one moment, in the formats it has.
type Edition struct {
	Feed string // its name, for people and for the counts
	URLs map[Format]string
	Site string
	// Ours is set for feeds under test; an outlet's own feed, to which the same person subscribes, is not judged.
	Ours   bool
	Bodies map[Format][]byte
}

// Panel is all readers, each subscribed to every feed in every format that it reads.
type Panel struct {
	seats   []*seat
	watches map[string]*Watch
	suffers map[string]*Suffered
	faults  []string
	last    map[string]Edition
}

// seat is one reader with one format, and what it was told of `updated` when it fetched last.
type seat struct {
	reader  *Reader
	format  Format
	updated map[entryRef]time.Time
}

// Suffered counts what the subscribers of one reader noticed.
type Suffered struct {
	New, Twice, Swallowed int
	Again                 int // unread again in all
	Phantom               int // of these, without a significant change since the last fetch
}

// NewPanel seats every reader of the rules in front of every format that it reads.
func NewPanel(rules []Rule) *Panel {
	p := &Panel{watches: map[string]*Watch{}, suffers: map[string]*Suffered{}, last: map[string]Edition{}}
	for _, r := range rules {
		p.suffers[r.Name] = &Suffered{}
		for _, f := range r.Formats {
			p.seats = append(p.seats, &seat{reader: NewReader(r), format: f, updated: map[entryRef]time.Time{}})
		}
	}
	return p
}

// Show gives all readers the editions of one moment.
func (p *Panel) Show(at time.Time, editions ...Edition) error {
	for _, e := range editions {
		docs := map[Format]*Document{}
		if p.same(e) {
			continue // 304: nobody looks at it
		}
		for f, body := range e.Bodies {
			d, err := Parse(f, body)
			if err != nil {
				return fmt.Errorf("edition of %s at %s: %w", e.Feed, stamp(at), err)
			}
			docs[f] = d
		}
		if e.Ours && docs[Atom] != nil {
			p.Watch(e.Feed).See(at, docs[Atom], docs[RSS], docs[JSON])
		}
		for _, s := range p.seats {
			if d := docs[s.format]; d != nil {
				p.fetch(at, s, e, d, docs[Atom])
			}
		}
	}
	return nil
}

// same reports whether an edition is the one before, byte for byte, at the same addresses.
func (p *Panel) same(e Edition) bool {
	last := p.last[e.Feed]
	p.last[e.Feed] = e
	return last.Ours == e.Ours && maps.Equal(last.URLs, e.URLs) && maps.EqualFunc(last.Bodies, e.Bodies, bytes.Equal)
}

func (p *Panel) fetch(at time.Time, s *seat, e Edition, d, atom *Document) {
	sights := s.reader.Fetch(Subscription{Name: e.Feed, URL: e.URLs[s.format], Site: e.Site}, d)
	if !e.Ours {
		return
	}
	updated := map[string]time.Time{}
	if atom != nil {
		for _, it := range atom.Items {
			updated[it.ID] = it.Updated
		}
	}
	n := p.suffers[s.reader.Rule.Name]
	for _, x := range sights {
		ref := entryRef{e.Feed, x.ID}
		switch x.Kind {
		case New:
			n.New++
			continue
		case Again:
			n.Again++
			if updated[x.ID].After(s.updated[ref]) {
				continue
			}
			n.Phantom++
		case Twice:
			n.Twice++
		case Swallowed:
			n.Swallowed++
		}
		if len(p.faults) < maxFaults {
			p.faults = append(p.faults, fmt.Sprintf("%s (%s) at %s: %s %s %s", s.reader.Rule.Name, s.format, stamp(at), e.Feed, x.ID, x.Kind))
		}
	}
	for id, t := range updated {
		s.updated[entryRef{e.Feed, id}] = t
	}
}

// Watch is the observer of one feed.
func (p *Panel) Watch(feed string) *Watch {
	if p.watches[feed] == nil {
		p.watches[feed] = NewWatch(feed)
	}
	return p.watches[feed]
}

// Lost lists, reader by reader, the ids that some reader never showed in that feed.
func (p *Panel) Lost(feed string, ids []string) []string {
	var out []string
	for _, s := range p.seats {
		for _, id := range ids {
			if !s.reader.Has(feed, id) {
				out = append(out, fmt.Sprintf("%s (%s) never showed %s", s.reader.Rule.Name, s.format, id))
			}
		}
	}
	return out
}

// Faults are the first things that went wrong for readers and in the feeds, in words.
func (p *Panel) Faults() []string {
	out := append([]string(nil), p.faults...)
	for _, w := range p.watches {
		out = append(out, w.Faults()...)
	}
	sort.Strings(out)
	return out
}

// Bars are the sums that must be zero.
type Bars struct {
	IDChanges, Duplicates, Phantom, Lost, Untold, Broken int
}

// Bars adds up all readers and feeds. Duplicates are items shown twice and stories with two live entries; Lost are
// entries that a reader took for somebody else's; Broken are order, dates that went back, and formats that disagree.
func (p *Panel) Bars() Bars {
	var b Bars
	for _, n := range p.suffers {
		b.Duplicates += n.Twice
		b.Phantom += n.Phantom
		b.Lost += n.Swallowed
	}
	for _, w := range p.watches {
		b.IDChanges += w.Stats.IDChanges
		b.Duplicates += w.Stats.Doubles
		b.Untold += w.Stats.Untold
		b.Broken += w.Stats.Backward + w.Stats.Disorder + w.Stats.Disparity
	}
	return b
}

// Table is the counts of all readers, for a test's log.
func (p *Panel) Table() string {
	names := make([]string, 0, len(p.suffers))
	for n := range p.suffers {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	fmt.Fprintf(&b, "%-18s %8s %6s %7s %8s %6s\n", "reader", "new", "again", "phantom", "swallow", "twice")
	for _, n := range names {
		s := p.suffers[n]
		fmt.Fprintf(&b, "%-18s %8d %6d %7d %8d %6d\n", n, s.New, s.Again, s.Phantom, s.Swallowed, s.Twice)
	}
	for _, w := range p.watches {
		fmt.Fprintf(&b, "%s: %+v\n", w.feed, w.Stats)
	}
	return b.String()
}
