package publish

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

// life drives one story through steps, as the store would.
type life struct {
	t     testing.TB
	story news.Story
	p     news.Publishing
	in    []Admission
}

func newLife(t testing.TB) *life {
	return &life{t: t, in: []Admission{{Slug: "sea", Matches: true}}}
}

// step advances the story to now with these members; with changes the step before it is taken.
func (l *life) step(now time.Time, members []news.Article, with ...func(*news.Step, *news.Account)) news.Story {
	l.t.Helper()
	s := news.Step{Old: l.story, ID: "abcdefghijklmnop", Founder: "f", Members: members, Now: now}
	a := account(members)
	for _, f := range with {
		f(&s, &a)
	}
	st := Advance(s, a, l.in, l.p)
	if again := Advance(s, a, l.in, l.p); cmp.Diff(st, again) != "" {
		l.t.Errorf("the same step gives two stories:\n%s", cmp.Diff(st, again))
	}
	// What the store keeps is what comes back.
	b, err := json.Marshal(st)
	if err != nil {
		l.t.Fatal(err)
	}
	var kept news.Story
	if err := json.Unmarshal(b, &kept); err != nil {
		l.t.Fatal(err)
	}
	idle := s
	idle.Old, idle.Absorbed, idle.From = kept, nil, ""
	if got := Advance(idle, a, l.in, l.p); s.Into == "" && len(members) > 0 && !same2(got, kept) {
		l.t.Errorf("a step with nothing new changed the story:\n%s", cmp.Diff(kept, got))
	}
	l.story = kept
	return kept
}

func same2(a, b news.Story) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// account is a plain stand-in for what normalize tells: one report each, headline of the first member.
func account(members []news.Article) news.Account {
	var a news.Account
	for _, m := range members {
		a.Tellings = append(a.Tellings, news.Telling{Article: m.Key, Title: m.Headline, Published: m.Published, Seen: m.Seen})
	}
	a.Reports = len(members)
	if len(members) > 0 {
		a.Lead, a.Headline = members[0].Key, members[0].Headline
	}
	return a
}

// told is an article that was seen, and printed, at a time.
func toldAt(key string, seen time.Time) news.Article {
	return news.Article{Key: news.ArticleKey(key), Headline: "About " + key, Seen: seen, Published: news.Date{Time: seen.Add(-time.Minute)}}
}

func reports(n int, seen time.Time) []news.Article {
	var out []news.Article
	for i := range n {
		out = append(out, toldAt(fmt.Sprintf("k%02d", i), seen))
	}
	return out
}

func kinds(s news.Story) string {
	var out []string
	for _, c := range s.Life.Changes {
		out = append(out, c.Kind)
	}
	return strings.Join(out, " ")
}

func TestFirstPublicationIsDatedByTheArticlesButNeverInTheFuture(t *testing.T) {
	now := t0.Add(time.Hour)
	day := time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC)
	dated := func(d ...news.Date) []news.Article {
		var out []news.Article
		for i, x := range d {
			out = append(out, news.Article{Key: news.ArticleKey(fmt.Sprint(i)), Headline: "x", Seen: now, Published: x})
		}
		return out
	}
	tests := []struct {
		name    string
		members []news.Article
		want    time.Time
	}{
		{"the newest date stated", dated(news.Date{Time: t0}, news.Date{Time: t0.Add(-time.Hour)}), t0},
		{"a day", dated(news.Date{Time: day, DayOnly: true}), day},
		{"no date", dated(news.Date{}), now},
		{"a date in the future", dated(news.Date{Time: now.Add(time.Hour)}), now},
		{"fractions of a second are cut", dated(news.Date{Time: t0.Add(500 * time.Millisecond)}), t0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newLife(t).step(now, tt.members)
			if !s.Life.Published.Equal(tt.want) || !s.Life.Updated.Equal(stamped(now, "abcdefghijklmnop")) {
				t.Errorf("published %s, updated %s; want %s, %s", s.Life.Published, s.Life.Updated, tt.want, now)
			}
		})
	}
}

