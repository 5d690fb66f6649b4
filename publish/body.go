package publish

import (
	"html"
	"strings"
	"time"

	"wirefold/internal/news"
)

// storyHTML is the body of a story's entry. Who tells it and where they differ stands at the top, because readers hide
// what a feed says of its sources elsewhere; then follows what the lead article says.
func (cf *config) storyHTML(a news.Account) string {
	var b strings.Builder
	cf.tellingsHTML(&b, a)
	disagreementsHTML(&b, a)
	if a.Body != "" {
		b.WriteString(`<div`)
		langHTML(&b, a.Lang)
		b.WriteString(">" + legal(a.Body) + "</div>")
	} else if a.Summary != "" {
		b.WriteString(`<p`)
		langHTML(&b, a.Lang)
		b.WriteString(">" + esc(a.Summary) + "</p>")
	}
	return b.String()
}

// tellingsHTML names every telling with outlet, title, link and time.
func (cf *config) tellingsHTML(b *strings.Builder, a news.Account) {
	if len(a.Tellings) == 1 {
		b.WriteString("<p>")
		cf.tellingHTML(b, a, a.Tellings[0])
		b.WriteString("</p>")
		return
	}
	b.WriteString("<p>" + esc(told(a)) + ":</p><ul>")
	for _, t := range a.Tellings {
		b.WriteString("<li>")
		cf.tellingHTML(b, a, t)
		b.WriteString("</li>")
	}
	b.WriteString("</ul>")
}

func (cf *config) tellingHTML(b *strings.Builder, a news.Account, t news.Telling) {
	title := clean(t.Title)
	if title == "" {
		title = "Untitled"
	}
	if name := outletOf(t); name != "" {
		b.WriteString("<strong>" + esc(name) + "</strong>: ")
	}
	b.WriteString(`<a href="` + esc(cf.tellingURL(t)) + `"`)
	langHTML(b, t.Lang)
	b.WriteString(">" + esc(title) + "</a>, " + esc(when(t, time.UTC)))
	if t.CopyOf != "" {
		b.WriteString(" (the same text as " + esc(copied(a, t)) + ")")
	}
}

// disagreementsHTML shows on what the outlets contradict each other, each side with who says it.
func disagreementsHTML(b *strings.Builder, a news.Account) {
	if len(a.Disagreements) == 0 {
		return
	}
	b.WriteString("<p>Where the outlets differ:</p><ul>")
	for _, d := range a.Disagreements {
		b.WriteString("<li>" + esc(disagreementText(a, d)) + "</li>")
	}
	b.WriteString("</ul>")
}

// disagreementText is "Poland's envoy: Dawn says X, Daily Times says Y", or "Dead: 12 (Dawn), then 15 (BBC)".
func disagreementText(a news.Account, d news.Disagreement) string {
	var sides []string
	for _, side := range d.Sides {
		who := strings.Join(speakers(a, side), " and ")
		if d.Update {
			sides = append(sides, clean(side.Value)+" ("+who+")")
			continue
		}
		verb := " says "
		if len(speakers(a, side)) > 1 {
			verb = " say "
		}
		sides = append(sides, who+verb+clean(side.Value))
	}
	sep := ", "
	if d.Update {
		sep = ", then "
	}
	about := clean(d.About)
	if about != "" {
		about += ": "
	}
	return about + strings.Join(sides, sep)
}

// speakers are the outlets that say a side.
func speakers(a news.Account, side news.Side) []string {
	var ts []news.Telling
	for _, t := range a.Tellings {
		for _, k := range side.Articles {
			if t.Article == k {
				ts = append(ts, t)
			}
		}
	}
	if len(ts) > 0 {
		return distinct(ts, speaker)
	}
	if len(side.Outlets) == 0 {
		return []string{"One outlet"}
	}
	names := make([]string, len(side.Outlets))
	for i, o := range side.Outlets {
		names[i] = clean(o)
	}
	return names
}

// copied is whose report a telling repeats.
func copied(a news.Account, t news.Telling) string {
	for _, u := range a.Tellings {
		if u.Article == t.CopyOf {
			return speaker(u)
		}
	}
	return "another report"
}

// when says when a telling was published, or that it does not say so.
func when(t news.Telling, zone *time.Location) string {
	switch {
	case t.Published.DayOnly:
		return t.Published.Time.UTC().Format("2 January 2006")
	case t.Published.Known():
		return clock(t.Published.Time, zone)
	case t.Seen.IsZero():
		return "undated"
	}
	return "undated, first seen " + clock(t.Seen, zone)
}

// clock prints a time for people, with the offset in digits: names of zones differ between machines.
func clock(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	if _, offset := t.Zone(); offset == 0 {
		return t.Format("2 January 2006, 15:04 UTC")
	}
	return t.Format("2 January 2006, 15:04 UTC-07:00")
}

// langHTML writes the lang and dir attributes of text in a language.
func langHTML(b *strings.Builder, lang string) {
	if lang = language(lang); lang != "" {
		b.WriteString(` lang="` + lang + `"`)
	}
	b.WriteString(` dir="` + direction(lang) + `"`)
}

// articleHTML is the body of one article by itself: a seed's text in full, of others an excerpt, or all of it where the
// feed's owner lets us.
func (cf *config) articleHTML(a news.Article) string {
	var b strings.Builder
	t := news.Telling{Outlet: a.Outlet, URL: a.URL, Feed: a.Feed, Article: a.Key, Title: headlineOf(a), Lang: a.Lang, Published: a.Published, Seen: a.Seen}
	if u := web(a.Link); u != "" {
		t.URL = u
	}
	b.WriteString("<p>")
	cf.tellingHTML(&b, news.Account{}, t)
	b.WriteString("</p><div")
	langHTML(&b, a.Lang)
	b.WriteString(">" + cf.articleText(a) + "</div>")
	return b.String()
}

// articleText is as much of an article's text as we may show, as HTML.
func (cf *config) articleText(a news.Article) string {
	full := a.Seed || cf.feeds[a.Feed].Republish
	switch {
	case full && a.HTML != "":
		return legal(a.HTML)
	case full:
		return paragraphs(a.Text)
	}
	return paragraphs(excerpt(summaryOf(a), cf.excerptLength()))
}

// paragraphs is plain text, its paragraphs separated by blank lines, as HTML.
func paragraphs(text string) string {
	var b strings.Builder
	for p := range strings.SplitSeq(legal(text), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + html.EscapeString(p) + "</p>")
		}
	}
	return b.String()
}
