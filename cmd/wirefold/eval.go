package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wirefold/internal/news"
	"wirefold/normalize"
)

// evalOptions are the flags of eval.
type evalOptions struct {
	asJSON, blankDates, byDay, errors bool
	lang, beat                        string
	shuffle                           int
}

func newEvalCmd(a *app) *cobra.Command {
	var o evalOptions
	c := &cobra.Command{
		Use:   "eval FILE…",
		Short: "Measure grouping on labelled articles",
		Long: `Groups each file of JSON lines by itself and compares with the field "event": B-cubed and pairwise precision,
recall and F1, the floor that all-alone reaches, how many true pairs the candidate rule finds, articles per second, and how
many of the pairs in two languages are found. Lines with "a", "b" and "label" are pairs: accuracy (as P) and F1 of the label OK.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return eval(a, args, o) },
	}
	f := c.Flags()
	f.BoolVar(&o.asJSON, "json", false, "print one JSON object per file")
	f.BoolVar(&o.blankDates, "blank-dates", false, "empty every date first")
	f.StringVar(&o.lang, "lang", "", "only articles of this language")
	f.StringVar(&o.beat, "beat", "", "only articles whose beat begins so")
	f.BoolVar(&o.byDay, "by-day", false, "group each UTC day by itself")
	f.IntVar(&o.shuffle, "shuffle", 0, "group in this many orders and print the spread of B-cubed F1")
	f.BoolVar(&o.errors, "errors", false, "print the worst wrong merges and misses, explained")
	return c
}

// evaluated is the line that eval prints of a file.
type evaluated struct {
	File            string            `json:"file"`
	Docs            int               `json:"docs"`
	Events          int               `json:"events"`
	B3              normalize.Measure `json:"b3"`
	Pair            normalize.Measure `json:"pair"`
	Floor           float64           `json:"floor_f1"`
	CandidateRecall float64           `json:"candidate_recall"`
	ArticlesPerS    float64           `json:"articles_per_s"`
	Spread          *float64          `json:"spread,omitempty"`
	// CrossLanguage is left out where no event is told in two languages.
	CrossLanguage *crossLanguage `json:"cross_language,omitempty"`
}

// crossLanguage says how translations are found: of the pairs of one event in two languages, the share found (r) and how many
// of those said are right (p). Over several files the pairs are counted together.
type crossLanguage struct {
	normalize.Crossing `json:"-"`
	Pairs              int     `json:"pairs"`
	P                  float64 `json:"p"`
	R                  float64 `json:"r"`
}

// crossed is what eval says of translations, nil when there are none.
func crossed(c normalize.Crossing) *crossLanguage {
	if c.Gold == 0 {
		return nil
	}
	m := c.Measure()
	return &crossLanguage{c, c.Gold, m.P, m.R}
}

func eval(a *app, files []string, o evalOptions) error {
	if o.shuffle < 0 {
		return usagef("--shuffle must not be negative")
	}
	if o.errors && o.asJSON {
		return usagef("--errors is text for people: it does not go with --json")
	}
	m := normalize.Load()
	var all []evaluated
	bad := false
	for _, f := range files {
		in, err := readLabelled(a, f)
		if err != nil {
			return err
		}
		bad = bad || in.bad > 0
		e, err := evalFile(a, m, f, in, o)
		if err != nil {
			return err
		}
		all = append(all, e)
		if err := printEvaluated(a, e, o, len(all) == 1); err != nil {
			return err
		}
	}
	if err := printEvaluated(a, meanOf(all), o, false); err != nil {
		return err
	}
	if bad {
		return exit(exitBadInput, nil)
	}
	return nil
}

// evalFile measures one file.
func evalFile(a *app, m *normalize.Model, file string, in *input, o evalOptions) (evaluated, error) {
	selectLines(in, o)
	if len(in.lines) > 0 && in.lines[0].A != nil {
		return evalPairs(a, m, file, in, o)
	}
	var arts []news.Article
	var event []string
	for i := range in.lines {
		arts = append(arts, in.articles[i])
		event = append(event, in.lines[i].Event)
	}
	e := evaluated{File: file, Docs: len(arts)}
	start := a.Now()
	days := splitDays(arts, event, o.byDay)
	var stories [][]string
	var b3, pair, floor normalize.Measure
	var recall float64
	var cross normalize.Crossing
	for _, d := range days {
		w := float64(len(d.arts)) / float64(max(len(arts), 1))
		story := storiesOf(m, d.arts)
		took := d.events()
		e.Events += len(took)
		b3 = plus(b3, normalize.BCubed(story, d.event), w)
		pair = plus(pair, normalize.Pairwise(story, d.event), w)
		floor = plus(floor, normalize.BCubed(aloneStories(len(d.arts)), d.event), w)
		cross = cross.Plus(normalize.CrossLanguage(story, d.event, languages(d.arts)))
		stories = append(stories, story)
	}
	if s := a.Now().Sub(start).Seconds(); s > 0 {
		e.ArticlesPerS = float64(len(arts)) / s
	}
	for k, d := range days {
		if o.errors {
			if err := printErrors(a, m, d.arts, d.event, stories[k]); err != nil {
				return e, err
			}
		}
		recall += m.CandidateRecall(d.arts, d.event) * float64(len(d.arts)) / float64(max(len(arts), 1))
	}
	e.B3, e.Pair, e.Floor, e.CandidateRecall, e.CrossLanguage = b3, pair, floor.F1, recall, crossed(cross)
	if o.shuffle > 0 {
		e.Spread = spread(m, days, b3.F1, o.shuffle)
	}
	return e, nil
}

// selectLines keeps what the flags ask for, and empties the dates if they say so.
func selectLines(in *input, o evalOptions) {
	n := 0
	for i := range in.lines {
		l := in.lines[i]
		if o.lang != "" && l.Lang != o.lang || !strings.HasPrefix(l.Beat, o.beat) {
			continue
		}
		in.lines[n], in.articles[n] = l, in.articles[i]
		if o.blankDates {
			in.articles[n].Published = news.Date{}
			if l.A != nil {
				in.lines[n].A.Published, in.lines[n].B.Published = "", ""
			}
		}
		n++
	}
	in.lines, in.articles = in.lines[:n], in.articles[:n]
}

// daySet is what is grouped together: a file, or one UTC day of it.
type daySet struct {
	arts  []news.Article
	event []string
}

// languages are the languages of articles, without their regions.
func languages(arts []news.Article) []string {
	out := make([]string, len(arts))
	for i := range arts {
		out[i], _, _ = strings.Cut(strings.ToLower(arts[i].Lang), "-")
	}
	return out
}

func (d *daySet) events() map[string]bool {
	m := map[string]bool{}
	for _, e := range d.event {
		m[e] = true
	}
	return m
}

func splitDays(arts []news.Article, event []string, byDay bool) []*daySet {
	sets := map[string]*daySet{}
	for i := range arts {
		day := ""
		if byDay && arts[i].Published.Known() {
			day = arts[i].Published.Time.UTC().Format("2006-01-02")
		}
		if sets[day] == nil {
			sets[day] = &daySet{}
		}
		sets[day].arts = append(sets[day].arts, arts[i])
		sets[day].event = append(sets[day].event, event[i])
	}
	var days []string
	for d := range sets {
		days = append(days, d)
	}
	slices.Sort(days)
	var out []*daySet
	for _, d := range days {
		out = append(out, sets[d])
	}
	return out
}

func aloneStories(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(i)
	}
	return out
}

func plus(a, b normalize.Measure, w float64) normalize.Measure {
	return normalize.Measure{P: a.P + w*b.P, R: a.R + w*b.R, F1: a.F1 + w*b.F1}
}

// spread is the difference of the best and the worst B-cubed F1 over n orders: 0, since grouping knows no order.
func spread(m *normalize.Model, days []*daySet, first float64, n int) *float64 {
	low, high := first, first
	total := 0
	for _, d := range days {
		total += len(d.arts)
	}
	for k := range n {
		rnd := rand.New(rand.NewPCG(uint64(k), 1))
		sum := 0.0
		for _, d := range days {
			order := rnd.Perm(len(d.arts))
			arts := make([]news.Article, len(order))
			for i, j := range order {
				arts[i] = d.arts[j]
			}
			shuffled := storiesOf(m, arts)
			story := make([]string, len(order))
			for i, j := range order {
				story[j] = shuffled[i]
			}
			sum += normalize.BCubed(story, d.event).F1 * float64(len(d.arts)) / float64(max(total, 1))
		}
		low, high = min(low, sum), max(high, sum)
	}
	s := high - low
	return &s
}

// evalPairs measures a file of labelled pairs: accuracy stands for precision and recall of b3, the F1 of OK for pair.
func evalPairs(a *app, m *normalize.Model, file string, in *input, o evalOptions) (evaluated, error) {
	e := evaluated{File: file, CandidateRecall: 1}
	var hit, said, gold, right, n float64
	var wrong []wrongPair
	start := a.Now()
	for i := range in.lines {
		l := &in.lines[i]
		p, q := sideArticle(l.A, l.Lang), sideArticle(l.B, l.Lang)
		score, same := m.Judge(&p, &q)
		ok := l.Label == "OK"
		n++
		if same == ok {
			right++
		}
		if same {
			said++
		}
		if ok {
			gold++
		}
		if same && ok {
			hit++
		}
		if same != ok {
			wrong = append(wrong, wrongPair{l, score})
		}
	}
	if s := a.Now().Sub(start).Seconds(); s > 0 {
		e.ArticlesPerS = 2 * n / s
	}
	if o.errors {
		if err := printWrongPairs(a, m, wrong); err != nil {
			return e, err
		}
	}
	e.Docs, e.Events = int(2*n), int(gold)
	acc := right / max(n, 1)
	e.B3 = normalize.Measure{P: acc, R: acc, F1: acc}
	e.Pair = normalize.Measure{P: hit / max(said, 1), R: hit / max(gold, 1)}
	if hit > 0 {
		e.Pair.F1 = 2 * hit / (said + gold)
	}
	e.Floor = 1 - gold/max(n, 1)
	return e, nil
}

func sideArticle(s *sideLine, lang string) news.Article {
	if s.Lang != "" {
		lang = s.Lang
	}
	// A date that cannot be read is unknown.
	d, err := news.ParseDate(s.Published)
	if err != nil {
		d = news.Date{}
	}
	return news.Article{Title: s.Title, Headline: s.Title, Text: s.Text, Lang: lang, Published: d}
}

// meanOf is the unweighted mean over files.
func meanOf(all []evaluated) evaluated {
	mean := evaluated{File: "ALL"}
	w := 1 / float64(len(all))
	var cross normalize.Crossing
	for _, e := range all {
		mean.Docs += e.Docs
		mean.Events += e.Events
		mean.B3 = plus(mean.B3, e.B3, w)
		mean.Pair = plus(mean.Pair, e.Pair, w)
		mean.Floor += w * e.Floor
		mean.CandidateRecall += w * e.CandidateRecall
		mean.ArticlesPerS += w * e.ArticlesPerS
		if e.Spread != nil {
			if mean.Spread == nil {
				mean.Spread = new(float64)
			}
			*mean.Spread = max(*mean.Spread, *e.Spread)
		}
		if e.CrossLanguage != nil {
			cross = cross.Plus(e.CrossLanguage.Crossing)
		}
	}
	mean.CrossLanguage = crossed(cross)
	return mean
}

func printEvaluated(a *app, e evaluated, o evalOptions, head bool) error {
	if o.asJSON {
		return json.NewEncoder(a.Stdout).Encode(e)
	}
	if head {
		if _, err := fmt.Fprintf(a.Stdout, "%-28s %6s %6s  %6s %6s %6s  %6s %6s %6s  %6s %6s %8s\n", "file", "docs", "events", "B3 P", "R", "F1", "pair P", "R", "F1", "floor", "cand", "art/s"); err != nil {
			return err
		}
	}
	name := e.File[strings.LastIndexByte(e.File, '/')+1:]
	more := ""
	if e.Spread != nil {
		more = fmt.Sprintf("  spread %.6f", *e.Spread)
	}
	if c := e.CrossLanguage; c != nil {
		more += fmt.Sprintf("  translations: %.4f of %d pairs at precision %.4f", c.R, c.Pairs, c.P)
	}
	_, err := fmt.Fprintf(a.Stdout, "%-28s %6d %6d  %6.4f %6.4f %6.4f  %6.4f %6.4f %6.4f  %6.4f %6.4f %8.0f%s\n", name, e.Docs, e.Events, e.B3.P, e.B3.R, e.B3.F1, e.Pair.P, e.Pair.R, e.Pair.F1, e.Floor, e.CandidateRecall, e.ArticlesPerS, more)
	return err
}
