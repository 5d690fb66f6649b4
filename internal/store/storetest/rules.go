package storetest

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

// Rules are small pure functions in the place of the real ones: two articles that share a key tell one event, and so
// do all that are connected. Every story is published in the topic "all" at once.
func Rules() store.Rules {
	return store.Rules{
		Rule:      news.KeyRule{MinShared: 1, MaxHolders: 1000},
		Link:      AtOnce(linkAll),
		Group:     components,
		Reconcile: reconcile,
		Mint:      mint,
		Advance:   advance,
	}
}

// AtOnce makes a store.Rules.Link of a function that is handed all articles of a call in one list. It reads them after Link has
// answered, so it may find their blobs gone.
func AtOnce(link func(as []news.Marked, pairs [][2]int32) []news.Edge) func([]news.Marked) func([]news.Marked, [][2]int32) []news.Edge {
	return func(own []news.Marked) func([]news.Marked, [][2]int32) []news.Edge {
		return func(others []news.Marked, pairs [][2]int32) []news.Edge {
			return link(slices.Concat(own, others), pairs)
		}
	}
}

func linkAll(_ []news.Marked, pairs [][2]int32) []news.Edge {
	var out []news.Edge
	for _, p := range pairs {
		out = append(out, news.Edge{A: p[0], B: p[1], Score: 1})
	}
	return out
}

// components are the connected components of edges, closed stories and merges; articles that a split names apart
// stay alone.
func components(n news.Neighbourhood) [][]int {
	at := map[news.ArticleKey]int{}
	for i, m := range n.Members {
		at[m.Key] = i
	}
	parent := make([]int, len(n.Members))
	for i := range parent {
		parent[i] = i
	}
	var root func(int) int
	root = func(i int) int {
		if parent[i] != i {
			parent[i] = root(parent[i])
		}
		return parent[i]
	}
	apart := map[[2]int]bool{}
	for _, r := range n.Rulings {
		if r.Op == news.OpSplit {
			a, b := at[r.Articles[0]], at[r.Articles[1]]
			apart[[2]int{min(a, b), max(a, b)}] = true
		}
	}
	join := func(a, b int) {
		if !apart[[2]int{min(a, b), max(a, b)}] {
			parent[root(a)] = root(b)
		}
	}
	for _, e := range n.Edges {
		join(int(e.A), int(e.B))
	}
	for _, c := range n.Closed {
		for _, i := range c {
			join(c[0], i)
		}
	}
	for _, r := range n.Rulings {
		if r.Op == news.OpMerge {
			for _, k := range r.Articles {
				join(at[r.Articles[0]], at[k])
			}
		}
	}
	parts := map[int][]int{}
	for i := range n.Members {
		parts[root(i)] = append(parts[root(i)], i)
	}
	var out [][]int
	for _, p := range parts {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b []int) int { return a[0] - b[0] })
	return out
}

// reconcile lets a part keep the oldest id whose founder it holds.
func reconcile(old []news.Standing, parts [][]news.ArticleKey, seen map[news.ArticleKey]time.Time) news.Assigned {
	slices.SortFunc(old, func(a, b news.Standing) int {
		if c := a.Minted.Compare(b.Minted); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	keeps := map[int]news.Standing{}
	partOf := map[news.ArticleKey]int{}
	var out news.Assigned
	for i, part := range parts {
		for _, k := range part {
			partOf[k] = i
		}
	}
	for _, o := range old {
		home, ok := partOf[o.Founder]
		for _, k := range o.Members {
			if !ok {
				home, ok = partOf[k]
			}
		}
		if !ok {
			continue
		}
		if k, taken := keeps[home]; taken {
			out.Aliases = append(out.Aliases, news.Alias{Old: o.ID, New: k.ID})
		} else {
			keeps[home] = o
		}
	}
	was := map[news.ArticleKey]news.StoryID{}
	for _, o := range old {
		for _, k := range o.Members {
			was[k] = o.ID
		}
	}
	for i, part := range parts {
		s := news.AssignedStory{Members: part}
		if k, ok := keeps[i]; ok {
			s.ID, s.Founder = k.ID, k.Founder
		} else {
			s.Founder = slices.MinFunc(part, func(a, b news.ArticleKey) int {
				if c := seen[a].Compare(seen[b]); c != 0 {
					return c
				}
				return strings.Compare(string(a), string(b))
			})
			s.From = was[s.Founder]
		}
		out.Stories = append(out.Stories, s)
	}
	return out
}

func mint(founder news.ArticleKey, n int) news.StoryID {
	sum := sha256.Sum256([]byte(founder))
	id := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
	if n > 0 {
		id += fmt.Sprint(n)
	}
	return news.StoryID(id)
}

// advance publishes every story in the topic "all", counts its changes, and ends it when it is merged or empty.
func advance(st news.Step) news.Story {
	s := st.Old
	if len(st.Members) == 0 {
		if s.Life.State == news.Live {
			s.Life.State, s.Life.Into, s.Life.Ended = news.Dropped, st.Into, st.Now
			if st.Into != "" {
				s.Life.State = news.Merged
			}
		}
		s.Life.Wake = time.Time{}
		s.Account.Tellings = nil
		return s
	}
	if s.Life.Published.IsZero() {
		s.Life.Published = st.Now
		s.Life.Topics = []string{"all"}
	}
	s.Life.Wake = time.Time{}
	s.Account.Tellings = nil
	for _, a := range st.Members {
		s.Account.Tellings = append(s.Account.Tellings, news.Telling{Article: a.Key, Feed: a.Feed, Title: a.Title})
	}
	s.Account.Lead = st.Founder
	s.Account.Tags = st.Rulings
	for _, p := range st.Pins {
		s.Account.Headline = p.Headline
	}
	if len(s.Account.Tellings) != len(st.Old.Account.Tellings) {
		s.Life.Updated = st.Now
	}
	return s
}
