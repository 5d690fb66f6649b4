package publish

import (
	"testing"
	"time"

	"wirefold/internal/news"
)

func TestOneChangedStoryCostsOneEntry(t *testing.T) {
	f := many(30)
	for id, s := range f.stories {
		s.Version = [16]byte{1}
		f.stories[id] = s
	}
	made := 0
	count := func(s news.Story) entry {
		made++
		return entry{title: s.Account.Headline}
	}
	var k kept
	all := func() []news.Story {
		out, err := f.Entries(t.Context(), "sea", 100)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, step := range []struct {
		name string
		do   func()
		want int
	}{
		{"at first", func() {}, 30},
		{"nothing changed", func() {}, 0},
		{"one changed", func() {
			f.edit("story00000000007", func(s *news.Story) { s.Account.Headline, s.Version = "Other words", [16]byte{2} })
		}, 1},
		{"one went", func() { delete(f.stories, "story00000000003") }, 0},
		{"one of which no version is known", func() { f.edit("story00000000008", func(s *news.Story) { s.Version = [16]byte{} }) }, 1},
		{"is made each time", func() {}, 1},
	} {
		step.do()
		made = 0
		es := k.take(all(), count)
		if made != step.want {
			t.Errorf("%s: %d entries were made, want %d", step.name, made, step.want)
		}
		for i, s := range all() {
			if es[i].title != s.Account.Headline {
				t.Errorf("%s: entry %d is %q, want %q", step.name, i, es[i].title, s.Account.Headline)
			}
		}
	}
}

func (f *fake) edit(id news.StoryID, change func(*news.Story)) {
	s := f.stories[id]
	change(&s)
	f.stories[id] = s
}

// What was kept of the entries must not show: the documents are those of a publisher that starts afresh.
func TestKeptEntriesMakeTheSameBytes(t *testing.T) {
	f := lively()
	for id, s := range f.stories {
		s.Version = [16]byte{1}
		f.stories[id] = s
	}
	now := t0.Add(time.Hour)
	o := options(f)
	o.Now = func() time.Time { return now }
	p := newPublisher(t, o)
	for round := range 3 {
		if round > 0 {
			f.edit("fairfairfairfair", func(s *news.Story) {
				s.Version[0]++
				s.Account.Image = "https://wire.example/fair.jpg"
				s.Account.Headline += "!"
			})
			now = now.Add(time.Minute)
			f.touch("sea", now)
			if err := p.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, ext := range formats {
			path := "/news/topics/sea/feed." + ext
			kept, fresh := string(read(t, ask(p.Handler(), "GET", path))), string(read(t, ask(newPublisher(t, o).Handler(), "GET", path)))
			if kept != fresh {
				t.Errorf("round %d, %s:\n%s\nwant\n%s", round, ext, kept, fresh)
			}
		}
	}
}
