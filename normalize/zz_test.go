package normalize

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"
	"wirefold/internal/news"
)

func TestZZ(t *testing.T) {
	f, _ := os.Open("../../shared/events/" + os.Getenv("SET") + ".dev.jsonl")
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<24)
	ev := map[string][]news.Article{}
	var order []string
	var total time.Duration
	n := 0
	words := 0
	for sc.Scan() {
		var d struct{ ID, Title, Text, Published, Source, Lang, Event, Note string }
		json.Unmarshal(sc.Bytes(), &d)
		date, _ := news.ParseDate(d.Published)
		a := news.Article{Key: news.ArticleKey(d.ID), Title: d.Title, Headline: d.Title, Text: d.Text, Outlet: d.Source, Lang: d.Lang, Published: date}
		s := time.Now()
		ExtractFacts(&a)
		total += time.Since(s)
		n++
		words += wordCount(a.Text)
		if ev[d.Event] == nil {
			order = append(order, d.Event)
		}
		ev[d.Event] = append(ev[d.Event], a)
	}
	shown := 0
	for _, e := range order {
		if len(ev[e]) < 2 {
			continue
		}
		c := Tell(news.Step{Members: ev[e]}, Preferences{})
		for _, d := range c.Disagreements {
			shown++
			if shown <= 60 {
				t.Logf("%s %s %q %v", e, d.Kind, d.About, d.Update)
				for _, s := range d.Sides {
					t.Logf("      %s %v", s.Value, s.Articles)
				}
			}
		}
	}
	t.Logf("shown %d events %d; %v per article of %d words", shown, len(order), total/time.Duration(n), words/n)
}
