package publish

import (
	"fmt"
	"time"

	"wirefold/internal/news"
)

// Significance says in lines for people what the subscribers of a story were told last, what waits for the next significant
// change, and what that needs: the rule of docs/publishing.md, applied to one story.
func Significance(s news.Story) []string {
	if s.Life.Published.IsZero() {
		return []string{"not published: no topic wants it yet, it settles, or it is old news of a feed that is new"}
	}
	var out []string
	if n := len(s.Life.Changes); n > 0 {
		last := s.Life.Changes[n-1]
		out = append(out, fmt.Sprintf("last significant change, of %d: %s, %s: %s", n, last.At.UTC().Format(time.RFC3339), last.Kind, clean(last.Text)))
	}
	if s.Life.State != news.Live {
		return append(out, endText(s.Life.State))
	}
	for _, text := range untold(s.Life.Told, s.Account) {
		out = append(out, "shown quietly, told with the next one: "+clean(text))
	}
	return append(out, fmt.Sprintf("the next one needs %d independent reports (there are %d), a correction, an article that leaves, or the end of the story",
		nextClass(max(s.Life.Told.ReportClass, reportClass(s.Account.Reports))), s.Account.Reports))
}

// nextClass is the least count of reports of the class after class.
func nextClass(class int) int {
	if class <= 0 {
		return 1
	}
	return 1<<(class-1) + 1
}
