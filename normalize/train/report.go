package main

import (
	"fmt"
	"math"
)

// thresholds are those that the table's threshold is chosen from.
var thresholds = []float64{-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25}

// counts are what B-cubed and pairwise figures of some articles are made of.
type counts struct {
	n, precision, recall float64 // articles, and their summed B-cubed precision and recall
	joined, gold, hit    float64 // pairs that are joined, of one event, and both
}

func (c *counts) add(d counts) {
	c.n += d.n
	c.precision += d.precision
	c.recall += d.recall
	c.joined += d.joined
	c.gold += d.gold
	c.hit += d.hit
}

func (c counts) b3() (p, r, f float64) {
	return figures(c.precision/max(c.n, 1), c.recall/max(c.n, 1))
}

func (c counts) pairs() (p, r, f float64) {
	return figures(c.hit/max(c.joined, 1e-9), c.hit/max(c.gold, 1e-9))
}

func figures(p, r float64) (float64, float64, float64) {
	return p, r, 2 * p * r / max(p+r, 1e-9)
}

// measured are the counts of one set at one threshold, by the fold of the articles.
type measured [folds]counts

// report prints the table of nested cross-validation by event. A pair is scored by forests that saw neither of its
// events, and the articles of each fold are grouped by the threshold that serves the other folds of all sets best.
func report(sets []*set, joins *joiners) {
	var shown []*set
	for _, s := range sets {
		if !s.quiet {
			shown = append(shown, s)
		}
	}
	table := make([][]measured, len(shown))
	langs := make([][]counts, len(shown))
	for i, s := range shown {
		for _, t := range thresholds {
			m, across := s.measure(s.stories(joins, t))
			table[i] = append(table[i], m)
			langs[i] = append(langs[i], across)
		}
	}
	for i, s := range shown {
		curve(s.name, table[i])
	}
	var chosen [folds]int
	for f := range folds {
		chosen[f] = serves(table, f)
	}
	fmt.Print("thresholds by fold:")
	for _, c := range chosen {
		fmt.Printf(" %+.2f", thresholds[c])
	}
	fmt.Printf("\n%-30s %8s %10s | %6s %6s %6s | %6s %6s %6s | %s\n", "set", "articles", "candidates", "B3 P", "R", "F1", "pair P", "R", "F1", "across languages P R")
	for i, s := range shown {
		var c counts
		for f := range folds {
			c.add(table[i][chosen[f]][f])
		}
		fmt.Printf("%-30s %8d %10.4f |", s.name, len(s.as), s.recall())
		p, r, f1 := c.b3()
		fmt.Printf(" %.4f %.4f %.4f |", p, r, f1)
		p, r, f1 = c.pairs()
		fmt.Printf(" %.4f %.4f %.4f |", p, r, f1)
		if x := langs[i][chosen[0]]; x.gold > 0 {
			p, r, _ = x.pairs()
			fmt.Printf(" %.4f %.4f", p, r)
		}
		fmt.Println()
	}
}

// curve prints B-cubed F1 and pairwise precision of one set at every threshold.
func curve(name string, ms []measured) {
	fmt.Printf("%-30s", name)
	for _, m := range ms {
		var c counts
		for _, d := range m {
			c.add(d)
		}
		_, _, f1 := c.b3()
		p, _, _ := c.pairs()
		fmt.Printf(" %.3f/%.2f", f1, p)
	}
	fmt.Println()
}

// serves is the threshold that is best for the articles outside of one fold: by the mean over the sets of B-cubed F1 and
// half of the pairwise precision, since a wrong merge is worse than a missed one.
func serves(table [][]measured, fold int) int {
	best, at := math.Inf(-1), 0
	for t := range thresholds {
		sum := 0.0
		for _, ms := range table {
			var c counts
			for f := range folds {
				if f != fold {
					c.add(ms[t][f])
				}
			}
			_, _, f1 := c.b3()
			p, _, _ := c.pairs()
			sum += f1 + p/2
		}
		if sum > best {
			best, at = sum, t
		}
	}
	return at
}

// measure counts the stories of a set against its events, and the pairs of two languages among them.
func (s *set) measure(story []string) (m measured, across counts) {
	stories, both := map[string]int{}, map[[2]string]int{}
	for i, st := range story {
		stories[st]++
		both[[2]string{st, s.event[i]}]++
	}
	for i, st := range story {
		same, joined, gold := both[[2]string{st, s.event[i]}], stories[st], s.size[s.event[i]]
		m[s.fold[i]].add(counts{
			n: 1, precision: float64(same) / float64(joined), recall: float64(same) / float64(gold),
			joined: float64(joined - 1), gold: float64(gold - 1), hit: float64(same - 1),
		})
	}
	for i := range story {
		for j := range i {
			if s.langs[i] == s.langs[j] || s.langs[i] == "" || s.langs[j] == "" {
				continue
			}
			joined, gold := story[i] == story[j], s.event[i] == s.event[j]
			across.add(counts{joined: one(joined), gold: one(gold), hit: one(joined && gold)})
		}
	}
	return m, across
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// stories groups a set by its cross-validated scores.
func (s *set) stories(joins *joiners, threshold float64) []string {
	story := make([]string, len(s.as))
	for _, part := range s.bench.Join(threshold, joins.decide(s), nil) {
		for _, i := range part {
			story[i] = string(s.as[part[0]].Key)
		}
	}
	return story
}
