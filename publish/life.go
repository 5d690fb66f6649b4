package publish

import (
	"hash/fnv"
	"slices"
	"time"

	"wirefold/internal/news"
)

// NoticeAge is how long the entry of a merged or dropped story stays in its feeds as one line that says so.
const NoticeAge = 7 * 24 * time.Hour

// TopicStart is the number of stories that a topic starts with when it is new (docs/design.md section 5).
const TopicStart = 20

// Admission is what one topic says about a story at one step of its life.
type Admission struct {
	Slug string
	// Matches says that one of the story's articles satisfies the topic's whole query.
	Matches bool
	// Reports is how many independent reports the topic asks for before the story's first publication there; 0 counts
	// as 1. It is not asked again afterwards.
	Reports int
	// Start is set when the topic is new and this story is among the newest TopicStart that match it: it enters
	// although nothing new was said of it. Without it, an older story enters only when it has something new to tell.
	Start bool
	// Requery is set when the topic's query changed since the story entered: Matches then decides again. Without it
	// a story stays where it was published.
	Requery bool
}

// Advance is the life of an entry (docs/publishing.md says it in words): what a story was, what its articles tell now
// and which topics want it decide what subscribers see next. It is pure: s.Now is its only clock, equal arguments give
// equal stories, and a story to which nothing happened comes back as it was.
func Advance(s news.Step, a news.Account, topics []Admission, p news.Publishing) news.Story {
	now := s.Now.UTC().Truncate(time.Second)
	st := news.Story{ID: s.ID, Founder: s.Founder, Account: a, Life: s.Old.Life, Closed: s.Old.Closed || old(s.Members, now)}
	if s.Old.ID != "" {
		st.ID = s.Old.ID
		if s.Old.Founder != "" {
			st.Founder = s.Old.Founder
		}
	}
	// The slices of the old story are its own.
	st.Life.Changes = slices.Clone(st.Life.Changes)
	st.Life.Topics = slices.Clone(st.Life.Topics)

	switch {
	case s.Into != "":
		return end(st, s, news.Merged, now)
	case len(s.Members) == 0:
		return end(st, s, news.Dropped, now)
	case st.Life.Published.IsZero():
		return publishFirst(st, s, topics, p, now)
	}
	return publishAgain(st, s, topics, now)
}

// old reports whether nothing was seen of a story for so long that it closes.
func old(members []news.Article, now time.Time) bool {
	var newest time.Time
	for _, m := range members {
		newest = later(newest, m.Seen)
	}
	return !newest.IsZero() && !now.Before(newest.Add(news.CloseAfter))
}

// publishFirst gives a story its first entry when a topic wants it and it has settled.
func publishFirst(st news.Story, s news.Step, topics []Admission, p news.Publishing, now time.Time) news.Story {
	st.Life = news.Life{}
	inherited := inherit(s.Absorbed)
	in := inherited
	for _, t := range topics {
		if t.Matches && st.Account.Reports >= max(1, t.Reports) && !slices.Contains(in, t.Slug) {
			in = append(in, t.Slug)
		}
	}
	fresh := slices.ContainsFunc(s.Members, func(a news.Article) bool { return !a.Backfill })
	// What subscribers have already seen under an absorbed id is not held back a second time.
	if len(inherited) == 0 {
		if len(in) == 0 || !fresh {
			return st
		}
		if at := settled(s, p); at.After(now) {
			st.Life.Wake = at
			return st
		}
	}
	st.Life.Topics = sorted(in)
	st.Life.Published = firstPublished(s.Members, now)
	st.Life.Updated = stamped(now, string(st.ID))
	st.Life.Touched = now
	st.Life.Told = tell(news.Told{}, st.Account, s.Rulings)
	st.Life.Told.Topics = st.Life.Topics
	st.Life.Changes = []news.Change{{At: st.Life.Updated, Kind: "published", Text: firstText(st.Account, s.From), Headline: st.Account.Headline}}
	return st
}

