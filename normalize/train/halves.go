package main

import (
	"fmt"

	"wirefold/internal/news"
	"wirefold/normalize"
)

// Cross-validation scores pairs and joins by forests of three quarters of the events, and groups by those scores; the program groups by one model. That both come to the
// same is measured here: a model of one half of the events, embedded as the program would, groups the other half, and the reverse. It has half as much to learn from.

// learnHalves prints the figures of both halves together, at every threshold.
func learnHalves(seeds string, paths []string) error {
	files, err := readFiles(paths)
	if err != nil {
		return err
	}
	var names []string
	table := map[string][]measured{}
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
				if table[s.name] == nil {
					names = append(names, s.name)
					table[s.name] = make([]measured, len(thresholds))
				}
				for i, m := range s.measuredBy(ms) {
					for f := range m {
						table[s.name][i][f].add(m[f])
					}
				}
			}
		}
	}
	for _, name := range names {
		curve(name, table[name])
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

// measuredBy groups the set as the program does, by models that differ in their thresholds.
func (s *set) measuredBy(ms []*normalize.Model) []measured {
	as := make([]news.Marked, len(s.as))
	for i := range s.as {
		a := &s.as[i]
		as[i] = news.Marked{Key: a.Key, Published: a.Published, Marks: ms[0].Mark(a)}
	}
	edges := ms[0].Link(as, ms[0].Candidates(as))
	out := make([]measured, len(ms))
	for i, m := range ms {
		story := make([]string, len(as))
		for _, part := range m.Group(news.Neighbourhood{Members: as, Edges: edges}) {
			for _, k := range part {
				story[k] = string(as[part[0]].Key)
			}
		}
		out[i], _ = s.measure(story)
	}
	return out
}