func TestSignificantChanges(t *testing.T) {
	headline := func(h string) func(*news.Step, *news.Account) {
		return func(_ *news.Step, a *news.Account) { a.Headline = h }
	}
	where := func(w string) func(*news.Step, *news.Account) {
		return func(_ *news.Step, a *news.Account) { a.Where = w }
	}
	differ := func(about string, update bool, values ...string) func(*news.Step, *news.Account) {
		return func(_ *news.Step, a *news.Account) {
			d := news.Disagreement{Kind: "number", About: about, Update: update}
			for _, v := range values {
				d.Sides = append(d.Sides, news.Side{Value: v})
			}
			a.Disagreements = append(a.Disagreements, d)
		}
	}
	rule := func(r ...string) func(*news.Step, *news.Account) {
		return func(s *news.Step, _ *news.Account) { s.Rulings = r }
	}
	absorb := func(published time.Time) func(*news.Step, *news.Account) {
		return func(s *news.Step, _ *news.Account) {
			s.Absorbed = []news.Story{{ID: "other", Life: news.Life{Published: published, Topics: []string{"sea"}}}}
		}
	}
	type step struct {
		n    int // reports
		with []func(*news.Step, *news.Account)
	}
	with := func(f ...func(*news.Step, *news.Account)) []func(*news.Step, *news.Account) { return f }
	tests := []struct {
		name  string
		steps []step
		want  string // kinds of the changes
	}{
		{"one report stays one", []step{{n: 1}, {n: 1}}, "published"},
		{"each class of reports once", []step{{n: 1}, {n: 2}, {n: 3}, {n: 4}, {n: 5}, {n: 8}, {n: 9}, {n: 16}, {n: 17}}, "published reports reports reports reports reports"},
		{"a reworded headline is shown quietly", []step{{n: 1}, {1, with(headline("Other words"))}}, "published"},
		{"a new place goes along with the next cause", []step{{n: 1}, {1, with(where("Rome"))}, {2, with(where("Rome"))}}, "published reports"},
		{"a corrected place", []step{{1, with(where("Rome"))}, {1, with(where("Athens"))}}, "published"},
		{"a place that is no longer known", []step{{1, with(where("Rome"))}, {n: 1}}, "published"},
		{"a disagreement goes along with the next cause", []step{{n: 2}, {2, with(differ("dead", false, "3", "5"))}, {3, with(differ("dead", false, "3", "5"))}}, "published reports"},
		{"a number that grows", []step{{n: 2}, {2, with(differ("dead", true, "3", "5"))}, {2, with(differ("dead", true, "3", "5", "9"))}}, "published"},
		{"a correction that changes something", []step{{n: 1}, {1, with(rule("pin k00 headline"), headline("As it should be"))}}, "published correction"},
		{"a correction that changes nothing", []step{{n: 2}, {2, with(rule("merge k00 k01"))}, {2, with(rule("merge k00 k01"), headline("y"))}}, "published"},
		{"a correction that came with its article", []step{{n: 3}, {4, with(rule("pin k03 headline"), headline("Theirs"))}}, "published"},
		{"a correction taken back", []step{{1, with(rule("pin k00"), headline("a"))}, {1, with(headline("b"))}}, "published correction"},
		{"a correction of which an article comes later", []step{{3, with(rule("merge k00 /late = k00"))}, {4, with(rule("merge k00 /late = k00 k03"))}}, "published"},
		{"a correction that names one article more", []step{{3, with(rule("merge k00 k01 = k00 k01"))}, {4, with(rule("merge k00 k01 k03 = k00 k01 k03"))}}, "published correction"},
		{"a published story taken in is told by its own notice", []step{{n: 2}, {2, with(absorb(t0))}}, "published"},
		{"a correction that shows by chance when something else moved", []step{{n: 3}, {4, with(rule("split k00 x"))}}, "published correction"},
		{"a story that nobody saw taken in", []step{{n: 2}, {2, with(absorb(time.Time{}))}}, "published"},
		{"an article that left", []step{{n: 2}, {n: 1}}, "published split"},
		{"several at once are one change", []step{{n: 1}, {2, with(where("Rome"), differ("dead", false, "3", "5"))}}, "published reports"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLife(t)
			now := t0
			var before time.Time
			for _, st := range tt.steps {
				// The clock stands still, then goes back a day: time never does so for subscribers.
				s := l.step(now, reports(st.n, t0), st.with...)
				now = now.Add(-24 * time.Hour)
				if s.Life.Updated.Before(before) {
					t.Errorf("updated went back from %s to %s", before, s.Life.Updated)
				}
				before = s.Life.Updated
			}
			if got := kinds(l.story); got != tt.want {
				t.Errorf("changes are %q, want %q: %+v", got, tt.want, l.story.Life.Changes)
			}
			for i, c := range l.story.Life.Changes[1:] {
				if !c.At.After(l.story.Life.Changes[i].At) {
					t.Errorf("change %d at %s is not after the one before", i+2, c.At)
				}
			}
		})
	}
}

