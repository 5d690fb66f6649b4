package main

import (
	"fmt"
	"math/bits"

	"wirefold/internal/news"
)

// ledger holds every significant change of a life against what happened to its story at that refresh. A change needs a
// cause of its own: a new class of independent reports, articles that left, the end or the return of the story, a
// correction. Facts, disagreements and merges (which the notice of the other story tells) are none.
type ledger struct {
	stories map[news.StoryID]*entered
	// Classes, Splits and Ends count causes, whether a change was made of them or not.
	Classes, Splits, Ends int
	Changes, Corrected    int
	faults                []string
}

// entered is what the ledger knows of a story.
type entered struct {
	version  [16]byte
	tellings map[news.ArticleKey]bool
	class    int
	state    news.StoryState
	changes  int
}

func newLedger() *ledger { return &ledger{stories: map[news.StoryID]*entered{}} }

// enter takes a story as it is after a refresh; corrected says that the corrections changed with it.
func (l *ledger) enter(s news.Story, corrected bool) {
	if was := l.stories[s.ID]; was != nil && was.version == s.Version {
		return
	}
	now := &entered{version: s.Version, tellings: map[news.ArticleKey]bool{}, class: classOf(s.Account.Reports), state: s.Life.State, changes: len(s.Life.Changes)}
	for _, t := range s.Account.Tellings {
		now.tellings[t.Article] = true
	}
	was := l.stories[s.ID]
	l.stories[s.ID] = now
	if was == nil {
		// Its first publication, and what followed it within one refresh: nothing.
		if n := now.changes; n > 1 {
			l.fault("%s has %d changes when it is first seen", s.ID, n)
		}
		return
	}
	causes := max(0, now.class-was.class)
	l.Classes += causes
	now.class = max(now.class, was.class)
	if was.state != now.state {
		l.Ends++
		causes++
	}
	if was.state == news.Live && now.state == news.Live {
		for k := range was.tellings {
			if !now.tellings[k] {
				l.Splits++
				causes++
				break
			}
		}
	}
	n := now.changes - was.changes
	l.Changes += n
	if n > 0 && causes == 0 && corrected {
		l.Corrected++
		causes++
	}
	if n > 1 || n > causes {
		l.fault("%s: %d changes with %d causes in one refresh: %+v", s.ID, n, causes, s.Life.Changes[was.changes:])
	}
}

func (l *ledger) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

// classOf is the class of a number of independent reports: 1, 2, 3-4, 5-8, 9-16 … (docs/publishing.md).
func classOf(n int) int {
	if n <= 0 {
		return 0
	}
	return bits.Len(uint(n-1)) + 1
}
