package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"wirefold/internal/news"
	"wirefold/normalize"
)

const (
	// maxErrors is how many wrong merges and how many misses are printed.
	maxErrors = 20
	// errorSignals is how many signals are said of each.
	errorSignals = 6
)

// mistake is a pair that was judged wrongly.
type mistake struct {
	i, j  int
	score float64
}

// printErrors explains the worst mistakes: the wrong merges with the highest scores, and the misses with the lowest.
func printErrors(a *app, m *normalize.Model, arts []news.Article, event, story []string) error {
	w := bufio.NewWriter(a.Stdout)
	e := m.NewExplainer(arts)
	find := func(by, other []string) []mistake {
		var out []mistake
		for _, is := range together(by) {
			for x, i := range is {
				for _, j := range is[:x] {
					if other[i] != other[j] {
						out = append(out, mistake{j, i, e.Score(i, j)})
					}
				}
			}
		}
		return out
	}
	merges, misses := find(story, event), find(event, story)
	slices.SortFunc(merges, func(p, q mistake) int { return cmp.Or(cmp.Compare(q.score, p.score), comparePlace(p, q)) })
	slices.SortFunc(misses, func(p, q mistake) int { return cmp.Or(cmp.Compare(p.score, q.score), comparePlace(p, q)) })
	for _, kind := range []struct {
		name string
		list []mistake
	}{{"wrong merge", merges}, {"miss", misses}} {
		fmt.Fprintf(w, "%s: %d pairs, the worst first\n", kind.name, len(kind.list))
		for _, p := range kind.list[:min(len(kind.list), maxErrors)] {
			x := explained{Explanation: e.Explain(p.i, p.j), a: &arts[p.i], b: &arts[p.j], common: m.InCommon(&arts[p.i], &arts[p.j])}
			printMistake(w, kind.name, event[p.i], event[p.j], &x)
		}
	}
	return w.Flush()
}

func printMistake(w io.Writer, kind, eventA, eventB string, x *explained) {
	fmt.Fprintf(w, "\n%s: events %s and %s\n   %s\n   %s\n%s\n", kind, oneLine(eventA), oneLine(eventB), articleLine(x.a), articleLine(x.b), x.scoreLine())
	x.printCommon(w)
	x.printSignals(w, errorSignals)
}

// wrongPair is a labelled pair that was judged wrongly.
type wrongPair struct {
	line  *line
	score float64
}

// printWrongPairs lists the labelled pairs that were judged wrongly, those furthest on the wrong side first.
func printWrongPairs(a *app, m *normalize.Model, wrong []wrongPair) error {
	w := bufio.NewWriter(a.Stdout)
	slices.SortStableFunc(wrong, func(p, q wrongPair) int {
		return cmp.Compare(math.Abs(q.score-m.File.Threshold), math.Abs(p.score-m.File.Threshold))
	})
	fmt.Fprintf(w, "judged wrongly: %d pairs, the worst first\n", len(wrong))
	for _, p := range wrong[:min(len(wrong), maxErrors)] {
		fmt.Fprintf(w, "%s is %s, score %+.2f: %s | %s\n", oneLine(p.line.ID), oneLine(p.line.Label), p.score, oneLine(p.line.A.Title), oneLine(p.line.B.Title))
	}
	return w.Flush()
}

func comparePlace(p, q mistake) int { return cmp.Or(cmp.Compare(p.i, q.i), cmp.Compare(p.j, q.j)) }

// together gives the indexes of each group, the groups in the order of their first member.
func together(name []string) [][]int {
	at := map[string]int{}
	var out [][]int
	for i, n := range name {
		k, ok := at[n]
		if !ok {
			k = len(out)
			at[n] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], i)
	}
	return out
}
