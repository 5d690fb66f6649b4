package publish

import (
	"slices"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
)

// refs are the tombstones of a feed.
func refs(d atomDoc) []string {
	var out []string
	for _, x := range d.Deleted {
		out = append(out, strings.TrimPrefix(x.Ref, "tag:example.org,2026:"))
	}
	slices.Sort(out)
	return out
}

// The newest changes are told, whichever story they are of: one that left the feed long ago, too.
func TestUpdatesHoldTheNewestChangesOfTheTopic(t *testing.T) {
	f := many(300)
	f.edit("story00000000002", func(s *news.Story) {
		s.Life.Updated = t0.Add(400 * time.Hour)
		s.Life.Changes = append(s.Life.Changes, news.Change{At: s.Life.Updated, Kind: "reports", Text: "Now told by 2 independent reports.", Headline: "Late"})
	})
	f.touch("sea", t0.Add(400*time.Hour))
	o := options(f)
	o.Publishing.Window = 1000 * time.Hour
	p := newPublisher(t, o)
	d := readAtom(t, p, "/topics/sea/updates.atom")
	if len(d.Entries) != 100 || !strings.HasSuffix(d.Entries[0].ID, "story00000000002/2") || !strings.HasSuffix(d.Entries[99].ID, "story00000000201/1") {
		t.Errorf("%d updates, from %s to %s", len(d.Entries), d.Entries[0].ID, d.Entries[len(d.Entries)-1].ID)
	}
	if main := readAtom(t, p, atomPath); strings.Contains(ids(main), "story00000000002") {
		t.Error("the feed of stories brings back one that had left it")
	}
}

func TestWhatIsTakenOutOfACompanionFeedHasATombstone(t *testing.T) {
	f := lively()
	f.withdrawn = map[string][]news.Withdrawn{"sea": {{Article: otherKey, At: t0.Add(3 * time.Minute)}, {Article: seedKey, At: t0.Add(-40 * 24 * time.Hour)}}}
	delete(f.articles, otherKey)
	p := newPublisher(t, options(f))
	all := readAtom(t, p, "/topics/sea/all.atom")
	if got := refs(all); !slices.Equal(got, []string{"article/" + string(otherKey)}) {
		t.Errorf("/all says that it took out %v, want the one that left within the window", got)
	}
	if want := stampText(t0.Add(3 * time.Minute)); all.Updated != want {
		t.Errorf("/all was updated at %s, want %s: when it took something out", all.Updated, want)
	}
	if got := refs(readAtom(t, p, "/topics/sea/updates.atom")); !slices.Equal(got, []string{"story/dropdropdropdrop/1"}) {
		t.Errorf("/updates says that it took out %v, want the first change of the story that was dropped", got)
	}
}

// A story that comes into a topic late is new there on that day; the digests of days before do not change.
func TestADigestTellsALateStoryOnTheDayItCame(t *testing.T) {
	f := lively()
	clear(f.stories)
	came := t0.Add(48 * time.Hour)
	f.stories["latelatelatelate"] = news.Story{ID: "latelatelatelate", Life: news.Life{
		Published: t0, Updated: came, Touched: came, Topics: []string{"land", "sea"}, Entered: map[string]time.Time{"sea": came},
		Changes: []news.Change{{At: t0, Kind: "published", Text: "Published.", Headline: "Early"}, {At: came, Kind: "reports", Text: "Now two.", Headline: "Late"}},
	}}
	f.touch("sea", came.Add(48*time.Hour))
	d := readAtom(t, newPublisher(t, options(f)), "/topics/sea/digest.atom")
	if got := ids(d); got != "digest/sea/2026-03-03" || !strings.Contains(d.Entries[0].Content, "New:") {
		t.Errorf("digests %q: %+v", got, d.Entries)
	}
}

// A day stays when all that it told was dropped, and a day of which the store did not give everything is not told.
func TestDigestsAreWholeOrNotThere(t *testing.T) {
	f := lively()
	for _, id := range []news.StoryID{"ferryferryferry2", "fairfairfairfair", "mergedmergedmerg"} {
		delete(f.stories, id)
	}
	f.touch("sea", t0.Add(48*time.Hour))
	p := newPublisher(t, options(f))
	d := readAtom(t, p, "/topics/sea/digest.atom")
	if len(d.Entries) != 1 || !strings.Contains(d.Entries[0].Content, "has been withdrawn") {
		t.Errorf("a day whose only story was dropped: %+v", d.Entries)
	}

	// 1,200 stories, one an hour: the newest 1,000 go back 41 days and a part of one more; 14 days are told, whole ones.
	f = many(1200)
	o := options(f)
	d = readAtom(t, newPublisher(t, o), "/topics/sea/digest.atom")
	if len(d.Entries) != digestDays {
		t.Errorf("%d digests, want %d", len(d.Entries), digestDays)
	}
	for _, e := range d.Entries {
		if n := strings.Count(e.Content, "<li>"); n != 24 {
			t.Errorf("%s tells %d stories, want 24", e.ID, n)
		}
	}
	// Ten a minute: 1,000 stories are less than two hours, and no day is whole.
	f = many(1200)
	for id, s := range f.stories {
		at := t0.Add(36*time.Hour - s.Life.Published.Sub(t0)/600)
		s.Life.Published, s.Life.Updated, s.Life.Changes[0].At = at, at, at
		f.stories[id] = s
	}
	if d = readAtom(t, newPublisher(t, options(f)), "/topics/sea/digest.atom"); len(d.Entries) != 0 {
		t.Errorf("%d digests of days that are not whole", len(d.Entries))
	}
}
