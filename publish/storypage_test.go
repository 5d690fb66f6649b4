package publish

import (
	"context"
	"strings"
	"testing"

	"wirefold/internal/news"
)

func TestAPageSaysWhatTiesItsArticlesTogether(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(s *news.Story)
		want   string
	}{
		{"of two outlets", func(*news.Story) {}, "Coast Wire and Harbour Gazette: a chance of 88 % that both tell one event. For it: the names, the places. Against it: the numbers."},
		{"of one outlet", func(s *news.Story) { s.Account.Tellings[1].Outlet = "Coast Wire" }, "“Ferry strands off cape” and “Ferry runs aground”: a chance of 88 %"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := lively()
			f.edit("ferryferryferry2", func(s *news.Story) {
				s.Account.Disagreements = []news.Disagreement{{Kind: "date", About: "When it happened", Sides: []news.Side{{Value: "2026-02-28"}, {Value: "a Sunday"}}}}
				tt.change(s)
			})
			o := options(f)
			o.Why = func(context.Context, []news.ArticleKey) ([]Why, error) {
				return []Why{{A: wireKey, B: seedKey, Score: 2, Signals: []Signal{{"the places", .5}, {"the words", .1}, {"the numbers", -.4}, {"the names", 1.5}}}}, nil
			}
			page := string(read(t, ask(newPublisher(t, o).Handler(), "GET", "/stories/ferryferryferry2/")))
			for _, want := range []string{tt.want, "28 February 2026", "a Sunday"} {
				if !strings.Contains(page, want) {
					t.Errorf("the page does not say %q:\n%s", want, page)
				}
			}
		})
	}
}
