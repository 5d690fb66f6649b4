package normalize

import (
	"cmp"
	"slices"
	"strings"

	"wirefold/internal/news"
)

// Preferences is whose telling leads a story when several are as good.
type Preferences struct {
	Outlets   []string // best first
	Languages []string // BCP 47, best first
	Excerpt   int      // runes of others' texts in Account.Body and Telling.Excerpt; 0 is DefaultExcerpt
	// Republish are the feeds whose articles may be shown in full.
	Republish map[news.FeedID]bool
}

// DefaultExcerpt is how many runes of others' texts are shown when nothing is configured.
const DefaultExcerpt = 400

const (
	maxWho  = 12 // people that a story names
	maxTags = 12
)

// Tell is what a story says: a pure function of its members, whatever their order, and of what was sticky in Old. The
// lead article is pinned, or what it was, or the most complete independent report in a preferred language and outlet.
// A story without members says what it said before.
func Tell(s news.Step, p Preferences) news.Account {
	if len(s.Members) == 0 {
		return s.Old.Account
	}
	if p.Excerpt <= 0 {
		p.Excerpt = DefaultExcerpt
	}
	members := make([]*news.Article, len(s.Members))
	for i := range s.Members {
		members[i] = &s.Members[i]
	}
	slices.SortStableFunc(members, func(a, b *news.Article) int {
		return cmp.Or(toldAt(a).Compare(toldAt(b)), cmp.Compare(a.Key, b.Key))
	})
	report := reports(members)
	lead := chooseLead(s, members, report, p)
	a := members[lead]
	c := news.Account{
		Lead: a.Key, Headline: chooseHeadline(s, a), Summary: summaryOf(a, p.Excerpt), Image: a.Image, Lang: a.Lang,
		Tags: tagsOf(members), Body: bodyOf(a, p), Source: sourceOf(s, a),
	}
	originals := make(map[int]bool)
	for i, m := range members {
		t := news.Telling{
			Article: m.Key, Feed: m.Feed, Outlet: m.Outlet, Title: firstOf(m.Headline, m.Title), URL: firstOf(m.Link, m.URL), Lang: m.Lang,
			Published: m.Published, Seen: m.Seen, Excerpt: summaryOf(m, p.Excerpt), Seed: m.Seed, Backfill: m.Backfill,
		}
		if o := report[i]; o != i {
			t.CopyOf = members[o].Key
		}
		originals[report[i]] = true
		if c.Image == "" {
			c.Image = m.Image
		}
		c.Tellings = append(c.Tellings, t)
	}
	c.Reports = len(originals)
	c.Who = agreedPeople(members, report, lead)
	c.Where = agreedPlace(members, report, lead)
	c.When = agreedDate(members, report, lead)
	c.Disagreements = disagreements(members, report)
	return c
}

// reports gives each member the index of the first member of its report: articles of one copy class, with one canonical
// address, or with mostly the same text that is no outlet's own words below two headlines, are one report.
func reports(members []*news.Article) []int {
	first := make([]int, len(members))
	byCopy, byURL := make(map[uint64]int), make(map[string]int)
	root := func(i int) int {
		for first[i] != i {
			i = first[i]
		}
		return i
	}
	join := func(i, j int) {
		i, j = root(i), root(j)
		first[max(i, j)] = min(i, j)
	}
	for i, m := range members {
		first[i] = i
		if c := m.Marks.Copy; c != 0 {
			if j, ok := byCopy[c]; ok {
				join(i, j)
			} else {
				byCopy[c] = i
			}
		}
		if m.URL != "" {
			if j, ok := byURL[m.URL]; ok {
				join(i, j)
			} else {
				byURL[m.URL] = i
			}
		}
	}
	prints := textPrints(members)
	for i, p := range prints {
		for j, q := range prints[:i] {
			if p != nil && q != nil && root(i) != root(j) && sameText(p, q) >= reportShare && tellsItself(members[i]) && tellsItself(members[j]) {
				join(i, j)
			}
		}
	}
	for i := range first {
		first[i] = root(i)
	}
	return first
}

// chooseLead is the index of the article that speaks for the story.
func chooseLead(s news.Step, members []*news.Article, report []int, p Preferences) int {
	byKey := make(map[news.ArticleKey]int, len(members))
	for i, m := range members {
		byKey[m.Key] = i
	}
	pinned, found := -1, false
	for _, pin := range s.Pins {
		if i, ok := byKey[pin.Article]; ok && pin.Lead && (!found || pin.Article < members[pinned].Key) {
			pinned, found = i, true
		}
	}
	if found {
		return pinned
	}
	if i, ok := byKey[s.Old.Account.Lead]; ok {
		return i
	}
	best := 0
	for i := range members {
		if better(members[i], members[best], report[i] == i, report[best] == best, p) {
			best = i
		}
	}
	return best
}

