package publish

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

func TestSignificanceSaysWhatWasToldAndWhatWaits(t *testing.T) {
	l := newLife(t)
	if got := Significance(news.Story{}); len(got) != 1 {
		t.Errorf("of a story that is not published: %q", got)
	}
	l.step(t0, reports(3, t0))
	s := l.step(t0.Add(time.Hour), reports(4, t0), func(_ *news.Step, a *news.Account) { a.Where = "Rome" })
	want := []string{
		"last significant change, of 1: 2026-03-01T12:00:00Z, published: Published with 3 independent reports.",
		"shown quietly, told with the next one: Where: Rome.",
		"the next one needs 5 independent reports (there are 4), a correction, an article that leaves, or the end of the story",
	}
	if d := cmp.Diff(want, Significance(s)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	s = l.step(t0.Add(2*time.Hour), nil)
	if got := Significance(s); len(got) != 2 || got[1] != endText(news.Dropped) {
		t.Errorf("of a story that was dropped: %q", got)
	}
}
