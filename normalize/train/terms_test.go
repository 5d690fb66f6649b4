package main

import (
	"fmt"
	"slices"
	"testing"

	"wirefold/normalize"
)

// An article must be as new to the table that it is learned with as those are that are grouped later: a word counts by the events beside its own.
func TestArticlesAreLearnedFromAsIfTheirEventWereNew(t *testing.T) {
	const path = "a.jsonl"
	var ls []line
	// The first word stands in as many events as the table asks for, each other in one more; pairs share nothing else.
	for n, word := range []string{"zorbal", "quintrel", "mavlock"} {
		for e := range minCount + n {
			ls = append(ls, line{ID: fmt.Sprint(word, e), Event: fmt.Sprint(word, e), Title: fmt.Sprintf("the %s of the own%s%d", word, word, e), Lang: "en"})
		}
	}
	for e := range 400 {
		ls = append(ls, line{ID: fmt.Sprint("other", e), Event: fmt.Sprint("other", e), Title: fmt.Sprintf("other%d", e), Lang: "en"})
	}
	c := takeCensus(map[string][]line{path: ls}, []string{path})
	m, err := normalize.NewModel(normalize.ModelFile{Version: normalize.Version, Signals: normalize.SignalNames(), Joins: normalize.JoinNames()}, c.table())
	if err != nil {
		t.Fatal(err)
	}
	s := newSet("a", both(1), ls, false)
	s.path = path
	s.prepare(m, c)
	rarest := slices.Index(normalize.SignalNames(), "rarest word shared")
	said := map[string]float32{}
	for k, p := range s.bench.Pairs {
		word := s.as[p[0]].Title[4:8]
		said[word] = s.bench.PairSignals(k)[rarest]
	}
	if unknown := float32(c.rarity(1)) / 20; said["zorb"] != unknown {
		t.Errorf("a word of %d events, of which its own is not counted, has weight %v; one that is not in the table has %v", minCount, said["zorb"], unknown)
	}
	if said["quin"] >= said["zorb"] || said["mavl"] >= said["quin"] {
		t.Errorf("words of more events do not say less: %v", said)
	}
}

// Of busy days' items, half of the names are as unknown as those of a subject that is newer than the table.
func TestSubjectsMayBeNewerThanTheTable(t *testing.T) {
	const path = "a.jsonl"
	var ls []line
	for e := range 900 {
		ls = append(ls, line{ID: fmt.Sprint(e), Event: fmt.Sprint(e), Title: fmt.Sprintf("they met Z%corbal and nobody else", 'a'+rune(e%26)), Lang: "en"})
	}
	c := takeCensus(map[string][]line{path: ls}, []string{path})
	m, err := normalize.NewModel(normalize.ModelFile{Version: normalize.Version, Signals: normalize.SignalNames(), Joins: normalize.JoinNames()}, c.table())
	if err != nil {
		t.Fatal(err)
	}
	rarest := slices.Index(normalize.SignalNames(), "rarest word shared")
	for _, newer := range []bool{false, true} {
		s := newSet("a", both(1), ls[:260], false)
		s.path, s.newer = path, newer
		s.prepare(m, c)
		unknown := map[string]bool{}
		for k, p := range s.bench.Pairs {
			if s.bench.PairSignals(k)[rarest] == float32(c.rarity(1))/20 {
				unknown[s.as[p[0]].Title] = true
			}
		}
		if n := len(unknown); !newer && n > 0 || newer && (n < 6 || n > 20) {
			t.Errorf("newer %v: %d of 26 names count as unknown", newer, n)
		}
	}
}
