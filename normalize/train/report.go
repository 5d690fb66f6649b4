package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"

	"wirefold/normalize"
)

// report prints the cross-validated table at several thresholds.
func report(sets []*set, floor, threshold float64) {
	fmt.Printf("%-22s %6s", "set (cross-validated)", "cand")
	steps := []float64{threshold - 1, threshold - 0.5, threshold, threshold + 0.5, threshold + 1}
	for _, t := range steps {
		fmt.Printf("  | %+.1f: B3 F1, pair P, R", t)
	}
	fmt.Println()
	for _, s := range sets {
		if s.quiet {
			continue
		}
		fmt.Printf("%-22s %.4f auc %.4f %.4f kept %.4f", s.name, s.recall(), s.ranked(s.pair), s.ranked(s.final), s.kept())
		for _, silence := range []float64{-4, -2, -1} {
			fmt.Printf("\n   silence %4.1f     ", silence)
			for _, t := range steps {
				story := s.stories(floor, t, silence)
				b, p := normalize.BCubed(story, s.event), normalize.Pairwise(story, s.event)
				fmt.Printf("  | %.4f  %.4f  %.4f", b.F1, p.P, p.R)
			}
		}
		fmt.Println()
	}
	if n, err := strconv.Atoi(os.Getenv("WORST")); err == nil {
		for _, s := range sets {

			s.mixed(-0.5)
			s.worst(n)
		}
	}
}

func (s *set) stories(floor, threshold, silence float64) []string {
	story := make([]string, len(s.as))
	for _, part := range s.bench.Group(s.pair, floor, s.final, threshold, silence) {
		for _, i := range part {
			story[i] = string(s.as[part[0]].Key)
		}
	}
	return story
}

// ranked is the chance that a pair of one event scores above a pair of two.
func (s *set) ranked(score []float64) float64 {
	type one struct {
		score float64
		same  bool
	}
	var all []one
	for k := range s.bench.Pairs {
		if s.pair[k] >= floor {
			all = append(all, one{score[k], s.same(k)})
		}
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Compare(a.score, b.score) })
	below, wins, pos := 0.0, 0.0, 0.0
	for _, o := range all {
		if o.same {
			wins += below
			pos++
		} else {
			below++
		}
	}
	return wins / max(1, below*pos)
}

func (s *set) kept() float64 {
	all, kept := 0.0, 0.0
	for k := range s.bench.Pairs {
		if s.same(k) {
			all++
			if s.pair[k] >= floor {
				kept++
			}
		}
	}
	return kept / max(all, 1)
}

// worst prints the pairs that were judged worst.
func (s *set) worst(n int) {
	var ks []int
	for k := range s.bench.Pairs {
		if s.pair[k] >= floor {
			ks = append(ks, k)
		}
	}
	bad := func(k int) float64 {
		if s.same(k) {
			return -s.final[k]
		}
		return s.final[k]
	}
	slices.SortFunc(ks, func(a, b int) int { return -cmp.Compare(bad(a), bad(b)) })
	for _, same := range []bool{true, false} {
		m := 0
		for _, k := range ks {
			if s.same(k) != same {
				continue
			}
			if m++; m > n {
				break
			}
			p := s.bench.Pairs[k]
			a, b := s.as[p[0]], s.as[p[1]]
			fmt.Printf("%s same=%v pair %.2f final %.2f  %s|%s [%s] %s | %.60s ||| [%s] %s | %.60s\n", s.name, same, s.pair[k], s.final[k], s.event[p[0]], s.event[p[1]], a.Lang, a.Title, a.Text, b.Lang, b.Title, b.Text)
			x := s.bench.PairSignals(k)
			fmt.Printf("      %.2v\n", x)
		}
	}
}

func auc(v []float32, same []bool) float64 {
	type one struct {
		v    float32
		same bool
	}
	var all []one
	for k := range v {
		if v[k] == v[k] {
			all = append(all, one{v[k], same[k]})
		}
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Compare(a.v, b.v) })
	wins, pos, neg := 0.0, 0.0, 0.0
	for i := 0; i < len(all); {
		j := i
		p, n := 0.0, 0.0
		for ; j < len(all) && all[j].v == all[i].v; j++ {
			if all[j].same {
				p++
			} else {
				n++
			}
		}
		wins += p * (neg + n/2)
		pos += p
		neg += n
		i = j
	}
	return wins / max(1, pos*neg)
}

func (s *set) signals() {
	n := normalize.NumSignals
	cols := make([][]float32, n)
	var same []bool
	s.bench.SetSignals(s.pair, floor, func(k int, x *[normalize.NumSignals]float32) {
		for i := range n {
			cols[i] = append(cols[i], x[i])
		}
		same = append(same, s.same(k))
	})
	fmt.Printf("%s:", s.name)
	for i := range n {
		fmt.Printf(" %s=%.3f", normalize.SignalNames()[i], auc(cols[i], same))
	}
	fmt.Println()
}

// mixed prints the stories that hold several events, and the events that lie in several stories.
func (s *set) mixed(threshold float64) {
	const silence = -2
	story := s.stories(floor, threshold, silence)
	in := map[string]map[string]int{}
	out := map[string]map[string]int{}
	for i := range story {
		if in[story[i]] == nil {
			in[story[i]] = map[string]int{}
		}
		in[story[i]][s.event[i]]++
		if out[s.event[i]] == nil {
			out[s.event[i]] = map[string]int{}
		}
		out[s.event[i]][story[i]]++
	}
	for st, es := range in {
		if len(es) > 1 {
			fmt.Println("MIXED", st, es)
		}
	}
	for e, ss := range out {
		if len(ss) > 1 {
			fmt.Println("SPLIT", e, ss)
		}
	}
}
