package normalize

import (
	"fmt"
	"testing"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/testtools/gen"
)

// Events that up to twenty outlets tell in a day, in words that no table knows, are neither torn apart nor put together: what the model learned of its own
// languages, where most events have few tellings, must not be held against them.
func TestALargeEventInAnUnknownLanguageIsOneStory(t *testing.T) {
	v := gen.NewVocab(200_000, 1.05)
	type teller struct{ event, n, left uint64 }
	var open []teller
	var as []news.Article
	var events []string
	next := uint64(0)
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range 600 {
		for len(open) < 17 { // so the twentieth telling comes a day after the first
			open = append(open, teller{event: next, left: 1 + next*7919%20})
			next++
		}
		k := i * 7919 % len(open)
		o := &open[k]
		title, text := v.Telling(o.event, o.n, 300)
		at := start.Add(time.Duration(i) * 2 * 24 * time.Hour / 600)
		as = append(as, news.Article{Key: news.ArticleKey(fmt.Sprintf("%04d", i)), Title: title, Headline: title, Text: text, Published: news.Date{Time: at}, Seen: at})
		events = append(events, fmt.Sprint(o.event))
		if o.n, o.left = o.n+1, o.left-1; o.left == 0 {
			open[k] = open[len(open)-1]
			open = open[:len(open)-1]
		}
	}
	stories := make([]string, len(as))
	for k, part := range Load().Partition(as, nil) {
		for _, i := range part {
			stories[i] = fmt.Sprint(k)
		}
	}
	// Models that tear such events apart have a recall of .26 to .45.
	if b3 := BCubed(stories, events); b3.P < 0.95 || b3.R < 0.9 {
		t.Errorf("B-cubed precision %.3f, recall %.3f of %d articles on %d events", b3.P, b3.R, len(as), next)
	}
}
