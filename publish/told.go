package publish

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"wirefold/internal/news"
)

// maxTold bounds what is remembered of facts and disagreements: a story that was told that many times over has
// nothing more to say that would be worth marking it unread.
const maxTold = 64

// reportClass is the class of a count of independent reports: 1, 2, 3-4, 5-8, 9-16 … are 1, 2, 3, 4, 5 …
func reportClass(reports int) int {
	if reports <= 0 {
		return 0
	}
	return bits.Len(uint(reports-1)) + 1
}

// significant compares what a published story says now with what its subscribers were told, and names the most
// important difference that is worth telling them; "" = none. moved says whether anything visible changed.
func significant(st news.Story, s news.Step, moved, revived bool) (kind, text string) {
	var texts []string
	add := func(k, t string) {
		if kind == "" {
			kind = k
		}
		texts = append(texts, t)
	}
	told := s.Old.Life.Told
	if revived {
		add("correction", "Restored.")
	} else if moved && !slices.Equal(told.Rulings, s.Rulings) {
		add("correction", "Corrected by the editor.")
	}
	for _, o := range s.Absorbed {
		if !o.Life.Published.IsZero() {
			add("merged", "Another story turned out to be the same event and is now part of this one.")
			break
		}
	}
	if n := lost(s.Old.Account, st.Account); n > 0 && !revived {
		add("split", fmt.Sprintf("%s no longer part of this story.", count(n, "article is", "articles are")))
	}
	if reportClass(st.Account.Reports) > told.ReportClass {
		add("reports", fmt.Sprintf("Now told by %s.", count(st.Account.Reports, "independent report", "independent reports")))
	}
	for _, d := range st.Account.Disagreements {
		switch key := disagreementKey(d); {
		case slices.Contains(told.Disagreements, key) || len(told.Disagreements) >= maxTold:
		case d.Update:
			add("fact", "New numbers: "+d.About+".")
		default:
			add("disagreement", "The outlets disagree: "+d.About+".")
		}
	}
	if len(told.Facts) < maxTold {
		for _, f := range facts(st.Account) {
			if !slices.Contains(told.Facts, f) {
				add("fact", f+".")
			}
		}
	}
	return kind, strings.Join(texts, " ")
}

// lost counts the tellings of before that are gone.
func lost(before, after news.Account) int {
	n := 0
	for _, t := range before.Tellings {
		if !slices.ContainsFunc(after.Tellings, func(u news.Telling) bool { return u.Article == t.Article }) {
			n++
		}
	}
	return n
}

// tell is what subscribers have been told after a step. It only grows (but for the rulings, which are what is in
// force): a fact that comes and goes is news once.
func tell(told news.Told, a news.Account, rulings []string) news.Told {
	out := news.Told{
		ReportClass:   max(told.ReportClass, reportClass(a.Reports)),
		Facts:         slices.Clone(told.Facts),
		Disagreements: slices.Clone(told.Disagreements),
		Rulings:       slices.Clone(rulings),
	}
	for _, f := range facts(a) {
		out.Facts = remember(out.Facts, f)
	}
	for _, d := range a.Disagreements {
		out.Disagreements = remember(out.Disagreements, disagreementKey(d))
	}
	return out
}

func remember(told []string, s string) []string {
	if slices.Contains(told, s) || len(told) >= maxTold {
		return told
	}
	return append(told, s)
}

// facts are the facts whose change is news: where and when. Who takes part is shown, but a longer list of names is not
// a development.
func facts(a news.Account) []string {
	var out []string
	if a.Where != "" {
		out = append(out, "Where: "+a.Where)
	}
	if a.When.Known() {
		out = append(out, "When: "+a.When.Time.UTC().Format("2006-01-02"))
	}
	return out
}

// disagreementKey names a disagreement by what it is about. A further value on the same matter is shown quietly.
func disagreementKey(d news.Disagreement) string {
	if d.Update {
		return "update|" + d.Kind + "|" + d.About
	}
	return d.Kind + "|" + d.About
}

// same reports whether two accounts show a subscriber the same. Compared as JSON, so that a story that went through the
// store (empty for nil, UTC for local) equals itself.
func same(a, b news.Account) bool {
	// The usual differences are told without writing either out.
	if a.Headline != b.Headline || a.Reports != b.Reports || a.Lead != b.Lead || len(a.Tellings) != len(b.Tellings) || a.Body != b.Body {
		return false
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func firstText(a news.Account, from news.StoryID) string {
	text := fmt.Sprintf("Published with %s.", count(a.Reports, "independent report", "independent reports"))
	if from != "" {
		text += " It was part of another story before."
	}
	return text
}

func endText(how news.StoryState) string {
	if how == news.Merged {
		return "This turned out to be the same event as another story, and is now part of it."
	}
	return "This story was withdrawn."
}

// count is "1 report" or "3 reports".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
