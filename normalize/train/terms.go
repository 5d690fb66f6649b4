package main

import (
	"maps"
	"math"
	"slices"
	"strings"

	"wirefold/internal/news"
	"wirefold/normalize"
)

// census says in how many events each word stands. Events are counted, not articles: a name that a hundred articles on one event share is as rare as the
// event.
type census struct {
	events int                   // all of them
	in     map[uint32]int        // how many have a word, by its hash
	of     map[eventKey][]uint32 // the words of each event
	kind   map[uint32]uint8      // of the words that stand in minCount events: what the term table holds, as in normalize.WriteTerms
}

// eventKey names an event: the path of its file, and its label.
type eventKey struct{ path, event string }

const (
	plainWord = 1 + iota
	nameWord  // nearly always with a capital
	stopWord  // in more than a fifth of the events
)

func takeCensus(files map[string][]line, paths []string) *census {
	c := &census{in: map[uint32]int{}, of: map[eventKey][]uint32{}, kind: map[uint32]uint8{}}
	upper, known := map[uint32]int{}, map[uint32]int{}
	for _, path := range paths {
		seen := map[string]map[uint32]bool{}
		for _, l := range files[path] {
			if l.Lang != "en" && l.Lang != "" && !strings.Contains(path, "meantime") {
				continue
			}
			if seen[l.Event] == nil {
				seen[l.Event] = map[uint32]bool{}
				c.events++
			}
			for _, w := range normalize.Words(&news.Article{Title: l.Title, Text: l.Text}) {
				if !seen[l.Event][w.Hash] {
					seen[l.Event][w.Hash] = true
					c.in[w.Hash]++
				}
				if w.Known {
					known[w.Hash]++
					if w.Upper {
						upper[w.Hash]++
					}
				}
			}
		}
		for e, words := range seen {
			c.of[eventKey{path, e}] = slices.Sorted(maps.Keys(words))
		}
	}
	for h, n := range c.in {
		switch {
		case n < minCount:
		case n*5 > c.events:
			c.kind[h] = stopWord
		case known[h] >= 3 && upper[h]*10 >= known[h]*8:
			c.kind[h] = nameWord
		default:
			c.kind[h] = plainWord
		}
	}
	return c
}

// table is the term table.
func (c *census) table() []byte {
	hs := slices.Sorted(maps.Keys(c.kind))
	idf, kinds := make([]uint8, len(hs)), make([]uint8, len(hs))
	for i, h := range hs {
		idf[i], kinds[i] = c.rarity(c.in[h]), c.kind[h]
	}
	return normalize.WriteTerms(c.rarity(1), hs, idf, kinds)
}

// without is the model as it would be had one event not been counted. Articles are marked by it to learn from them, because of those that are grouped later
// the table never saw the event. By the whole table two events of the census can share a word that it does not know only if no third one has it; later they
// share such words all the time, and a model that did not learn so takes them for proof. With newer it knows fewer words: see census.newer.
func (c *census) without(m *normalize.Model, e eventKey, newer bool) *normalize.Model {
	var hs []uint32
	var idf, kinds []uint8
	for _, h := range c.of[e] {
		if c.kind[h] != 0 {
			hs, idf, kinds = append(hs, h), append(idf, 0), append(kinds, 0)
			if n := c.in[h] - 1; n >= minCount && !(newer && c.newer(h)) {
				idf[len(idf)-1], kinds[len(kinds)-1] = c.rarity(n), c.kind[h]
			}
		}
	}
	if len(hs) == 0 {
		return m
	}
	return m.WithTerms(hs, idf, kinds)
}

// newer says of a word whether it is newer than the table, where that is pretended: half of the names are, and some other words, but not those that every subject has.
func (c *census) newer(h uint32) bool {
	switch c.kind[h] {
	case nameWord:
		return mix(h)%2 == 0
	case plainWord:
		return mix(h)%8 == 0 && c.in[h]*100 < c.events
	}
	return false
}

// minCount is the number of events that a word must stand in to be kept: rarer ones are all alike rare.
const minCount = 2

// rarity is that of a word in n events, in twentieths.
func (c *census) rarity(n int) uint8 {
	return uint8(min(250, 20*math.Log(float64(c.events)/float64(n))))
}
