package fetch

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"wirefold/internal/news"
)

// Bounds of a list of feeds. The largest real lists have a few thousand feeds, two or three folders deep.
const (
	maxOutlines     = 10_000
	maxOutlineDepth = 50
)

// List is a list of feeds, as an OPML file holds it (OPML 2.0).
type List struct {
	Title string
	Feeds []news.Feed // URL and Outlet are set
	// Problems are outlines that were left out, and why.
	Problems []error
}

// ReadOPML reads a list of feeds. Only xmlUrl, with http or https, makes a feed: nothing that an outline includes or
// links to is fetched, and what other readers would run (exec:, filter:) is left out. A feed that stands there twice is
// one feed. The error is about the whole file.
func ReadOPML(raw []byte) (List, error) {
	if len(raw) > MaxBody {
		return List{}, ErrTooLarge
	}
	text, _ := toUTF8(raw, "")
	d := xml.NewDecoder(strings.NewReader(strings.Map(xmlCharacter, text)))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	r := opmlReader{seen: map[string]bool{}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return List{}, quiet(fmt.Errorf("read OPML: %w", err))
		}
		if err := r.token(token); err != nil {
			return List{}, err
		}
	}
	if !r.opml {
		return List{}, errors.New("read OPML: no opml element in it")
	}
	if r.deep > 0 {
		r.problem("%d outlines more than %d deep", r.deep, maxOutlineDepth)
	}
	if r.over > 0 {
		r.problem("%d outlines more than %d", r.over, maxOutlines)
	}
	return r.list, nil
}

// xmlCharacter drops what XML 1.0 cannot hold (section 2.2): one such character must not cost the list.
func xmlCharacter(r rune) rune {
	if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
		return -1
	}
	return r
}

type opmlReader struct {
	list       List
	seen       map[string]bool
	opml       bool
	depth      int
	inTitle    bool
	outlines   int
	deep, over int
}

func (r *opmlReader) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		r.depth++
		r.inTitle = r.depth == 3 && t.Name.Local == "title"
		switch {
		case r.depth == 1 && t.Name.Local != "opml":
			return errors.New("read OPML: this is another kind of file")
		case r.depth == 1:
			r.opml = true
		case t.Name.Local == "outline":
			r.outline(t)
		}
	case xml.EndElement:
		r.depth--
		r.inTitle = false
	case xml.CharData:
		if r.inTitle {
			r.list.Title = clip(string(t), maxSaid)
		}
	}
	return nil
}

func (r *opmlReader) outline(t xml.StartElement) {
	r.outlines++
	switch {
	case r.depth > maxOutlineDepth:
		r.deep++
		return
	case r.outlines > maxOutlines:
		r.over++
		return
	}
	var address, text, title string
	for _, a := range t.Attr {
		switch strings.ToLower(a.Name.Local) {
		case "xmlurl":
			address = strings.TrimSpace(a.Value)
		case "text":
			text = a.Value
		case "title":
			title = a.Value
		}
	}
	if address == "" {
		return // a folder, or a link
	}
	if rest, ok := strings.CutPrefix(address, "feed://"); ok {
		address = "http://" + rest
	}
	if _, err := target(address); err != nil || len(address) > maxFeedURL {
		r.problem("outline %d: %s is not an http or https address", r.outlines, clip(address, 100))
		return
	}
	if r.seen[address] {
		return
	}
	r.seen[address] = true
	if text == "" {
		text = title
	}
	r.list.Feeds = append(r.list.Feeds, news.Feed{URL: address, Outlet: clip(text, maxSaid), Enabled: true})
}

// maxFeedURL is the longest address of a feed that is taken from a list or a page, in bytes.
const maxFeedURL = 2000

// maxListProblems bounds what is said of a bad list.
const maxListProblems = 20

func (r *opmlReader) problem(format string, args ...any) {
	if len(r.list.Problems) < maxListProblems {
		r.list.Problems = append(r.list.Problems, fmt.Errorf(format, args...))
	}
}

// WriteOPML renders feeds as OPML 2.0, in their order. Seed folders are not feeds that others can subscribe to.
func WriteOPML(title string, feeds []news.Feed) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + "<opml version=\"2.0\">\n  <head><title>" + attribute(title) + "</title></head>\n  <body>\n")
	for _, f := range feeds {
		if f.URL == "" {
			continue
		}
		name := f.Outlet
		if name == "" {
			name = string(f.ID)
		}
		fmt.Fprintf(&b, "    <outline type=\"rss\" text=\"%s\" title=\"%s\" xmlUrl=\"%s\"/>\n", attribute(name), attribute(name), attribute(f.URL))
	}
	b.WriteString("  </body>\n</opml>\n")
	return b.Bytes()
}

// attribute escapes text for XML. EscapeText replaces what XML 1.0 cannot hold.
func attribute(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a strings.Builder does not fail
	}
	return b.String()
}

// FetchList reads a list of feeds from an address, under the guard.
func (c *Client) FetchList(ctx context.Context, address string) (List, error) {
	u, err := target(address)
	if err != nil {
		return List{}, quiet(err)
	}
	p, err := c.page(ctx, news.Feed{}, u, "text/x-opml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1", MaxBody)
	if err != nil {
		return List{}, fmt.Errorf("fetch the list: %w", err)
	}
	return ReadOPML(p.body)
}

// CompareLists says what a list has that ours lacks, and what of ours it no longer has: how a remote list is kept in
// sync, with a person's consent.
func CompareLists(ours, theirs []news.Feed) (added, gone []news.Feed) {
	return missing(theirs, ours), missing(ours, theirs)
}

// missing are the feeds of a that are not in b.
func missing(a, b []news.Feed) []news.Feed {
	have := map[string]bool{}
	for _, f := range b {
		have[f.URL] = true
	}
	var out []news.Feed
	for _, f := range a {
		if f.URL != "" && !have[f.URL] {
			out = append(out, f)
		}
	}
	return out
}
