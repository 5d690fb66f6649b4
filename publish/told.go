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

// The causes of a significant change while a story lives (docs/publishing.md): only these, and its end, ever move an entry's `updated`.
const (
	causeReports    = "reports"
	causeCorrection = "correction"
	causeSplit      = "split"
)

// significant compares what a published story says now with what its subscribers were told, and names the most
// important cause to tell them; "" = none. Its text says what else is new since they were told last: facts and
// disagreements never call by themselves, they go along.
func significant(st news.Story, s news.Step, revived bool) (kind, text string) {
	var texts []string
	add := func(k, t string) {
		if kind == "" {
			kind = k
		}
		texts = append(texts, t)
	}
	told := s.Old.Life.Told
	left := lost(s.Old.Account, st.Account)
	switch {
	case revived:
		add(causeCorrection, "Restored.")
	case ruled(told.Rulings, s.Rulings, s.Old.Account, st.Account) && (left > 0 || reshaped(s.Old.Account, st.Account)):
		add(causeCorrection, "Corrected by the editor.")
	}
	if left > 0 && !revived {
		add(causeSplit, fmt.Sprintf("%s no longer part of this story.", count(left, "article is", "articles are")))
	}
	if reportClass(st.Account.Reports) > told.ReportClass {
		add(causeReports, fmt.Sprintf("Now told by %s.", count(st.Account.Reports, "independent report", "independent reports")))
	}
	if kind == "" {
		return "", ""
	}
	for _, o := range s.Absorbed {
		if !o.Life.Published.IsZero() {
			texts = append(texts, "Another story turned out to be the same event and is now part of this one.")
			break
		}
	}
	return kind, strings.Join(append(texts, untold(told, st.Account)...), " ")
}

// ruled reports whether a correction was made or taken back that names an article which was in the story and still is. One
// that came with its article is no news here: it was told where it was made.
func ruled(told, now []string, before, after news.Account) bool {
	in := func(rs []string, r string) bool {
		return slices.ContainsFunc(rs, func(o string) bool { return asWritten(o) == asWritten(r) })
	}
	made := func(r string) bool {
		if in(told, r) && in(now, r) {
			return false
		}
		return slices.ContainsFunc(before.Tellings, func(t news.Telling) bool {
			return strings.Contains(r, string(t.Article)) && slices.ContainsFunc(after.Tellings, func(u news.Telling) bool { return u.Article == t.Article })
		})
	}
	return slices.ContainsFunc(told, made) || slices.ContainsFunc(now, made)
}

// asWritten is what the editor wrote of a ruling. That an article which it names has come since makes it no other.
func asWritten(r string) string {
	before, _, _ := strings.Cut(r, news.RulingNames)
	return before
}

// reshaped reports whether a correction can be seen in what a story shows: its headline, its lead article or its articles.
func reshaped(before, after news.Account) bool {
	return before.Headline != after.Headline || before.Lead != after.Lead || len(before.Tellings) != len(after.Tellings) || lost(before, after) > 0
}

// untold are the facts and disagreements that no significant change has told yet, in words.
func untold(told news.Told, a news.Account) []string {
	var out []string
	for _, d := range a.Disagreements {
		switch {
		case slices.Contains(told.Disagreements, disagreementKey(d)) || len(told.Disagreements) >= maxTold:
		case d.Update:
			out = append(out, "New numbers: "+d.About+".")
		default:
			out = append(out, "The outlets disagree: "+d.About+".")
		}
	}
	if len(told.Facts) >= maxTold {
		return out
	}
	for _, f := range facts(a) {
		if !slices.Contains(told.Facts, f) {
			out = append(out, f+".")
		}
	}
	return out
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

// tell is what subscribers have been told after a significant change. It only grows (but for the rulings, which are what
// is in force): a fact that comes and goes is news once.
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

// facts are those that a change's text names: where and when. Who takes part is shown, but a longer list of names is not a
// development.
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
