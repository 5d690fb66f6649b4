package normalize

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wirefold/internal/news"
	"wirefold/internal/testtools/gen"
)

// tellings makes events of made-up words with some tellings each; the key names the event and the telling.
func tellings(events, each int) []news.Article {
	v := gen.NewVocab(20000, 1.05)
	var as []news.Article
	for e := range events {
		for n := range each {
			title, text := v.Telling(uint64(e), uint64(n), 120)
			as = append(as, news.Article{Key: news.ArticleKey(fmt.Sprintf("e%02d-%03d", e, n)), Title: title, Text: text, Published: news.Date{Time: time.Date(2026, 3, 1, e, n%60, 0, 0, time.UTC)}})
		}
	}
	return as
}

func TestPartitionIsAFunctionOfTheSet(t *testing.T) {
	m := Load()
	as := tellings(4, 4)
	for i := range as {
		as[i].Marks = m.Mark(&as[i])
	}
	want := keysOf(as, m.Partition(as, nil))
	rapid.Check(t, func(t *rapid.T) {
		shuffled := slices.Clone(as)
		order := rapid.Permutation(shuffled).Draw(t, "order")
		if diff := cmp.Diff(want, keysOf(order, m.Partition(order, nil))); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestRulingsHaveTheLastWord(t *testing.T) {
	m := Load()
	as := tellings(2, 3)
	story := func(rs ...news.Ruling) string {
		var b []string
		for _, p := range keysOf(as, m.Partition(as, rs)) {
			b = append(b, strings.Join(p, " "))
		}
		return strings.Join(b, " | ")
	}
	merge := func(ks ...news.ArticleKey) news.Ruling { return news.Ruling{Op: news.OpMerge, Articles: ks} }
	split := func(ks ...news.ArticleKey) news.Ruling { return news.Ruling{Op: news.OpSplit, Articles: ks} }
	together := "e00-000 e00-001 e00-002 | e01-000 e01-001 e01-002"
	tests := []struct {
		name string
		rs   []news.Ruling
		ok   func(string) bool
	}{
		{"none", nil, func(s string) bool { return s == together }},
		{"a merge joins two stories", []news.Ruling{merge("e00-001", "e01-002")}, func(s string) bool { return !strings.Contains(s, "|") }},
		{"merges chain", []news.Ruling{merge("e00-001", "e01-002"), merge("e01-002", "e00-000")}, func(s string) bool { return !strings.Contains(s, "|") }},
		{"a merge of two stories that a split keeps apart joins the articles that it names", []news.Ruling{merge("e00-001", "e01-002"), split("e00-000", "e01-000")}, func(s string) bool {
			return !parted(s, "e00-001", "e01-002") && parted(s, "e00-000", "e01-000")
		}},
		{"a split parts two articles", []news.Ruling{split("e00-000", "e00-001")}, func(s string) bool { return parted(s, "e00-000", "e00-001") }},
		{"a split wins over a merge", []news.Ruling{merge("e00-000", "e00-001"), split("e00-000", "e00-001")}, func(s string) bool { return parted(s, "e00-000", "e00-001") }},
		{"a split wins over merges that chain", []news.Ruling{merge("e00-000", "e01-000"), merge("e01-000", "e00-001"), split("e00-000", "e00-001")}, func(s string) bool { return parted(s, "e00-000", "e00-001") }},
		{"an unknown article is passed over", []news.Ruling{merge("e00-000", "nobody")}, func(s string) bool { return s == together }},
	}
	for _, tt := range tests {
		if got := story(tt.rs...); !tt.ok(got) {
			t.Errorf("%s: stories are %s", tt.name, got)
		}
	}
}

// parted says whether two articles are in different stories.
func parted(stories, a, b string) bool {
	for s := range strings.SplitSeq(stories, " | ") {
		if strings.Contains(s, a) && strings.Contains(s, b) {
			return false
		}
	}
	return true
}

func TestClosedStoriesTakeInButDoNotMergeOrPart(t *testing.T) {
	m := Load()
	as := tellings(2, 4)
	n := m.neighbourhood(m.marked(as), nil)
	// Two closed stories of one event, and one with an article of the other event: as they were, so they stay.
	n.Closed = [][]int{{0, 1}, {2, 4}}
	parts := m.Group(n)
	in := map[int]int{}
	for k, p := range parts {
		for _, i := range p {
			in[i] = k
		}
	}
	if in[0] != in[1] || in[2] != in[4] {
		t.Errorf("a closed story was parted: %v", keysOf(as, parts))
	}
	if in[0] == in[2] {
		t.Errorf("two closed stories were merged: %v", keysOf(as, parts))
	}
	if in[3] != in[0] && in[3] != in[2] {
		t.Errorf("a late telling joined no closed story: %v", keysOf(as, parts))
	}
}

func TestALargeNeighbourhoodIsCutTheSameWayInEveryOrder(t *testing.T) {
	m := Load()
	// A ring of pairs: every article is near its twin and a little near the next pair, so all are connected.
	const size = maxNeighbourhood + 500
	members := make([]news.Marked, size)
	var edges []news.Edge
	for i := range members {
		members[i] = news.Marked{Key: news.ArticleKey(fmt.Sprintf("%05d", i)), Marks: news.Marks{Blob: (&sketch{hour: noHour, event: noHour}).encode(m.stamp)}}
		score := 4.0
		if i%2 == 1 {
			score = -2
		}
		edges = append(edges, news.Edge{A: int32(i), B: int32((i + 1) % size), Score: score})
	}
	first := m.Group(news.Neighbourhood{Members: members, Edges: edges})
	want := keyParts(members, first)
	r := rand.New(rand.NewPCG(3, 4))
	at := r.Perm(size)
	moved := make([]news.Marked, size)
	for i, to := range at {
		moved[to] = members[i]
	}
	members = moved
	for i, e := range edges {
		edges[i].A, edges[i].B = int32(at[e.B]), int32(at[e.A])
	}
	r.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
	if diff := cmp.Diff(want, keyParts(members, m.Group(news.Neighbourhood{Members: members, Edges: edges}))); diff != "" {
		t.Errorf("the cut depends on the order:\n%.500s", diff)
	}
	g := m.newGrouping(make([]news.Marked, size))
	for i := range size {
		a, b := int32(i), int32((i+1)%size)
		g.edges = append(g.edges, edge{min(a, b), max(a, b), float64(i%2) - 1})
	}
	for _, c := range g.components() {
		if len(c.members) > maxNeighbourhood {
			t.Errorf("a component of %d articles is over the bound", len(c.members))
		}
	}
}

func keyParts(ms []news.Marked, parts [][]int) [][]string {
	var out [][]string
	for _, p := range parts {
		var ks []string
		for _, i := range p {
			ks = append(ks, string(ms[i].Key))
		}
		out = append(out, ks)
	}
	return out
}

func TestTenThousandCopiesAreOneStory(t *testing.T) {
	m := Load()
	one := tellings(1, 1)[0]
	marks := m.Mark(&one)
	as := make([]news.Article, 10000)
	for i := range as {
		as[i] = one
		as[i].Key, as[i].Marks = news.ArticleKey(fmt.Sprintf("copy-%05d", i)), marks
	}
	parts := m.Partition(as, nil)
	if len(parts) != 1 || len(parts[0]) != len(as) {
		t.Errorf("%d copies of one text are %d stories", len(as), len(parts))
	}
}

func TestCopiesAreToldFromReports(t *testing.T) {
	as := tellings(1, 2)
	wire, other := as[0], as[1]
	words := strings.Fields(wire.Text)
	byline, cut, edited := wire, wire, wire
	byline.Key, byline.Text = "with byline", "By Our Correspondent, the capital. "+wire.Text
	cut.Key, cut.Text = "cut lead", strings.Join(words[12:], " ")
	small := slices.Clone(words)
	small[20], small[70] = "altered", "changed"
	edited.Key, edited.Text = "small edits", strings.Join(small, " ")
	set := []news.Article{wire, byline, cut, edited, other}
	account := Tell(news.Step{Members: set}, Preferences{})
	if account.Reports != 2 {
		t.Errorf("%d reports, want 2: a wire text with its copies, and another", account.Reports)
	}
	for _, told := range account.Tellings {
		if told.Article == other.Key && told.CopyOf != "" {
			t.Errorf("an independent report is told as a copy of %s", told.CopyOf)
		}
	}
}

func TestGroupingTheCutsIsGroupingTheWhole(t *testing.T) {
	m := Load()
	as := stream(2600)
	for i := range as { // all in one day: everything is near everything
		as[i].Published.Time = as[0].Published.Time
	}
	n := m.neighbourhood(m.marked(as), nil)
	want := m.Group(n)
	cuts := m.Cut(n)
	if len(cuts) < 2 {
		t.Fatalf("%d cuts of %d articles: the test needs a neighbourhood that is cut", len(cuts), len(as))
	}
	var got [][]int
	for _, cut := range cuts {
		part := news.Neighbourhood{}
		in := map[int32]int32{}
		for k, i := range cut {
			part.Members = append(part.Members, n.Members[i])
			in[int32(i)] = int32(k)
		}
		for _, e := range n.Edges {
			a, okA := in[e.A]
			b, okB := in[e.B]
			if okA && okB {
				part.Edges = append(part.Edges, news.Edge{A: a, B: b, Score: e.Score})
			}
		}
		for _, story := range m.Group(part) {
			for k, i := range story {
				story[k] = cut[i]
			}
			got = append(got, story)
		}
	}
	slices.SortFunc(got, func(a, b []int) int { return strings.Compare(string(n.Members[a[0]].Key), string(n.Members[b[0]].Key)) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stories of the whole (-) and of its cuts (+):\n%s", diff)
	}
}
