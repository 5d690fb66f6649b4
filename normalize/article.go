package normalize

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"golang.org/x/text/language"

	"wirefold/internal/news"
)

// Bounds of what an article shows, in runes.
const (
	maxHeadline = 200
	maxSummary  = 4000
)

// Article makes an Item clean and comparable. Nothing in it depends on the clock, on other articles or on other
// feeds: two calls with the same arguments give the same Article. Marks, Seen and Backfill are left to others.
func Article(f news.Feed, d *news.Document, it news.Item) news.Article {
	if it.Seed != nil {
		return seedArticle(f, it)
	}
	if d == nil {
		d = &news.Document{}
	}
	a := news.Article{
		Feed: f.ID, GUID: guidOf(&it), Title: TitleText(it.Title),
		Link: absolute(nil, it.Link), Image: absolute(nil, it.Image),
		Published: plausible(it.Published), Updated: plausible(it.Updated), Rights: TitleText(it.Rights), Flags: it.Flags,
	}
	if u, ok := CanonicalURL(a.Link); ok {
		a.URL = u
	}
	main := it.Content
	if strings.TrimSpace(main.Value) == "" {
		main = it.Summary
	} else if strings.TrimSpace(it.Summary.Value) != "" {
		a.Summary = cutRunes(Clean(it.Summary).Text, maxSummary)
	}
	body := Clean(main)
	a.HTML, a.Text = body.HTML, body.Text
	a.Headline = headline(a.Title, a.Text, a.Link)
	a.Outlet = firstOf(oneLine(f.Outlet), TitleText(d.Title), hostOf(f.URL))
	a.Lang = languageOf(firstOf(main.Language, it.Language, it.Title.Language, d.Language), a.Title+"\n"+a.Text)
	a.Authors = cleanAuthors(firstAuthors(it.Authors, d.Authors))
	a.Tags = cleanTags(it.Categories)
	for _, e := range it.Enclosures {
		if u := absolute(nil, e.URL); u != "" {
			a.Files = append(a.Files, news.Enclosure{URL: u, Type: oneLine(e.Type), Length: digits(e.Length)})
		}
	}
	a.Key, a.ItemHash, a.TextHash = itemKey(f, it), it.Hash, textHash(it)
	ExtractFacts(&a)
	return a
}

// firstYear is the first that an article of a feed may be dated in. Earlier dates are clocks that were never set: 1970,
// 1904, 1601, 1.
const firstYear = 1990

// plausible is d, or unknown when no feed can have meant it.
func plausible(d news.Date) news.Date {
	if y := d.Time.Year(); y < firstYear || y > 9999 {
		return news.Date{}
	}
	return d
}

// seedArticle makes an Article of a seed file: ReadPage takes its text apart.
func seedArticle(f news.Feed, it news.Item) news.Article {
	p := ReadPage(it.Content.Value, it.Seed.Format)
	body := cleanPlain(p.Body)
	a := news.Article{
		Feed: f.ID, GUID: it.GUID, Seed: true, Title: oneLine(p.Title), Headline: oneLine(p.Headline),
		Summary: oneLine(p.Standfirst), HTML: paragraphs(body.Text), Text: body.Text,
		Link: absolute(nil, p.Link), Image: absolute(nil, p.Image), Published: p.Published, Updated: p.Updated,
		Outlet: firstOf(oneLine(p.Facts.Outlet), oneLine(f.Outlet)), Facts: p.Facts, Flags: it.Flags,
		Key: itemKey(f, it), ItemHash: it.Hash,
	}
	if u, ok := CanonicalURL(a.Link); ok {
		a.URL = u
	}
	if a.Headline == "" {
		a.Headline = headline(a.Title, a.Text, it.GUID)
	}
	if a.Facts.Byline != "" {
		a.Authors = []news.Author{{Name: oneLine(a.Facts.Byline)}}
	}
	a.Lang = languageOf(firstOf(p.Lang, it.Language), a.Headline+"\n"+a.Text)
	a.TextHash = textHash(it)
	ExtractFacts(&a)
	return a
}

// headline is what an article is called: its title, else the first line of its text, else its address.
func headline(title, text, link string) string {
	if title != "" {
		return title
	}
	line, _, _ := strings.Cut(text, "\n")
	return firstOf(cutRunes(oneLine(line), maxHeadline), link, "Untitled")
}

