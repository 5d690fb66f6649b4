package normalize

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wirefold/internal/news"
)

func TestReconcile(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	seen := map[news.ArticleKey]time.Time{"a": day(1), "b": day(2), "c": day(3), "d": day(4), "e": day(5)}
	one := news.Standing{ID: "one", Founder: "a", FounderSeen: day(1), Minted: day(1), Members: []news.ArticleKey{"a", "b", "c"}}
	two := news.Standing{ID: "two", Founder: "d", FounderSeen: day(4), Minted: day(4), Members: []news.ArticleKey{"d", "e"}}
	gone := news.Standing{ID: "gone", Founder: "x", FounderSeen: day(1), Minted: day(1), Members: []news.ArticleKey{"a", "b", "c"}, Published: map[news.ArticleKey]bool{"c": true}}
	type keys = []news.ArticleKey
	tests := []struct {
		name  string
		old   []news.Standing
		parts []keys
		want  news.Assigned
	}{
		{"a new story has its earliest article for founder", nil, []keys{{"c", "b"}}, news.Assigned{Stories: []news.AssignedStory{{Founder: "b", Members: keys{"b", "c"}}}}},
		{"the part with the founder keeps the id", []news.Standing{one}, []keys{{"a"}, {"b", "c"}}, news.Assigned{Stories: []news.AssignedStory{{ID: "one", Founder: "a", Members: keys{"a"}}, {Founder: "b", Members: keys{"b", "c"}, From: "one"}}}},
		{"the older id survives a merge", []news.Standing{two, one}, []keys{{"e", "d", "c", "b", "a"}}, news.Assigned{Stories: []news.AssignedStory{{ID: "one", Founder: "a", Members: keys{"a", "b", "c", "d", "e"}}}, Aliases: []news.Alias{{Old: "two", New: "one"}}}},
		{"a founder that is gone leaves the id to what was published", []news.Standing{gone}, []keys{{"a", "b"}, {"c"}}, news.Assigned{Stories: []news.AssignedStory{{Founder: "a", Members: keys{"a", "b"}, From: "gone"}, {ID: "gone", Founder: "c", Members: keys{"c"}}}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Reconcile(tt.old, tt.parts, seen)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestReconcileKnowsNoOrderAndLosesNoID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "articles")
		seen := map[news.ArticleKey]time.Time{}
		var all []news.ArticleKey
		for i := range n {
			k := news.ArticleKey(string(rune('a' + i)))
			all = append(all, k)
			seen[k] = time.Unix(int64(rapid.IntRange(0, 3).Draw(t, "seen")), 0)
		}
		draw := func(label string) [][]news.ArticleKey {
			parts := make([][]news.ArticleKey, n)
			for _, k := range all {
				i := rapid.IntRange(0, n-1).Draw(t, label)
				parts[i] = append(parts[i], k)
			}
			return parts
		}
		var old []news.Standing
		for i, p := range draw("old") {
			if len(p) > 0 {
				old = append(old, news.Standing{ID: news.StoryID("story " + string(rune('a'+i))), Founder: p[0], FounderSeen: seen[p[0]], Minted: time.Unix(int64(i%2), 0), Members: p})
			}
		}
		parts := draw("new")
		got := Reconcile(old, parts, seen)
		if diff := cmp.Diff(got, Reconcile(rapid.Permutation(old).Draw(t, "order"), rapid.Permutation(parts).Draw(t, "parts"), seen)); diff != "" {
			t.Fatalf("depends on order:\n%s", diff)
		}
		held := map[news.StoryID]int{}
		for _, s := range got.Stories {
			held[s.ID]++
		}
		for _, a := range got.Aliases {
			if held[a.New] != 1 {
				t.Fatalf("alias %v leads to no story", a)
			}
			held[a.Old]++
		}
		for _, s := range old {
			if held[s.ID] != 1 {
				t.Fatalf("id %s is held %d times", s.ID, held[s.ID])
			}
		}
	})
}

func TestMintNamesAStoryForEver(t *testing.T) {
	first := Mint("example.org,2026", "founder", 0)
	if len(first) != 16 || first != Mint("example.org,2026", "founder", 0) {
		t.Errorf("Mint = %q, want 16 digits, always the same", first)
	}
	if next := Mint("example.org,2026", "founder", 1); next == first || next[:16] != first {
		t.Errorf("the next try is %q after %q", next, first)
	}
	if other := Mint("example.net,2026", "founder", 0); other == first {
		t.Errorf("two authorities mint the same id %q", other)
	}
}
