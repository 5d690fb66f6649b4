package main

import (
	"strings"
	"time"

	"wirefold/internal/news"
	"wirefold/normalize"
)

// The shape that parse prints (docs/design.md section 6).
type (
	feedJSON struct {
		Title       string       `json:"title,omitempty"`
		Description string       `json:"description,omitempty"`
		Link        string       `json:"link,omitempty"`
		ID          string       `json:"id,omitempty"`
		Language    string       `json:"language,omitempty"`
		Rights      string       `json:"rights,omitempty"`
		Generator   string       `json:"generator,omitempty"`
		Image       string       `json:"image,omitempty"`
		Updated     string       `json:"updated,omitempty"`
		Published   string       `json:"published,omitempty"`
		Partial     bool         `json:"partial,omitempty"`
		Authors     []authorJSON `json:"authors,omitempty"`
		Categories  []string     `json:"categories,omitempty"`
		Links       []linkJSON   `json:"links,omitempty"`
		Entries     []entryJSON  `json:"entries"`
	}
	entryJSON struct {
		ID         string           `json:"id,omitempty"`
		Title      string           `json:"title,omitempty"`
		Link       string           `json:"link,omitempty"`
		Summary    string           `json:"summary,omitempty"`
		Content    string           `json:"content,omitempty"`
		Updated    string           `json:"updated,omitempty"`
		Published  string           `json:"published,omitempty"`
		Comments   string           `json:"comments,omitempty"`
		Rights     string           `json:"rights,omitempty"`
		Image      string           `json:"image,omitempty"`
		Authors    []authorJSON     `json:"authors,omitempty"`
		Categories []string         `json:"categories,omitempty"`
		Links      []linkJSON       `json:"links,omitempty"`
		Enclosures []news.Enclosure `json:"enclosures,omitempty"`
		Media      []mediaJSON      `json:"media,omitempty"`
		Source     *sourceJSON      `json:"source,omitempty"`
		*seedJSON
	}
	seedJSON struct {
		Headline    string        `json:"headline"`
		Standfirst  string        `json:"standfirst,omitempty"`
		Dateline    string        `json:"dateline,omitempty"`
		Venue       string        `json:"venue,omitempty"`
		VenueDetail string        `json:"venue_detail,omitempty"`
		EventDate   string        `json:"event_date,omitempty"`
		Byline      string        `json:"byline,omitempty"`
		Outlet      string        `json:"outlet,omitempty"`
		Agency      string        `json:"agency,omitempty"`
		People      []news.Person `json:"people,omitempty"`
		Numbers     []news.Number `json:"numbers,omitempty"`
	}
	sourceJSON struct {
		Title        string       `json:"title,omitempty"`
		ID           string       `json:"id,omitempty"`
		Link         string       `json:"link,omitempty"`
		Links        []linkJSON   `json:"links,omitempty"`
		Updated      string       `json:"updated,omitempty"`
		Authors      []authorJSON `json:"authors,omitempty"`
		Contributors []authorJSON `json:"contributors,omitempty"`
		Rights       string       `json:"rights,omitempty"`
		Description  string       `json:"description,omitempty"`
		Categories   []string     `json:"categories,omitempty"`
		Generator    string       `json:"generator,omitempty"`
		Icon         string       `json:"icon,omitempty"`
	}
	authorJSON struct {
		Name  string `json:"name,omitempty"`
		Email string `json:"email,omitempty"`
		URI   string `json:"uri,omitempty"`
	}
	linkJSON struct {
		Rel    string `json:"rel,omitempty"`
		Href   string `json:"href,omitempty"`
		Type   string `json:"type,omitempty"`
		Title  string `json:"title,omitempty"`
		Length string `json:"length,omitempty"`
	}
	mediaJSON struct {
		URL string `json:"url"`
	}
)