// What came quietly since the last call is named by the next one, once.
func TestTheTextOfAChangeNamesWhatCameQuietlyBefore(t *testing.T) {
	l := newLife(t)
	rome := func(_ *news.Step, a *news.Account) {
		a.Where = "Rome"
		a.Disagreements = []news.Disagreement{{Kind: "number", About: "dead", Sides: []news.Side{{Value: "3"}, {Value: "5"}}}}
	}
	taken := func(s *news.Step, _ *news.Account) {
		s.Absorbed = []news.Story{{ID: "other", Life: news.Life{Published: t0, Topics: []string{"sea"}}}}
	}
	l.step(t0, reports(2, t0))
	l.step(t0.Add(time.Hour), reports(2, t0), rome)
	l.step(t0.Add(2*time.Hour), reports(3, t0), rome, taken)
	s := l.step(t0.Add(3*time.Hour), reports(5, t0), rome)
	want := []string{
		"Published with 2 independent reports.",
		"Now told by 3 independent reports. Another story turned out to be the same event and is now part of this one. The outlets disagree: dead. Where: Rome.",
		"Now told by 5 independent reports.",
	}
	var got []string
	for _, c := range s.Life.Changes {
		got = append(got, c.Text)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestAQuietChangeTouchesButDoesNotUpdate(t *testing.T) {
	l := newLife(t)
	first := l.step(t0, reports(3, t0))
	second := l.step(t0.Add(time.Hour), reports(4, t0))
	if !second.Life.Updated.Equal(first.Life.Updated) {
		t.Errorf("updated moved to %s", second.Life.Updated)
	}
	if !second.Life.Touched.Equal(t0.Add(time.Hour)) {
		t.Errorf("touched is %s, want the time of the change", second.Life.Touched)
	}
}

func TestSettling(t *testing.T) {
	p := news.Publishing{Settle: 30 * time.Minute, SettleMax: time.Hour}
	at := func(seen, published time.Duration) news.Article {
		return news.Article{Key: "k", Headline: "x", Seen: t0.Add(seen), Published: news.Date{Time: t0.Add(published)}}
	}
	tests := []struct {
		name    string
		now     time.Duration
		members []news.Article
		wake    time.Duration // -1 = published
	}{
		{"fresh", 0, []news.Article{at(0, 0)}, 30 * time.Minute},
		{"settled by its own date", 0, []news.Article{at(0, -31*time.Minute)}, -1},
		{"partly settled", 0, []news.Article{at(0, -10*time.Minute)}, 20 * time.Minute},
		{"dated in the future", 0, []news.Article{at(0, time.Hour)}, 30 * time.Minute},
		{"undated", 0, []news.Article{{Key: "k", Headline: "x", Seen: t0}}, -1},
		{"a seed", 0, []news.Article{{Key: "k", Headline: "x", Seen: t0, Seed: true, Published: news.Date{Time: t0}}}, -1},
		{"the last article counts", 20 * time.Minute, []news.Article{at(0, 0), at(20*time.Minute, 20*time.Minute)}, 50 * time.Minute},
		{"but not for ever", 50 * time.Minute, []news.Article{at(0, 0), at(50*time.Minute, 50*time.Minute)}, time.Hour},
		{"it is time", 30 * time.Minute, []news.Article{at(0, 0)}, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLife(t)
			l.p = p
			s := l.step(t0.Add(tt.now), tt.members)
			want := news.Life{Wake: t0.Add(tt.wake)}
			got := news.Life{Wake: s.Life.Wake, Published: s.Life.Published}
			if tt.wake < 0 {
				want, got = news.Life{}, news.Life{Wake: s.Life.Wake}
				if s.Life.Published.IsZero() {
					t.Errorf("it was not published")
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestBackfillMakesNoEntryUntilSomethingNewJoins(t *testing.T) {
	l := newLife(t)
	old := toldAt("old", t0)
	old.Backfill = true
	if s := l.step(t0, []news.Article{old}); !s.Life.Published.IsZero() || s.Life.Touched != (time.Time{}) {
		t.Errorf("a story of old articles was published: %+v", s.Life)
	}
	if s := l.step(t0.Add(time.Hour), []news.Article{old, toldAt("new", t0.Add(time.Hour))}); s.Life.Published.IsZero() {
		t.Errorf("the story was not published when a new article joined it")
	}
}

func TestTopicsAreEnteredAndKept(t *testing.T) {
	tests := []struct {
		name  string
		steps [][]Admission
		n     []int // reports at each step
		want  []string
	}{
		{"matches", [][]Admission{{{Slug: "a", Matches: true}, {Slug: "b"}}}, []int{1}, []string{"a"}},
		{"stays when it matches no more", [][]Admission{{{Slug: "a", Matches: true}}, {{Slug: "a"}}}, []int{1, 2}, []string{"a"}},
		{"leaves when the query changed", [][]Admission{{{Slug: "a", Matches: true}}, {{Slug: "a", Requery: true}}}, []int{1, 1}, nil},
		{"stays when the query changed and still matches", [][]Admission{{{Slug: "a", Matches: true}}, {{Slug: "a", Matches: true, Requery: true}}}, []int{1, 1}, []string{"a"}},
		{"too few reports", [][]Admission{{{Slug: "a", Matches: true, Reports: 2}}}, []int{1}, nil},
		{"enough reports later", [][]Admission{{{Slug: "a", Matches: true, Reports: 2}}, {{Slug: "a", Matches: true, Reports: 2}}}, []int{1, 2}, []string{"a"}},
		{"fewer reports afterwards", [][]Admission{{{Slug: "a", Matches: true, Reports: 2}}, {{Slug: "a", Matches: true, Reports: 2}}}, []int{2, 1}, []string{"a"}},
		{"an old story does not rush into a new topic", [][]Admission{{{Slug: "a", Matches: true}}, {{Slug: "a", Matches: true}, {Slug: "b", Matches: true}}}, []int{1, 1}, []string{"a"}},
		{"but enters with its next news", [][]Admission{{{Slug: "a", Matches: true}}, {{Slug: "a", Matches: true}, {Slug: "b", Matches: true}}}, []int{1, 2}, []string{"a", "b"}},
		{"or as one of the first of a new topic", [][]Admission{{{Slug: "a", Matches: true}}, {{Slug: "a", Matches: true}, {Slug: "b", Matches: true, Start: true}}}, []int{1, 1}, []string{"a", "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLife(t)
			for i, in := range tt.steps {
				l.in = in
				l.step(t0.Add(time.Duration(i)*time.Hour), reports(tt.n[i], t0))
			}
			if !slices.Equal(l.story.Life.Topics, tt.want) {
				t.Errorf("it is in %v, want %v", l.story.Life.Topics, tt.want)
			}
		})
	}
}
