package normalize

import (
	"strings"

	"wirefold/internal/news"
)

// ExtractFacts fills a.Facts with what the title and the text of the article state: people with their roles, numbers
// with what they count, venue and event date. Facts that are already there are kept, and a seed has them all.
func ExtractFacts(a *news.Article) {
	if a.Seed {
		return // ReadPage has read all of it, with the page's layout before its eyes
	}
	text, base := a.Text, a.Published
	dateline := a.Facts.Dateline
	if dateline == "" {
		dl := splitDateline(text)
		dateline = dl.place
		text = text[dl.end:]
		a.Facts.Dateline = dateline
		if a.Facts.Agency == "" {
			a.Facts.Agency = dl.agency
		}
	}
	fillFacts(&a.Facts, a.Title, text, base, commaLanguage(a.Lang))
}

// fillFacts reads what a text without its dateline states, into the fields that are still empty.
func fillFacts(f *news.Facts, title, text string, base news.Date, commaDecimals bool) {
	lex := newsWords()
	toks := splitTokens(text, lex)
	if f.People == nil {
		f.People = readPeople(text, toks, lex)
	}
	if f.Numbers == nil {
		f.Numbers = numbersOf(text, toks, readNumbers(text, toks, lex, commaDecimals))
		if title != "" {
			tt := splitTokens(title, lex)
			f.Numbers = addNumbers(f.Numbers, numbersOf(title, tt, readNumbers(title, tt, lex, commaDecimals)))
		}
	}
	if !f.EventDate.Known() {
		f.EventDate, _ = readEventDate(toks, base)
	}
	if f.Venue == "" {
		v := readVenue(text, toks, lex, placeName(f.Dateline, lex))
		f.Venue = v.city
		if f.VenueDetail == "" {
			f.VenueDetail = v.detail
		}
	}
}

func addNumbers(have, more []news.Number) []news.Number {
next:
	for _, n := range more {
		for _, h := range have {
			if h.Value == n.Value && h.Unit == n.Unit {
				continue next
			}
		}
		have = append(have, n)
	}
	return have
}

// placeName is a dateline's place as the placeTable calls it, else as printed in title case.
func placeName(s string, lex *lexicon) string {
	if s == "" {
		return ""
	}
	toks := splitTokens(s, lex)
	if len(toks) > 0 {
		if p, n := lex.places.at(toks, 0); n > 0 && p.kind == placeCity {
			return p.of
		}
	}
	return s
}

// commaLanguage says whether a language writes decimals with a comma.
func commaLanguage(lang string) bool {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	switch base {
	case "es", "de", "fr", "pl", "it", "nl", "pt", "ru", "tr":
		return true
	}
	return false
}