// paragraphs is plain text as HTML, one p for each paragraph.
func paragraphs(text string) string {
	var b strings.Builder
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>")
			writeEscaped(&b, p)
			b.WriteString("</p>")
		}
	}
	return b.String()
}

// cutRunes shortens s to at most n runes, at a blank if there is one near, and marks the cut.
func cutRunes(s string, n int) string {
	count := 0
	for i := range s {
		if count++; count > n {
			cut := s[:i]
			if sp := strings.LastIndexAny(cut, " \n"); sp > len(cut)*3/4 {
				cut = cut[:sp]
			}
			return strings.TrimRight(cut, " ,;:.\n\u200D") + "…"
		}
	}
	return s
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func hostOf(address string) string {
	if u := parseBase(address); u != nil {
		return u.Hostname()
	}
	return ""
}

func firstAuthors(own, feed []news.Author) []news.Author {
	if len(own) > 0 {
		return own
	}
	return feed
}

func cleanAuthors(as []news.Author) []news.Author {
	var out []news.Author
	for _, a := range as {
		c := news.Author{Name: TitleText(news.Text{Value: a.Name}), Email: oneLine(a.Email), URI: absolute(nil, a.URI)}
		if c.Name != "" || c.Email != "" || c.URI != "" {
			out = append(out, c)
		}
	}
	return out
}

func cleanTags(cs []news.Category) []news.Category {
	var out []news.Category
	for _, c := range cs {
		if t := oneLine(c.Term); t != "" {
			out = append(out, news.Category{Term: t, Scheme: oneLine(c.Scheme), Label: oneLine(c.Label)})
		}
	}
	return out
}

func digits(s string) string {
	s = strings.TrimSpace(s)
	for _, r := range s {
		if r < '0' || r > '9' {
			return ""
		}
	}
	return s
}

// itemKey is the key of an item that nobody knows yet: SHA-256 of the feed's id with its guid, else its canonical URL,
// else its content (docs/design.md section 5). A seed's guid is its path.
func itemKey(f news.Feed, it news.Item) news.ArticleKey {
	if it.GUID != "" {
		return keyOf(f, "guid", it.GUID)
	}
	if u, ok := CanonicalURL(it.Link); ok {
		return keyOf(f, "url", u)
	}
	sum := textHash(it)
	return keyOf(f, "text", string(sum[:]))
}

func keyOf(f news.Feed, parts ...string) news.ArticleKey {
	h := sha256.New()
	h.Write([]byte(f.ID))
	for _, p := range parts {
		h.Write([]byte{0})
		h.Write([]byte(p))
	}
	return news.ArticleKey(hex.EncodeToString(h.Sum(nil)))
}

// textHash is SHA-256 over the words of title and text. It is taken from the item as it came, with the tags skipped,
// so that an unchanged item is recognised without being cleaned; a picture or an attribute that moves is no revision.
func textHash(it news.Item) [32]byte {
	body := it.Content.Value
	if strings.TrimSpace(body) == "" {
		body = it.Summary.Value
	}
	b := make([]byte, 0, len(it.Title.Value)+len(body)+2)
	b = appendWords(b, it.Title.Value)
	b = append(b, 0)
	b = appendWords(b, body)
	return sha256.Sum256(b)
}

// appendWords appends s without tags and with every run of blanks as one.
func appendWords(b []byte, s string) []byte {
	gap := false
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '<' && i+1 < len(s) && (s[i+1] == '/' || s[i+1] == '!' || s[i+1] >= 'A' && s[i+1] <= 'z'):
			end := strings.IndexByte(s[i:], '>')
			if end < 0 {
				return b
			}
			i += end + 1
			gap = true
		case blank(c):
			i++
			gap = true
		default:
			j := i + 1
			for j < len(s) && s[j] > ' ' && s[j] != '<' {
				j++
			}
			if gap && len(b) > 0 && b[len(b)-1] != 0 {
				b = append(b, ' ')
			}
			gap = false
			b = append(b, s[i:j]...)
			i = j
		}
	}
	return b
}

// tag is a language tag in its usual form (BCP 47), "" for what is none.
func tag(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(s, "_", "-"))
	if s == "" || len(s) > 35 {
		return ""
	}
	t, err := language.Parse(s)
	if err != nil || t == language.Und {
		return ""
	}
	return t.String()
}
