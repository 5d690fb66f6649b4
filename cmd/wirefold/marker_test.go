package main

import (
	"context"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/refresh"
	"wirefold/internal/store"
	"wirefold/internal/store/storetest"
)

// The marker model stands in for the matcher: articles with a common file number are one event. Stories then merge and
// split exactly when a generated life says so, as often as it likes, and the store, the ids and the entries must bear it.

var marker = regexp.MustCompile(`file WF\d+X`)

// markerNormal marks articles with the file numbers in their text.
type markerNormal struct{ normalizer }

func (n markerNormal) Article(f news.Feed, d *news.Document, it news.Item) news.Article {
	a := n.normalizer.Article(f, d, it)
	a.Marks = markerMarks(&a)
	return a
}

func markerMarks(a *news.Article) news.Marks {
	found := marker.FindAllString(a.Text, -1)
	slices.Sort(found)
	found = slices.Compact(found)
	m := news.Marks{Blob: []byte(strings.Join(found, "\n"))}
	for _, s := range found {
		h := fnv.New64a()
		h.Write([]byte(s))
		m.Keys = append(m.Keys, news.MakeKey(h.Sum64(), 15))
	}
	slices.Sort(m.Keys)
	return m
}

// markerKeeper places by the marker model.
type markerKeeper struct {
	*store.Store
	house *house
}

func (k markerKeeper) Place(ctx context.Context, now time.Time) (refresh.Placed, error) {
	r := k.house.rules()
	r.Rule = news.KeyRule{MinShared: 1, MaxHolders: 10_000}
	r.MarksVersion, r.Mark, r.Link, r.Group = nil, markerMarks, storetest.AtOnce(markerLink), markerGroup
	p, err := k.Store.Place(ctx, now, r)
	return refresh.Placed{Articles: p.Articles, New: p.New, Changed: p.Changed, Merged: p.Merged, Split: p.Split, More: p.More}, err
}

func markerLink(as []news.Marked, pairs [][2]int32) []news.Edge {
	var out []news.Edge
	for _, p := range pairs {
		a, b := as[p[0]], as[p[1]]
		common := slices.ContainsFunc(a.Marks.Keys, func(k news.Key) bool { return slices.Contains(b.Marks.Keys, k) })
		if !common {
			continue
		}
		out = append(out, news.Edge{A: p[0], B: p[1], Score: 1})
	}
	return out
}

// edgeName is the keys of both ends, the least first.
func edgeName(n news.Neighbourhood, e news.Edge) string {
	a, b := n.Members[e.A].Key, n.Members[e.B].Key
	return string(min(a, b) + max(a, b))
}

// markerGroup joins what is linked, keeps closed stories as they are, and lets corrections decide.
func markerGroup(n news.Neighbourhood) [][]int {
	at := map[news.ArticleKey]int{}
	for i, m := range n.Members {
		at[m.Key] = i
	}
	up := make([]int, len(n.Members))
	for i := range up {
		up[i] = i
	}
	var root func(int) int
	root = func(i int) int {
		if up[i] != i {
			up[i] = root(up[i])
		}
		return up[i]
	}
	closed := map[int]int{} // root → closed story that it holds
	join := func(a, b int, force bool) {
		a, b = root(a), root(b)
		ca, aClosed := closed[a]
		cb, bClosed := closed[b]
		if a == b || !force && aClosed && bClosed && ca != cb {
			return
		}
		up[b] = a
		if !aClosed && bClosed {
			closed[a] = cb
		}
	}
	for i, c := range n.Closed {
		for _, m := range c[1:] {
			join(c[0], m, true)
		}
		closed[root(c[0])] = i
	}
	edges := slices.Clone(n.Edges)
	slices.SortFunc(edges, func(a, b news.Edge) int { return strings.Compare(edgeName(n, a), edgeName(n, b)) })
	for _, e := range edges {
		join(int(e.A), int(e.B), false)
	}
	alone := map[int]bool{}
	for _, r := range n.Rulings {
		if r.Op == news.OpMerge {
			for _, k := range r.Articles[1:] {
				join(at[r.Articles[0]], at[k], true)
			}
		}
	}
	for _, r := range n.Rulings {
		if r.Op == news.OpSplit && root(at[r.Articles[0]]) == root(at[r.Articles[1]]) {
			alone[max(at[r.Articles[0]], at[r.Articles[1]])] = true
		}
	}
	parts := map[int][]int{}
	var out [][]int
	for i := range n.Members {
		if alone[i] {
			out = append(out, []int{i})
			continue
		}
		parts[root(i)] = append(parts[root(i)], i)
	}
	for _, p := range parts {
		out = append(out, p)
	}
	return out
}
