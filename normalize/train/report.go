package main

import (
	"fmt"

	"wirefold/normalize"
)

// report prints the cross-validated table: at the model's threshold, and below and above it.
func report(sets []*set) {
	steps := []float64{threshold - 0.5, threshold - 0.25, threshold, threshold + 0.25, threshold + 0.5}
	fmt.Printf("%-24s %6s", "set (cross-validated)", "cand")
	for _, t := range steps {
		fmt.Printf("  | %+.2f: B3 F1  pair P  R", t)
	}
	fmt.Println()
	for _, s := range sets {
		if s.quiet {
			continue
		}
		fmt.Printf("%-24s %.4f", s.name, s.recall())
		for _, t := range steps {
			story := s.stories(t)
			b, p := normalize.BCubed(story, s.event), normalize.Pairwise(story, s.event)
			fmt.Printf("  |   %.4f   %.4f   %.4f", b.F1, p.P, p.R)
		}
		fmt.Println()
	}
}

// stories groups a set by its cross-validated scores.
func (s *set) stories(threshold float64) []string {
	story := make([]string, len(s.as))
	for _, part := range s.bench.Group(s.pair, floor, s.final, threshold, silence) {
		for _, i := range part {
			story[i] = string(s.as[part[0]].Key)
		}
	}
	return story
}
