package normalize

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

// point is a vector near one of some directions.
func point(t *testing.T, direction uint64, noise float64, seed uint64) news.Vector {
	t.Helper()
	r, n := rand.New(rand.NewPCG(direction, 1)), rand.New(rand.NewPCG(direction, 2+seed))
	v := make([]float32, 64)
	for i := range v {
		v[i] = float32(r.NormFloat64() + noise*n.NormFloat64())
	}
	out, ok := Quantise("model", 20, 80, v)
	if !ok {
		t.Fatal("no vector")
	}
	return out
}

// told are articles of some events, without vectors.
func vectorArticles(n int) []news.Article {
	as := make([]news.Article, n)
	for i := range as {
		as[i] = news.Article{Key: news.ArticleKey(fmt.Sprintf("k%02d", i)), Title: fmt.Sprintf("Minister Adamou opens the harbour of Larnaca, part %d", i/3),
			Text: fmt.Sprintf("Minister Adamou opened harbour number %d of Larnaca on Friday with %d guests from Famagusta and %d ships.", i/3, 200+i, 10+i/3)}
	}
	return as
}

func TestAVectorAddsOneBoundedSignal(t *testing.T) {
	a, near, far := point(t, 1, 0, 0), point(t, 1, .3, 1), point(t, 2, 0, 0)
	other := near
	other.Model = "another"
	scaled := near
	scaled.Same = 70
	flat := news.Vector{Model: "model", Unrelated: 20, Same: 80, Data: make([]byte, 64)}
	mark := func(v news.Vector) *vectorMark {
		s, err := decodeSketch(WithVector(Load().Mark(&news.Article{Title: "A title"}), v).Blob)
		if err != nil {
			t.Fatal(err)
		}
		return &s.vector
	}
	for _, tt := range []struct {
		name      string
		a, b      news.Vector
		low, high float64
	}{
		{"the same", a, a, 1.5, 1.5},
		{"near", a, near, 1, 1.5},
		{"unrelated", a, far, -1.5, -0.5},
		{"one has none", a, news.Vector{}, 0, 0},
		{"neither has one", news.Vector{}, news.Vector{}, 0, 0},
		{"of two models", a, other, 0, 0},
		{"of two scales", a, scaled, 0, 0},
		{"without direction", a, flat, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, q := mark(tt.a), mark(tt.b)
			say, _ := p.says(q)
			back, _ := q.says(p)
			if say != back || say < tt.low || say > tt.high {
				t.Errorf("it says %v, and back %v, want %v to %v", say, back, tt.low, tt.high)
			}
		})
	}
}

func TestTheLineOfTheVectorSignal(t *testing.T) {
	for _, tt := range []struct{ cos, want float64 }{{-1, -1.5}, {.2, -1.5}, {.35, -.75}, {.5, 0}, {.65, .75}, {.8, 1.5}, {1, 1.5}} {
		v, ok := Quantise("m", 20, 80, []float32{1, 0})
		w, ok2 := Quantise("m", 20, 80, []float32{float32(tt.cos), float32(math.Sqrt(1 - tt.cos*tt.cos))})
		if !ok || !ok2 {
			t.Fatal("no vectors")
		}
		p, q := vectorMark{data: v.Data, unrelated: 20, same: 80}, vectorMark{data: w.Data, unrelated: 20, same: 80}
		if say, _ := p.says(&q); math.Abs(say-tt.want) > .03 {
			t.Errorf("at a likeness of %v it says %v, want %v", tt.cos, say, tt.want)
		}
	}
}

func TestWhatIsNoVectorIsRefused(t *testing.T) {
	for name, v := range map[string][]float32{
		"empty": nil, "zeros": {0, 0, 0}, "not a number": {1, float32(math.NaN())}, "endless": {float32(math.Inf(1)), 1}, "too long": make([]float32, MaxVector+1),
	} {
		if got, ok := Quantise("m", 20, 80, v); ok {
			t.Errorf("%s: %v", name, got)
		}
	}
	m := news.Marks{Blob: []byte("x")}
	if got := WithVector(m, news.Vector{Model: "m", Data: make([]byte, MaxVector+1)}); len(got.Blob) != 1 {
		t.Error("a stored vector that is too long was taken")
	}
}

