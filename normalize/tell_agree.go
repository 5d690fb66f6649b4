package normalize

import (
	"cmp"
	"slices"
	"time"

	"wirefold/internal/news"
)

// toldAt is when an article was told: its own date, else when it was first seen.
func toldAt(a *news.Article) time.Time {
	if a.Published.Known() {
		return a.Published.Time
	}
	return a.Seen
}

// agreedPeople are those whom the reports name together: all of a single report, else those of at least two, and those whom
// the lead gives a role. The most named come first.
func agreedPeople(members []*news.Article, report []int, lead int) []news.Person {
	type standing struct {
		person  news.Person
		words   []string
		reports map[int]bool
		first   int // place in the order of tellings
		inLead  bool
	}
	var all []*standing
	order := make([]int, 0, len(members))
	order = append(order, lead)
	for i := range members {
		if i != lead {
			order = append(order, i)
		}
	}
	for _, i := range order {
		for _, p := range members[i].Facts.People {
			words := nameWords(p.Name)
			var s *standing
			for _, have := range all {
				if sameName(have.words, words) || spellingVariant(have.words, words) {
					s = have
					break
				}
			}
			if s == nil {
				s = &standing{person: p, words: words, reports: make(map[int]bool), first: len(all), inLead: i == lead}
				all = append(all, s)
			}
			s.reports[report[i]] = true
			if s.person.Role == "" {
				s.person.Role = p.Role
			}
		}
	}
	distinct := make(map[int]bool)
	for _, r := range report {
		distinct[r] = true
	}
	slices.SortStableFunc(all, func(a, b *standing) int {
		return cmp.Or(len(b.reports)-len(a.reports), a.first-b.first)
	})
	var out []news.Person
	for _, s := range all {
		if len(out) < maxWho && (len(s.reports) > 1 || s.inLead && (s.person.Role != "" || len(distinct) == 1)) {
			out = append(out, s.person)
		}
	}
	return out
}

// nameWords are the folded words of a name.
func nameWords(name string) []string {
	var words []string
	for _, t := range splitTokens(name, &lexicon{}) {
		if t.word() {
			words = append(words, t.low)
		}
	}
	return words
}

// vote finds the value that most reports state; the lead's wins a tie, then the least.
func vote[T cmp.Ordered](members []*news.Article, report []int, lead int, value func(*news.Article) (T, bool)) (T, bool) {
	count := make(map[T]map[int]bool)
	for i, m := range members {
		if v, ok := value(m); ok {
			if count[v] == nil {
				count[v] = make(map[int]bool)
			}
			count[v][report[i]] = true
		}
	}
	leads, hasLead := value(members[lead])
	var best T
	found := false
	for v, by := range count {
		switch {
		case !found || len(by) > len(count[best]):
			best, found = v, true
		case len(by) == len(count[best]):
			if hasLead && v == leads || !(hasLead && best == leads) && v < best {
				best = v
			}
		}
	}
	return best, found
}

func agreedPlace(members []*news.Article, report []int, lead int) string {
	v, _ := vote(members, report, lead, func(a *news.Article) (string, bool) { return a.Facts.Venue, a.Facts.Venue != "" })
	return v
}

func agreedDate(members []*news.Article, report []int, lead int) news.Date {
	v, ok := vote(members, report, lead, func(a *news.Article) (int64, bool) {
		d := a.Facts.EventDate
		return d.Time.Unix() / 86400, d.Known()
	})
	if !ok {
		return news.Date{}
	}
	return news.Date{Time: time.Unix(v*86400, 0).UTC(), DayOnly: true}
}
