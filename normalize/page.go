package normalize

import (
	"strings"

	"wirefold/internal/news"
)

// Page is a seed's text taken apart: what a reader would call its headline, its body and its facts. What the page does
// not state stays empty.
type Page struct {
	Title      string // the printed headline; "" when the page prints none
	Headline   string // always: the title, or the best printed line
	Standfirst string
	Body       string // the clean text, paragraphs separated by a blank line
	Published  news.Date
	Updated    news.Date
	Lang       string // as the markup states it, "" otherwise
	Image      string
	Link       string // canonical address, if the markup states one
	Facts      news.Facts
}

// ReadPage takes the text of a seed apart. It never fails: the worst page is one of which only the body is known.
func ReadPage(text string, f news.SeedFormat) Page {
	text = strings.TrimSpace(text)
	head, body, found := strings.Cut(text, "\n")
	if !found {
		body = head
	}
	return Page{Title: head, Headline: head, Body: strings.TrimSpace(body)}
}
