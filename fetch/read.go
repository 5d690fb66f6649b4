package fetch

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"wirefold/internal/news"
)

// Response is what is known of a body besides its bytes. Empty strings are unknown.
type Response struct {
	URL             string // where it came from, after redirects
	ContentType     string // the header, with its charset
	ContentLocation string // the header; may be relative to URL
	ContentLanguage string // the header
}

// ErrTooLarge says that a body is larger than MaxBody, in bytes or as text.
var ErrTooLarge = errors.New("too large: more than 10 MiB")

// Read takes the body of a feed of any format apart: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, CDF, JSON Feed 1.0 and
// 1.1. Nothing in the result is cleaned or believed. What was odd is in Document.Flags; Partial says that something
// was lost. A web page gives a *PageError with the feeds that it offers, other bytes an error that wraps ErrNotAFeed.
func Read(body []byte, in Response) (doc *news.Document, err error) {
	// Whatever a feed makes the parsers do, it does to itself alone. The stack cannot run out: scan bounds the depth.
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("reader failed on this body: %v\n%.2000s", r, debug.Stack())
		}
	}()
	if len(body) > MaxBody {
		return nil, ErrTooLarge
	}
	base := baseOf(in)
	text, odd := toUTF8(body, in.ContentType)
	if len(text) > MaxBody {
		return nil, ErrTooLarge
	}
	if strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("%w: the body is empty", ErrNotAFeed)
	}
	if looksJSON(text) {
		doc, err = readJSON(text, base)
	} else {
		doc, err = readXML(text, base)
	}
	if err != nil {
		return nil, err
	}
	doc.Flags = append(odd, doc.Flags...)
	if doc.Language == "" {
		doc.Language = firstLanguage(in.ContentLanguage)
	}
	bound(doc)
	countEmpty(doc)
	for i := range doc.Items {
		doc.Items[i].Hash = hashItem(&doc.Items[i])
	}
	return doc, nil
}

// countEmpty flags items that say nothing at all. They stay in the document, as it has them; normalize.Identify passes
// over them.
func countEmpty(d *news.Document) {
	n := 0
	for i := range d.Items {
		if it := &d.Items[i]; it.GUID+it.Link+it.Title.Value+it.Summary.Value+it.Content.Value == "" && len(it.Enclosures) == 0 {
			n++
		}
	}
	if n > 0 {
		d.Flags = append(d.Flags, fmt.Sprintf("%d items say nothing", n))
	}
}

// baseOf is the URL that relative references of a document resolve against (RFC 3986 section 5.1).
func baseOf(in Response) string {
	base := webURL(in.URL)
	if in.ContentLocation != "" {
		if loc := resolve(base, in.ContentLocation); webURL(loc) != "" {
			return loc
		}
	}
	return base
}

func firstLanguage(header string) string {
	first, _, _ := strings.Cut(header, ",")
	return strings.TrimSpace(first)
}

func readXML(text, base string) (*news.Document, error) {
	got, err := scan(text, base)
	if err != nil {
		switch {
		case got.html || got.doctype:
			return nil, newPageError(text, base)
		case got.opml:
			return nil, errOPML
		}
		return nil, fmt.Errorf("%w: no element of a feed in it", ErrNotAFeed)
	}
	doc := document(&got)
	doc.Partial = got.partial
	doc.Flags = append(doc.Flags, got.flags...)
	return doc, nil
}