// inherit lists the topics in which absorbed stories are published: an event that subscribers of a topic have seen
// stays in that topic under its surviving id.
func inherit(absorbed []news.Story) []string {
	var in []string
	for _, o := range absorbed {
		if o.Life.Published.IsZero() {
			continue
		}
		for _, t := range o.Life.Topics {
			if !slices.Contains(in, t) {
				in = append(in, t)
			}
		}
	}
	return in
}

// settled says when a story may be published first: when its last article has settled, but never later than settle_max
// after its first one was seen. Backfill has settled long ago.
func settled(s news.Step, p news.Publishing) time.Time {
	if p.Settle <= 0 || s.From != "" {
		return time.Time{}
	}
	var ready, first time.Time
	for _, a := range s.Members {
		if a.Backfill {
			continue
		}
		if first.IsZero() || a.Seen.Before(first) {
			first = a.Seen
		}
		if a.Seed || !a.Published.Known() {
			continue
		}
		// A date in the future says no more than "now": when it was seen.
		from := a.Published.Time
		if from.After(a.Seen) {
			from = a.Seen
		}
		ready = later(ready, from.Add(p.Settle))
	}
	if p.SettleMax > 0 && ready.After(first.Add(p.SettleMax)) {
		ready = first.Add(p.SettleMax)
	}
	// Stamps are whole seconds: waking a moment early would only mean waking twice.
	if t := ready.Truncate(time.Second); t.Before(ready) {
		return t.Add(time.Second).UTC()
	}
	return ready.UTC()
}

// firstPublished is the newest date that the articles state, never in the future; now when none states one.
func firstPublished(members []news.Article, now time.Time) time.Time {
	var newest time.Time
	for _, a := range members {
		newest = later(newest, a.Published.Time)
	}
	if newest.IsZero() || newest.After(now) {
		return now
	}
	return newest.UTC().Truncate(time.Second)
}

// publishAgain is a step in the life of an entry that subscribers have.
func publishAgain(st news.Story, s news.Step, topics []Admission, now time.Time) news.Story {
	revived := st.Life.State != news.Live
	st.Life.State, st.Life.Into, st.Life.Ended, st.Life.Wake = news.Live, "", time.Time{}, time.Time{}
	moved := revived || !same(s.Old.Account, st.Account)
	kind, text := significant(st, s, revived)
	st.Life.Topics = admit(st.Life.Topics, inherit(s.Absorbed), topics, st.Account.Reports, moved)
	if kind != "" {
		st = change(st, kind, text, now)
		st.Life.Told = tell(s.Old.Life.Told, st.Account, s.Rulings)
		st.Life.Told.Topics = st.Life.Topics
		st.Life.Shown = nil
	} else {
		// What is only shown quietly has not been told. A correction without a visible effect is settled.
		st.Life.Told.Rulings = slices.Clone(s.Rulings)
		st.Life.Shown = shownStill(s.Old, st.Account)
	}
	st.Life.Entered = enteredBy(s.Old.Life, st.Life, now)
	if kind != "" || moved || !slices.Equal(st.Life.Topics, s.Old.Life.Topics) {
		st.Life.Touched = step(s.Old.Life.Touched, now)
	}
	return st
}

// shownStill is what the entry goes on showing after a quiet step: what it showed before it.
func shownStill(before news.Story, now news.Account) *news.Account {
	shown := before.Account
	if before.Life.Shown != nil {
		shown = *before.Life.Shown
	}
	if same(shown, now) {
		return nil
	}
	return &shown
}

// admit is the set of topics after a step. fresh says that the story tells something it did not tell before. A story that
// lost the article that matched stays where subscribers have it: leaving would take it from them without a word.
func admit(in, inherited []string, topics []Admission, reports int, fresh bool) []string {
	for _, slug := range inherited {
		if !slices.Contains(in, slug) {
			in = append(in, slug)
		}
	}
	for _, t := range topics {
		there := slices.Contains(in, t.Slug)
		switch {
		case there && !t.Matches && t.Requery && !slices.Contains(inherited, t.Slug):
			in = slices.DeleteFunc(in, func(s string) bool { return s == t.Slug })
		case !there && t.Matches && reports >= max(1, t.Reports) && (fresh || t.Start):
			in = append(in, t.Slug)
		}
	}
	return sorted(in)
}