// Marks, edges, stories and explanations without a vector are what they are where no vector was ever heard of, and vectors
// of some articles change nothing about pairs of others.
func TestGroupingWithoutVectorsIsUntouched(t *testing.T) {
	m := Load()
	as := vectorArticles(12)
	var bare, with []news.Marked
	for i := range as {
		k := m.Mark(&as[i])
		bare = append(bare, news.Marked{Key: as[i].Key, Marks: k})
		if i%2 == 0 { // every second has one, but no two of one model
			as[i].Vector = point(t, uint64(i), 0, 0)
			as[i].Vector.Model = fmt.Sprint("model ", i)
			k = m.Mark(&as[i])
		}
		with = append(with, news.Marked{Key: as[i].Key, Marks: k})
	}
	var pairs [][2]int32
	for i := range as {
		for j := range i {
			pairs = append(pairs, [2]int32{int32(j), int32(i)})
		}
	}
	one, two := m.Link(bare, pairs), m.Link(with, pairs)
	if len(one) == 0 {
		t.Fatal("no edges: nothing was proven")
	}
	if diff := cmp.Diff(one, two); diff != "" {
		t.Errorf("edges (-without +with):\n%s", diff)
	}
	if diff := cmp.Diff(m.Group(news.Neighbourhood{Members: bare, Edges: one}), m.Group(news.Neighbourhood{Members: with, Edges: two})); diff != "" {
		t.Errorf("stories (-without +with):\n%s", diff)
	}
}

// A vector has its say in the score of a pair, of a neighbourhood and in what explain shows; its order of arrival has none.
func TestAVectorIsHeardAndExplained(t *testing.T) {
	m := Load()
	plain := vectorArticles(6)
	as := vectorArticles(6)
	for i := range as {
		as[i].Vector = point(t, uint64(i/3), .2, uint64(i))
	}
	sum := func(x Explanation) (sum float64, vector *SignalSaid) {
		for i, s := range x.Signals {
			sum += s.Contribution
			if s.Name == vectorSignal {
				vector = &x.Signals[i]
			}
		}
		return sum, vector
	}
	for _, tt := range []struct {
		a, b int
		up   bool
	}{{0, 1, true}, {0, 4, false}} {
		before, after := m.Explain(plain, tt.a, tt.b), m.Explain(as, tt.a, tt.b)
		total, said := sum(after)
		if said == nil || said.Contribution > 0 != tt.up || math.Abs(said.Contribution) > maxVectorSay {
			t.Fatalf("%d and %d: the signal says %+v, want it up: %v", tt.a, tt.b, said, tt.up)
		}
		if math.Abs(total-after.Score) > 1e-9 {
			t.Errorf("%d and %d: contributions sum to %v, the score is %v", tt.a, tt.b, total, after.Score)
		}
		if after.Score > before.Score != tt.up {
			t.Errorf("%d and %d: score %v without vectors, %v with them, want it up: %v", tt.a, tt.b, before.Score, after.Score, tt.up)
		}
		if !strings.HasPrefix(said.Said, "meaning, by the embedding service: ") {
			t.Errorf("said as %q", said.Said)
		}
		if _, none := sum(before); none != nil {
			t.Errorf("without vectors it says %+v", none)
		}
		if got := m.NewExplainer(as).Score(tt.a, tt.b); math.Abs(got-after.Score) > 1e-9 {
			t.Errorf("Score = %v, Explain says %v", got, after.Score)
		}
	}
	want := m.Partition(as, nil)
	keys := func(as []news.Article, parts [][]int) map[news.ArticleKey]news.ArticleKey {
		out := map[news.ArticleKey]news.ArticleKey{}
		for _, p := range parts {
			for _, i := range p {
				out[as[i].Key] = as[p[0]].Key
			}
		}
		return out
	}
	turned := append(append([]news.Article{}, as[3:]...), as[:3]...)
	if diff := cmp.Diff(keys(as, want), keys(turned, m.Partition(turned, nil))); diff != "" {
		t.Errorf("another order, other stories:\n%s", diff)
	}
}

func TestATornVectorIsNoMark(t *testing.T) {
	m := Load()
	a := news.Article{Title: "A title of some words", Vector: point(t, 1, 0, 0)}
	blob := m.Mark(&a).Blob
	bare := m.Mark(&news.Article{Title: a.Title}).Blob
	for n := len(bare) + 1; n < len(blob); n++ {
		if _, err := decodeSketch(blob[:n]); err == nil {
			t.Fatalf("%d of %d bytes were read", n, len(blob))
		}
	}
}

func TestWhatAServiceIsSent(t *testing.T) {
	long := strings.Repeat("żółw ", 1000)
	for _, tt := range []struct {
		name string
		a    news.Article
		want string
	}{
		{"title and text", news.Article{Title: "T", Text: "T\n\nBody."}, "T\n\nBody."},
		{"a headline for want of a title", news.Article{Headline: "H", Text: "Body."}, "H\n\nBody."},
		{"a title alone", news.Article{Title: "T"}, "T"},
		{"nothing", news.Article{}, ""},
		{"the lead of a long text", news.Article{Title: "T", Text: long}, strings.TrimSpace("T\n\n" + long[:0] + string([]rune(long)[:maxEmbedded-3]))},
	} {
		if got := Embedded(&tt.a); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
