package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"wirefold/internal/news"
	"wirefold/normalize"
)

// explained is an explanation with the articles that it is about.
type explained struct {
	normalize.Explanation
	a, b   *news.Article
	common normalize.Common
	// find gives an article that decided, nil when only its key is known.
	find func(news.ArticleKey) *news.Article
}

// maxSaidSignals is how many signals the text form names; the others are summed up, and --json has them all.
const maxSaidSignals = 12

// maxSaidJoins is the same of the stories as wholes.
const maxSaidJoins = 8

// printExplained writes an explanation for people, or as one JSON object.
func printExplained(to io.Writer, x explained, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(to)
		enc.SetEscapeHTML(false)
		return enc.Encode(x.Explanation)
	}
	w := bufio.NewWriter(to)
	fmt.Fprintf(w, "A  %s\nB  %s\n\n", articleLine(x.a), articleLine(x.b))
	for _, line := range x.verdict() {
		fmt.Fprintln(w, line)
	}
	x.printCommon(w)
	x.printSignals(w, maxSaidSignals)
	if len(x.DecidedBy) > 0 {
		fmt.Fprintf(w, "\nDecided among the articles of the story or the two stories (%d):\n", len(x.DecidedBy))
		for _, k := range x.DecidedBy {
			if found := x.find(k); found != nil {
				fmt.Fprintf(w, "  %s\n", articleLine(found))
			} else {
				fmt.Fprintf(w, "  %s\n", oneLine(string(k)))
			}
		}
	}
	return w.Flush()
}

// articleLine is one article in one line: headline, outlet, time, key.
func articleLine(a *news.Article) string {
	title := firstSaid(a.Headline, a.Title, a.Text)
	const longest = 110
	if r := []rune(title); len(r) > longest {
		title = string(r[:longest]) + "…"
	}
	parts := []string{oneLine(title)}
	if a.Outlet != "" {
		parts = append(parts, oneLine(a.Outlet))
	}
	when := "no date"
	if a.Published.Known() {
		when = a.Published.String()
	}
	return strings.Join(append(parts, when, oneLine(string(a.Key))), " · ")
}

func firstSaid(ss ...string) string {
	for _, s := range ss {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			return s
		}
	}
	return "(no headline)"
}

// verdict says in sentences what was decided and by what.
func (x *explained) verdict() []string {
	lines := []string{"Two stories."}
	if x.SameStory {
		lines[0] = "One story."
	}
	switch {
	case x.Ruled == news.OpMerge && x.SameStory:
		return append(lines, "A correction says so: merge.", x.scoreLine())
	case x.Ruled == news.OpSplit:
		return append(lines, "A correction says so: split.", x.scoreLine())
	case x.Copies:
		return append(lines, "They carry the same text: copies of one report are one story.", x.scoreLine())
	}
	lines = append(lines, x.scoreLine())
	switch {
	case x.Candidates && x.Linked:
		lines = append(lines, "They were compared: they share rare words, names, places or numbers.")
	case x.Candidates:
		lines = append(lines, "They were compared: they share rare words, names, places or numbers. They are not near enough to be weighed among the articles around them.")
	case x.FarApart:
		lines = append(lines, "They were not compared: they lie more than 7 days apart. The score is what they would get.")
	default:
		lines = append(lines, "They were not compared: they share too few rare words, names, places and numbers. The score is what they would get.")
	}
	switch {
	case x.Join == nil:
	case x.SameStory:
		lines = append(lines, fmt.Sprintf("What decides is A against the other articles of the story together: %+.2f, more than %+.2f is needed.", x.Join.Score, x.Threshold))
	default:
		lines = append(lines, fmt.Sprintf("What decides are the two stories as wholes: %+.2f, more than %+.2f is needed.", x.Join.Score, x.Threshold))
	}
	return lines
}

// scoreLine is the score with what it means.
func (x *explained) scoreLine() string {
	where := "within their neighbourhood"
	if !x.Linked {
		where = "from the two articles alone"
	}
	return fmt.Sprintf("Score of the two: %+.2f, %s; as a chance of one event: %s.", x.Score, where, chance(x.Score))
}

// chance is a log-odds as a percentage.
func chance(score float64) string {
	p := 100 / (1 + math.Exp(-score))
	switch {
	case p < 1:
		return "under 1 %"
	case p > 99:
		return "over 99 %"
	}
	return fmt.Sprintf("%.0f %%", p)
}

func (x *explained) printCommon(w io.Writer) {
	for _, l := range []struct {
		name  string
		words []string
	}{{"In both:   ", x.common.Both}, {"Only in A: ", x.common.OnlyA}, {"Only in B: ", x.common.OnlyB}} {
		if len(l.words) > 0 {
			fmt.Fprintf(w, "%s%s\n", l.name, oneLine(strings.Join(l.words, ", ")))
		}
	}
}

// printSignals writes the strongest n signals and the sum of the others.
func (x *explained) printSignals(w io.Writer, n int) {
	fmt.Fprintf(w, "\nWhat speaks for one event (+) and against it (-), adding up to the score:\n")
	sums, start := x.ByTheme()
	fmt.Fprintf(w, "  %+6.2f  the start: most pairs that are compared tell two events\n", start)
	for i, t := range normalize.Themes {
		fmt.Fprintf(w, "  %+6.2f  %s\n", sums[i], t)
	}
	fmt.Fprintf(w, "The strongest signals of these (what several say together is shared equally):\n")
	printStrongest(w, slices.DeleteFunc(normalize.BySignal(x.Signals), func(s normalize.SignalSaid) bool { return s.Name == "bias" }), n)
	fmt.Fprintln(w, "  (weight: how rare the words are, summed; an everyday word has 2, a rare name 8)")
	if x.Join != nil && n == maxSaidSignals {
		fmt.Fprintln(w, "\nWhat speaks for (+) and against (-) one story of the two as wholes, adding up to what decides:")
		printStrongest(w, normalize.BySignal(x.Join.Signals), maxSaidJoins)
	}
}

// printStrongest writes the strongest n signals and the sum of the others.
func printStrongest(w io.Writer, signals []normalize.SignalSaid, n int) {
	rest, more := 0.0, 0
	for _, s := range signals {
		switch {
		case s.Name == "bias":
			fmt.Fprintf(w, "  %+6.2f  the start\n", s.Contribution)
		case n > 0:
			n--
			fmt.Fprintf(w, "  %+6.2f  %s\n", s.Contribution, s.Said)
		default:
			rest, more = rest+s.Contribution, more+1
		}
	}
	if more > 0 {
		fmt.Fprintf(w, "  %+6.2f  %d weaker signals\n", rest, more)
	}
}