// enteredBy dates the topics that a story came into with a step, and forgets those that it left.
func enteredBy(before, after news.Life, now time.Time) map[string]time.Time {
	if slices.Equal(before.Topics, after.Topics) {
		return before.Entered
	}
	out := map[string]time.Time{}
	for _, slug := range after.Topics {
		switch at, late := before.Entered[slug]; {
		case late:
			out[slug] = at
		case !slices.Contains(before.Topics, slug):
			// Its last change is not later than that, so that it is told as new.
			out[slug] = later(now, after.Updated)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// end is the step in which a story stops to exist, and every step after that.
func end(st news.Story, s news.Step, how news.StoryState, now time.Time) news.Story {
	st.Account = s.Old.Account
	st.Life.Shown = nil
	already := st.Life.State == how
	st.Life.State = how
	if st.Life.Published.IsZero() {
		// Nobody ever saw it: it leaves no trace but its id.
		st.Life = news.Life{State: how, Into: s.Into, Ended: st.Life.Ended}
		st.Account = news.Account{}
		if !already {
			st.Life.Ended = now
		}
		return st
	}
	if already {
		return endAgain(st, s, now)
	}
	st.Life.Into = s.Into
	st = change(st, string(how), endText(how), now)
	st.Life.Changes[len(st.Life.Changes)-1].Into = s.Into
	st.Life.Ended = st.Life.Updated
	st.Life.Wake = noticeEnd(st.Life)
	st.Life.Touched = step(s.Old.Life.Touched, now)
	return stripped(st)
}

// noticeEnd is when the notice of an ended story leaves its feeds.
func noticeEnd(l news.Life) time.Time { return l.Ended.Truncate(time.Second).Add(NoticeAge) }

// endAgain lets the notice leave when its time is up, and keeps the link to a survivor that was itself merged.
func endAgain(st news.Story, s news.Step, now time.Time) news.Story {
	moved := st.Life.Into != s.Into
	st.Life.Into = s.Into
	if !st.Life.Wake.IsZero() && !now.Before(st.Life.Wake) {
		st.Life.Wake = time.Time{}
		moved = true
	}
	if moved {
		st.Life.Touched = step(st.Life.Touched, now)
	}
	return st
}

// stripped keeps of an ended story what its notice needs: the headline of a merged one, nothing of a dropped one,
// because what a human took back must not be read in the notice that says so.
func stripped(st news.Story) news.Story {
	if st.Life.State == news.Merged {
		st.Account = news.Account{Headline: st.Account.Headline, Lang: st.Account.Lang}
		return st
	}
	st.Account = news.Account{}
	for i := range st.Life.Changes {
		st.Life.Changes[i].Headline = ""
	}
	return st
}

// change adds one significant change. Updated steps by at least a second, whatever the clock says, and never goes back.
func change(st news.Story, kind, text string, now time.Time) news.Story {
	st.Life.Updated = step(st.Life.Updated, stamped(now, string(st.ID)))
	st.Life.Changes = append(st.Life.Changes, news.Change{At: st.Life.Updated, Kind: kind, Text: text, Headline: st.Account.Headline})
	return st
}

// stamped is now with a fraction of a second that belongs to the id alone: two entries of a feed with one date are a
// fault to validators, and to readers that sort by it (RFC 4287 section 4.2.15 allows fractions).
func stamped(now time.Time, id string) time.Time {
	h := fnv.New64a()
	h.Write([]byte(id))
	return now.Truncate(time.Second).Add(time.Duration(h.Sum64()%1e6) * time.Microsecond)
}

// step is now, or a second after before when the clock has not come that far.
func step(before, now time.Time) time.Time {
	if next := before.Add(time.Second); next.After(now) {
		return next
	}
	return now
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func sorted(in []string) []string {
	slices.Sort(in)
	return slices.Compact(in)
}
