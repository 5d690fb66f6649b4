package main

import (
	"fmt"

	"wirefold/internal/news"
	"wirefold/normalize"
)

// Cross-validation scores pairs and joins by forests of three quarters of the events, and groups by those scores; the program groups by one model. That both come to the
// same is measured here: a model of one half of the events, embedded as the program would, groups the other half, and the reverse. It has half as much to learn from.

// learnHalves prints the figures of both halves together, at every threshold.
func learnHalves(_, _, seeds string, paths []string) error {
	files, err := readFiles(paths)
	if err != nil {
		return err
	}
	var names []string
	sums := map[string][]counts{}
	for h := range uint32(2) {
		t, err := learnFrom(half(files, h), paths, seeds)
		if err != nil {
			return err
		}
		ms := make([]*normalize.Model, len(thresholds))
		for i, at := range thresholds {
			t.file.Threshold = at
			if ms[i], err = normalize.NewModel(t.file, t.terms); err != nil {
				return fmt.Errorf("make the model of a half: %w", err)
			}
		}
		others := half(files, 1-h)
		for _, p := range paths {
			if len(others[p]) == 0 {
				continue
			}
			for _, s := range setsOf(p, others[p]) {
				if s.quiet {
					continue
				}
				if sums[s.name] == nil {
					names = append(names, s.name)
					sums[s.name] = make([]counts, len(thresholds))
				}
				for i, c := range s.countsBy(ms) {
					sums[s.name][i].add(c)
				}
			}
		}
	}
	for _, name := range names {
		fmt.Printf("%-30s", name)
		for _, c := range sums[name] {
			_, _, f1 := c.b3()
			p, _, _ := c.pairs()
			fmt.Printf(" %.3f/%.2f", f1, p)
		}
		fmt.Println()
	}
	return nil
}

// half keeps every other event; folds are dealt by other bits.
func half(files map[string][]line, which uint32) map[string][]line {
	out := map[string][]line{}
	for p, ls := range files {
		for _, l := range ls {
			if mix(eventHash("half"+l.Event))%2 == which {
				out[p] = append(out[p], l)
			}
		}
	}
	return out
}

// countsBy groups the set as the program does, by models that differ in their thresholds.
func (s *set) countsBy(ms []*normalize.Model) []counts {
	as := make([]news.Marked, len(s.as))
	for i := range s.as {
		a := &s.as[i]
		as[i] = news.Marked{Key: a.Key, Published: a.Published, Marks: ms[0].Mark(a)}
	}
	edges := ms[0].Link(as, ms[0].Candidates(as))
	out := make([]counts, len(ms))
	for i, m := range ms {
		story := make([]string, len(as))
		for _, part := range m.Group(news.Neighbourhood{Members: as, Edges: edges}) {
			for _, k := range part {
				story[k] = string(as[part[0]].Key)
			}
		}
		folds, _ := s.measure(story)
		for _, c := range folds {
			out[i].add(c)
		}
	}
	return out
}