func printFeed(d *news.Document) feedJSON {
	out := feedJSON{
		Title: normalize.TitleHTML(d.Title), Description: normalize.Clean(d.Description).HTML, Link: printURL(d.Link), ID: d.ID,
		Language: d.Language, Rights: normalize.Clean(d.Rights).HTML, Generator: d.Generator, Image: printURL(d.Image),
		Updated: printTime(d.Updated), Published: printTime(d.Published), Partial: d.Partial,
		Authors: printAuthors(d.Authors), Categories: printCategories(d.Categories), Links: printLinks(d.Links),
		Entries: make([]entryJSON, 0, len(d.Items)),
	}
	for i := range d.Items {
		it := &d.Items[i]
		e := entryJSON{
			ID: it.GUID, Title: normalize.TitleHTML(it.Title), Link: printURL(it.Link), Summary: normalize.Clean(it.Summary).HTML,
			Content: normalize.Clean(it.Content).HTML, Updated: printTime(it.Updated), Published: printTime(it.Published),
			Comments: printURL(it.Comments), Rights: normalize.Clean(it.Rights).HTML, Image: printURL(it.Image),
			Authors: printAuthors(it.Authors), Categories: printCategories(it.Categories), Links: printLinks(it.Links),
		}
		for _, f := range it.Enclosures {
			if f.URL = printURL(f.URL); f.URL != "" {
				e.Enclosures = append(e.Enclosures, f)
			}
		}
		for _, m := range it.Media {
			if m = printURL(m); m != "" {
				e.Media = append(e.Media, mediaJSON{m})
			}
		}
		if s := it.Source; s != nil {
			e.Source = &sourceJSON{
				Title: normalize.TitleHTML(s.Title), ID: s.ID, Link: printURL(s.Link), Links: printLinks(s.Links), Updated: printTime(s.Updated),
				Authors: printAuthors(s.Authors), Contributors: printAuthors(s.Contributors), Rights: normalize.Clean(s.Rights).HTML,
				Description: normalize.Clean(s.Description).HTML, Categories: printCategories(s.Categories), Generator: s.Generator, Icon: printURL(s.Icon),
			}
		}
		out.Entries = append(out.Entries, e)
	}
	return out
}

// printSeed is the one entry of a seed file. Unlike a feed's dates, a day printed without a time stays a day.
func printSeed(a news.Article) feedJSON {
	e := entryJSON{
		ID: a.GUID, Title: normalize.EscapeTitle(a.Title), Link: a.Link, Summary: normalize.EscapeTitle(a.Summary), Content: a.HTML, Published: a.Published.String(),
		Updated: a.Updated.String(), Image: a.Image, Authors: printAuthors(a.Authors),
		seedJSON: &seedJSON{
			Headline: normalize.EscapeTitle(a.Headline), Standfirst: a.Facts.Standfirst, Dateline: a.Facts.Dateline, Venue: a.Facts.Venue,
			VenueDetail: a.Facts.VenueDetail, EventDate: a.Facts.EventDate.String(), Byline: a.Facts.Byline,
			Outlet: a.Facts.Outlet, Agency: a.Facts.Agency, People: a.Facts.People, Numbers: a.Facts.Numbers,
		},
	}
	return feedJSON{Title: e.Title, Language: a.Lang, Entries: []entryJSON{e}}
}

// printTime is RFC 3339 in UTC; what a feed states as a day is its midnight.
func printTime(d news.Date) string {
	if !d.Known() {
		return ""
	}
	return d.Time.UTC().Format(time.RFC3339)
}

// printURL gives an address as the feed has it: absolute where it said against what, and of a scheme that does
// nothing by itself. What an Article links to is stricter: http(s) alone.
func printURL(s string) string {
	if u := normalize.WebURL(s); u != "" {
		return u
	}
	s = strings.TrimSpace(printable(s))
	if scheme, _, ok := strings.Cut(s, ":"); ok && !inert[strings.ToLower(scheme)] && !strings.ContainsAny(scheme, "/?#") {
		return ""
	}
	if strings.ContainsAny(s, "<>\"'\\ \t\n") || strings.HasPrefix(s, "//") {
		return ""
	}
	return s
}

// inert are schemes that name or lead somewhere, and run nothing.
var inert = map[string]bool{"ftp": true, "ftps": true, "mailto": true, "tag": true, "urn": true}

func printAuthors(as []news.Author) []authorJSON {
	var out []authorJSON
	for _, a := range as {
		out = append(out, authorJSON{Name: printable(a.Name), Email: printable(a.Email), URI: printURL(a.URI)})
	}
	return out
}

func printCategories(cs []news.Category) []string {
	var out []string
	for _, c := range cs {
		out = append(out, printable(c.Term))
	}
	return out
}

func printLinks(ls []news.Link) []linkJSON {
	var out []linkJSON
	for _, l := range ls {
		if l.Href = printURL(l.Href); l.Href != "" {
			out = append(out, linkJSON{Rel: l.Rel, Href: l.Href, Type: l.Type, Title: normalize.EscapeTitle(printable(l.Title)), Length: l.Length})
		}
	}
	return out
}