func better(a, b *news.Article, aFirst, bFirst bool, p Preferences) bool {
	if x, y := languageRank(a.Lang, p.Languages), languageRank(b.Lang, p.Languages); x != y {
		return x < y
	}
	if x, y := outletRank(a.Outlet, p.Outlets), outletRank(b.Outlet, p.Outlets); x != y {
		return x < y
	}
	if aFirst != bFirst {
		return aFirst
	}
	return completeness(a) > completeness(b)
}

func languageRank(lang string, preferred []string) int {
	for i, l := range preferred {
		if sameLanguage(l, lang) {
			return i
		}
	}
	return len(preferred)
}

func outletRank(outlet string, preferred []string) int {
	for i, o := range preferred {
		if strings.EqualFold(o, outlet) {
			return i
		}
	}
	return len(preferred)
}

// completeness says how much of the event an article states. Length counts up to a full report: a long feature does not
// say more of the event than the report does.
func completeness(a *news.Article) int {
	n := min(wordCount(a.Text), 400)/25 + 2*min(len(a.Facts.People), 6) + min(len(a.Facts.Numbers), 4)
	if a.Title != "" {
		n += 3
	}
	if a.Facts.Venue != "" {
		n += 3
	}
	if a.Facts.EventDate.Known() {
		n += 3
	}
	return n
}

// chooseHeadline keeps the headline as long as its article leads. A headline that a human had pinned goes with the pin.
func chooseHeadline(s news.Step, lead *news.Article) string {
	pin := ""
	var from news.ArticleKey
	for _, p := range s.Pins {
		if p.Headline == "" {
			continue
		}
		if pin == "" || p.Article == lead.Key && from != lead.Key || p.Article < from && from != lead.Key {
			pin, from = p.Headline, p.Article
		}
	}
	if pin != "" {
		return pin
	}
	old := s.Old.Account
	if old.Lead == lead.Key && old.Headline != "" && !pinRemoved(s) {
		return old.Headline
	}
	return firstOf(lead.Headline, lead.Title)
}

// pinRemoved says whether the headline of old was a human's whose correction is no longer in force.
func pinRemoved(s news.Step) bool {
	for _, r := range s.Old.Life.Told.Rulings {
		if strings.Contains(r, s.Old.Account.Headline) && !slices.Contains(s.Rulings, r) {
			return true
		}
	}
	return false
}

func summaryOf(a *news.Article, runes int) string {
	if s := strings.TrimSpace(a.Summary); s != "" {
		return cutRunes(oneLine(s), runes)
	}
	return cutRunes(oneLine(cutBytes(a.Text, 8*runes)), runes)
}

// bodyOf is what an entry shows of its lead: a seed in full, a feed's article as an excerpt unless it may be republished.
func bodyOf(a *news.Article, p Preferences) string {
	if a.Seed || p.Republish[a.Feed] {
		if a.HTML != "" {
			return a.HTML
		}
		return paragraphs(a.Text)
	}
	text := strings.TrimSpace(a.Text)
	if text == "" {
		text = a.Summary
	}
	return paragraphs(cutRunes(text, p.Excerpt))
}

// sourceOf names the lead's feed as it was when the article became the lead.
func sourceOf(s news.Step, lead *news.Article) news.SourceRef {
	if old := s.Old.Account; old.Lead == lead.Key && old.Source != (news.SourceRef{}) {
		return old.Source
	}
	st, ok := s.Feeds[lead.Feed]
	if !ok {
		return news.SourceRef{Title: lead.Outlet}
	}
	return news.SourceRef{
		ID: firstOf(st.DocID, st.Self, st.URL), Title: firstOf(st.Title, lead.Outlet), Link: st.Link, Self: firstOf(st.Self, st.URL),
		Rights: st.Rights, Updated: st.Updated,
	}
}

// tagsOf are the outlets' own labels, the commonest first.
func tagsOf(members []*news.Article) []string {
	count, printed := make(map[string]int), make(map[string]string)
	for _, m := range members {
		seen := make(map[string]bool)
		for _, c := range m.Tags {
			label := strings.TrimSpace(firstOf(c.Label, c.Term))
			k := strings.TrimSpace(FoldWords(label))
			if k == "" || seen[k] {
				continue
			}
			seen[k] = true
			count[k]++
			if old := printed[k]; old == "" || label < old {
				printed[k] = label
			}
		}
	}
	keys := make([]string, 0, len(count))
	for k := range count {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(count[b]-count[a], cmp.Compare(a, b)) })
	keys = keys[:min(len(keys), maxTags)]
	var out []string
	for _, k := range keys {
		out = append(out, printed[k])
	}
	return out
}
