package publish

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

func into(id news.StoryID) func(*news.Step, *news.Account) {
	return func(s *news.Step, _ *news.Account) { s.Into = id }
}

func TestAnEndedStoryLeavesANoticeForAWeek(t *testing.T) {
	for _, how := range []news.StoryState{news.Merged, news.Dropped} {
		t.Run(string(how), func(t *testing.T) {
			l := newLife(t)
			l.step(t0, reports(1, t0))
			end := t0.Add(time.Hour)
			var with []func(*news.Step, *news.Account)
			if how == news.Merged {
				with = append(with, into("survivor"))
			}
			s := l.step(end, nil, with...)
			if s.Life.State != how || !s.Life.Ended.Equal(s.Life.Updated) || !s.Life.Wake.Equal(end.Add(NoticeAge)) || kinds(s) != "published "+string(how) {
				t.Errorf("after its end: %+v", s.Life)
			}
			if idle := l.step(end.Add(time.Minute), nil, with...); !same2(idle, s) {
				t.Errorf("looking again changed it:\n%s", cmp.Diff(s, idle))
			}
			late := l.step(end.Add(NoticeAge), nil, with...)
			if !late.Life.Wake.IsZero() || !late.Life.Touched.Equal(end.Add(NoticeAge)) || !late.Life.Updated.Equal(s.Life.Updated) {
				t.Errorf("after the notice: %+v", late.Life)
			}
		})
	}
}

func TestADroppedStoryKeepsNoText(t *testing.T) {
	l := newLife(t)
	l.step(t0, reports(1, t0))
	s := l.step(t0.Add(time.Hour), nil)
	if b, _ := json.Marshal(s); strings.Contains(string(b), "About") {
		t.Errorf("text survives: %s", b)
	}
}

func TestAStoryMergedBeforeAnybodySawItLeavesNoTrace(t *testing.T) {
	l := newLife(t)
	l.in = nil
	l.step(t0, reports(1, t0))
	s := l.step(t0.Add(time.Hour), nil, into("survivor"))
	want := news.Life{State: news.Merged, Into: "survivor", Ended: t0.Add(time.Hour)}
	if d := cmp.Diff(want, s.Life); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestWhatSubscribersSawOfAnAbsorbedStoryIsNotHeldBack(t *testing.T) {
	l := newLife(t)
	l.p = news.Publishing{Settle: time.Hour, SettleMax: 2 * time.Hour}
	l.in = []Admission{{Slug: "sea"}}
	s := l.step(t0, reports(1, t0), func(s *news.Step, _ *news.Account) {
		s.Absorbed = []news.Story{{ID: "younger", Life: news.Life{Published: t0, Topics: []string{"harbour"}}}}
	})
	if s.Life.Published.IsZero() || !slices.Equal(s.Life.Topics, []string{"harbour"}) {
		t.Errorf("the survivor is not where the absorbed story was: %+v", s.Life)
	}
}

func TestADropTakenBackRestoresTheStory(t *testing.T) {
	l := newLife(t)
	first := l.step(t0, reports(1, t0))
	l.step(t0.Add(time.Hour), nil)
	s := l.step(t0.Add(2*time.Hour), reports(1, t0))
	if s.Life.State != news.Live || !s.Life.Published.Equal(first.Life.Published) || kinds(s) != "published dropped correction" {
		t.Errorf("it is %+v", s.Life)
	}
}

func TestReportClasses(t *testing.T) {
	want := map[int]int{0: 0, 1: 1, 2: 2, 3: 3, 4: 3, 5: 4, 8: 4, 9: 5, 16: 5, 17: 6}
	for n, class := range want {
		if got := reportClass(n); got != class {
			t.Errorf("reportClass(%d) = %d, want %d", n, got, class)
		}
	}
}
