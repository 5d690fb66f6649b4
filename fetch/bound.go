package fetch

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"wirefold/internal/news"
)

// Bounds of single fields, in bytes. Real feeds stay far below; what is longer is cut on a grapheme, and flagged.
const (
	maxTitle   = 2 << 10
	maxBodyOf  = 512 << 10 // summary, content
	maxShort   = 1 << 10   // names, categories, rights
	maxURL     = 4 << 10   // a longer URL is left out: half a URL leads elsewhere
	maxGUID    = 2 << 10   // a longer id is replaced by its hash
	maxMany    = 100       // categories, authors, links, enclosures, media of one item
	cutContext = 256       // bytes before a cut that are looked at for grapheme boundaries
)

// bound cuts every field of a document to its bound.
func bound(d *news.Document) {
	b := bounder{}
	d.ID = b.id(d.ID)
	b.text(&d.Title, maxTitle)
	b.text(&d.Description, maxBodyOf)
	b.text(&d.Rights, maxShort)
	d.Link, d.Self, d.Image = b.url(d.Link), b.url(d.Self), b.url(d.Image)
	d.Language, d.Generator = b.cut(d.Language, 64), b.cut(d.Generator, maxShort)
	d.Authors, d.Categories, d.Links = b.authors(d.Authors), b.categories(d.Categories), b.links(d.Links)
	d.Hubs = b.urls(d.Hubs)
	if b.hit {
		d.Flags = append(d.Flags, "fields cut to their bounds")
	}
	for i := range d.Items {
		it := &d.Items[i]
		b := bounder{}
		it.GUID = b.id(it.GUID)
		b.text(&it.Title, maxTitle)
		b.text(&it.Summary, maxBodyOf)
		b.text(&it.Content, maxBodyOf)
		b.text(&it.Rights, maxShort)
		it.Link, it.Image, it.Comments = b.url(it.Link), b.url(it.Image), b.url(it.Comments)
		it.Language = b.cut(it.Language, 64)
		it.Authors, it.Categories, it.Links = b.authors(it.Authors), b.categories(it.Categories), b.links(it.Links)
		it.Media = b.urls(it.Media)
		it.Enclosures = atMost(&b, it.Enclosures)
		for j := range it.Enclosures {
			e := &it.Enclosures[j]
			e.URL, e.Type, e.Length = b.url(e.URL), b.cut(e.Type, maxShort), b.cut(e.Length, 32)
		}
		if s := it.Source; s != nil {
			s.ID = b.id(s.ID)
			b.text(&s.Title, maxTitle)
			b.text(&s.Rights, maxShort)
			b.text(&s.Description, maxBodyOf)
			s.Link = b.url(s.Link)
			s.Authors, s.Categories, s.Links = b.authors(s.Authors), b.categories(s.Categories), b.links(s.Links)
		}
		if b.hit {
			it.Flags = append(it.Flags, "fields cut to their bounds")
		}
	}
}

// bounder cuts, and remembers that it did.
type bounder struct{ hit bool }

func (b *bounder) cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	b.hit = true
	return cutText(s, limit)
}

func (b *bounder) text(t *news.Text, limit int) { t.Value = b.cut(t.Value, limit) }

func (b *bounder) url(s string) string {
	if len(s) <= maxURL {
		return s
	}
	b.hit = true
	return ""
}

func (b *bounder) id(s string) string {
	if len(s) <= maxGUID {
		return s
	}
	b.hit = true
	sum := sha256.Sum256([]byte(s))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func atMost[T any](b *bounder, list []T) []T {
	if len(list) <= maxMany {
		return list
	}
	b.hit = true
	return list[:maxMany]
}

func (b *bounder) urls(list []string) []string {
	list = atMost(b, list)
	for i := range list {
		list[i] = b.url(list[i])
	}
	return list
}

func (b *bounder) authors(list []news.Author) []news.Author {
	list = atMost(b, list)
	for i := range list {
		a := &list[i]
		a.Name, a.Email, a.URI = b.cut(a.Name, maxShort), b.cut(a.Email, maxShort), b.url(a.URI)
	}
	return list
}

func (b *bounder) categories(list []news.Category) []news.Category {
	list = atMost(b, list)
	for i := range list {
		c := &list[i]
		c.Term, c.Scheme, c.Label = b.cut(c.Term, maxShort), b.cut(c.Scheme, maxShort), b.cut(c.Label, maxShort)
	}
	return list
}

func (b *bounder) links(list []news.Link) []news.Link {
	list = atMost(b, list)
	for i := range list {
		l := &list[i]
		l.Href, l.Title = b.url(l.Href), b.cut(l.Title, maxShort)
		l.Rel, l.Type, l.Length = b.cut(l.Rel, maxShort), b.cut(l.Type, maxShort), b.cut(l.Length, 32)
	}
	return list
}

// cutText shortens s to at most limit bytes, between two graphemes (UAX #29).
func cutText(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	from := max(0, limit-cutContext)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	g := graphemes.FromString(s[from:min(len(s), limit+cutContext)])
	end := from
	for g.Next() {
		next := from + g.End()
		if next > limit {
			break
		}
		end = next
	}
	if end == from { // one grapheme longer than all the context: no text, cut between runes
		for end = limit; end > 0 && !utf8.RuneStart(s[end]); end-- {
		}
	}
	return strings.ToValidUTF8(s[:end], "")
}

// hashItem is SHA-256 over all that the outlet said of an item: every field with its length, so that no two items
// write the same bytes.
func hashItem(it *news.Item) [32]byte {
	w := hashing{buf: make([]byte, 0, len(it.Content.Value)+len(it.Summary.Value)+1024)}
	w.add(it.GUID, it.Link, it.Image, it.Comments, it.Language, it.Published.String(), it.Updated.String())
	w.texts(it.Title, it.Summary, it.Content, it.Rights)
	w.authors(it.Authors)
	w.categories(it.Categories)
	w.links(it.Links)
	w.count(len(it.Enclosures))
	for _, e := range it.Enclosures {
		w.add(e.URL, e.Type, e.Length)
	}
	w.count(len(it.Media))
	w.add(it.Media...)
	if it.Permalink {
		w.add("permalink")
	}
	if s := it.Source; s != nil {
		w.add("source", s.ID, s.Link, s.Updated.String(), s.Generator, s.Icon)
		w.texts(s.Title, s.Rights, s.Description)
		w.authors(s.Authors)
		w.authors(s.Contributors)
		w.categories(s.Categories)
		w.links(s.Links)
	}
	return sha256.Sum256(w.buf)
}

// hashing collects what is hashed.
type hashing struct{ buf []byte }

func (w *hashing) count(n int) { w.buf = binary.AppendUvarint(w.buf, uint64(n)) }

func (w *hashing) add(values ...string) {
	for _, v := range values {
		w.count(len(v))
		w.buf = append(w.buf, v...)
	}
}

// texts adds texts with the base that their references resolve against, which says where they lead.
func (w *hashing) texts(ts ...news.Text) {
	for _, t := range ts {
		w.add(t.Value, string(t.Type), t.Base, t.Language)
	}
}

func (w *hashing) authors(as []news.Author) {
	w.count(len(as))
	for _, a := range as {
		w.add(a.Name, a.Email, a.URI)
	}
}

func (w *hashing) categories(cs []news.Category) {
	w.count(len(cs))
	for _, c := range cs {
		w.add(c.Term, c.Scheme, c.Label)
	}
}

func (w *hashing) links(ls []news.Link) {
	w.count(len(ls))
	for _, l := range ls {
		w.add(l.Rel, l.Href, l.Type, l.Title, l.Length)
	}
}
