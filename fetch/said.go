package fetch

import (
	"strings"

	"golang.org/x/net/html"

	"wirefold/internal/news"
)

const (
	// maxSaid bounds what a document may say of itself, in bytes.
	maxSaid = 500
	// maxHubs bounds the hubs that a feed may name.
	maxHubs = 3
)

// describe takes over what a document says of itself, for atom:source and the sources page.
func describe(s news.FeedState, d *news.Document) news.FeedState {
	s.DocID, s.Title, s.Link = clip(d.ID, maxSaid), plain(d.Title), clip(d.Link, maxSaid)
	s.Language, s.Rights, s.Updated = clip(d.Language, 40), plain(d.Rights), d.Updated
	s.Self, s.Hubs = clip(d.Self, maxSaid), d.Hubs
	if len(s.Hubs) > maxHubs {
		s.Hubs = s.Hubs[:maxHubs]
	}
	s.Poll = d.Poll
	s.Flags = d.Flags
	if d.Partial {
		s.Flags = append([]string{"partial"}, s.Flags...)
	}
	return s
}

// plain is a text construct as one line of text: markup is dropped, what is left is still to be escaped on output.
func plain(t news.Text) string {
	return clip(plainWhole(t), maxSaid)
}

// plainWhole is the text of a text construct, without its markup.
func plainWhole(t news.Text) string {
	if t.Type != news.HTML {
		return t.Value
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(t.Value))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		}
	}
}
