package fetch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	jsonfeed "github.com/mmcdole/gofeed/json"

	"wirefold/internal/news"
)

// looksJSON says whether a text is meant as JSON: its first character says it, after blanks.
func looksJSON(text string) bool {
	text = strings.TrimLeft(text, "\uFEFF \t\r\n\x00")
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") || text == "null"
}

// readJSON reads JSON Feed 1.0 and 1.1. A field of the wrong type costs that field, a wrong item that item: what is
// read as the specification wants it goes to gofeed, and what gofeed has no field for is filled in.
func readJSON(text, base string) (*news.Document, error) {
	text = strings.TrimLeft(text, "\uFEFF")
	if err := jsonDepth(text); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var top any
	var flags []string
	partial := false
	if err := dec.Decode(&top); err != nil {
		repaired, ok := closeJSON(text)
		if !ok {
			return nil, fmt.Errorf("%w: JSON: %v", ErrNotAFeed, err)
		}
		dec = json.NewDecoder(strings.NewReader(repaired))
		dec.UseNumber()
		if dec.Decode(&top) != nil {
			return nil, fmt.Errorf("%w: JSON: %v", ErrNotAFeed, err)
		}
		partial, flags = true, append(flags, "ends before its end")
	}
	feed, ok := top.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%w: JSON without an object", ErrNotAFeed)
	}
	items, hasItems := feed["items"].([]any)
	if !hasItems && !strings.Contains(str(feed["version"]), "jsonfeed.org") && feed["home_page_url"] == nil && feed["feed_url"] == nil {
		return nil, fmt.Errorf("%w: JSON, but no JSON Feed", ErrNotAFeed)
	}
	var raw []map[string]any
	for _, i := range items {
		if m, ok := i.(map[string]any); ok {
			raw = append(raw, m)
		} else {
			flags = append(flags, "an item is no object")
			partial = true
		}
	}
	if len(raw) > maxItems {
		raw = raw[:maxItems]
		partial, flags = true, append(flags, fmt.Sprintf("more than %d items: the rest is left out", maxItems))
	}
	doc, err := readPlainJSON(feed, raw)
	if err != nil {
		return nil, fmt.Errorf("%w: JSON: %v", ErrNotAFeed, err)
	}
	doc.Flags, doc.Partial = flags, partial
	doc.Link, doc.Self, doc.Image = resolve(base, doc.Link), resolve(base, doc.Self), resolve(base, firstOf(str(feed["icon"]), str(feed["favicon"])))
	doc.ID = doc.Self
	doc.Authors = jsonAuthors(base, feed)
	for _, h := range list(feed["hubs"]) {
		if m, ok := h.(map[string]any); ok {
			doc.Hubs = appendNew(doc.Hubs, resolve(base, str(m["url"])))
		}
	}
	for _, l := range []news.Link{{Rel: "alternate", Href: doc.Link}, {Rel: "self", Href: doc.Self, Type: "application/feed+json"}} {
		if l.Href != "" {
			doc.Links = append(doc.Links, l)
		}
	}
	for i, m := range raw {
		complementJSON(&doc.Items[i], m, base, doc.Language)
		if len(doc.Items[i].Authors) == 0 { // JSON Feed 1.1: the feed's authors are then the item's
			doc.Items[i].Authors = doc.Authors
		}
	}
	return doc, nil
}

// readPlainJSON writes a feed with nothing but right types for gofeed, and takes over what it reads.
func readPlainJSON(feed map[string]any, items []map[string]any) (*news.Document, error) {
	plain := map[string]any{}
	copyStrings(plain, feed, "version", "title", "home_page_url", "feed_url", "description", "icon", "favicon", "language")
	list := make([]map[string]any, len(items))
	for i, m := range items {
		list[i] = map[string]any{}
		copyStrings(list[i], m, "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image", "date_published", "date_modified", "language")
	}
	plain["items"] = list
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(plain); err != nil {
		return nil, err
	}
	f, err := (&jsonfeed.Parser{}).Parse(&b)
	if err != nil {
		return nil, err
	}
	if len(f.Items) != len(items) {
		return nil, fmt.Errorf("%d of %d items read", len(f.Items), len(items))
	}
	d := &news.Document{
		Title: news.Text{Value: strings.TrimSpace(f.Title)}, Description: news.Text{Value: strings.TrimSpace(f.Description)},
		Link: f.HomePageURL, Self: f.FeedURL, Language: f.Language, Items: make([]news.Item, 0, len(items)),
	}
	for _, i := range f.Items {
		it := news.Item{
			GUID: i.ID, Title: news.Text{Value: strings.TrimSpace(i.Title)}, Summary: news.Text{Value: strings.TrimSpace(i.Summary)},
			Link: firstOf(i.URL, i.ExternalURL), Image: firstOf(i.Image, i.BannerImage), Language: i.Language,
			Published: ParseDate(i.DatePublished), Updated: ParseDate(i.DateModified),
			Content: news.Text{Value: strings.TrimSpace(i.ContentHTML), Type: news.HTML},
		}
		if it.Content.Value == "" {
			it.Content = news.Text{Value: strings.TrimSpace(i.ContentText)}
		}
		d.Items = append(d.Items, it)
	}
	return d, nil
}

func complementJSON(it *news.Item, m map[string]any, base, language string) {
	it.Content.Base = base
	it.Language = firstOf(it.Language, language)
	for _, field := range []struct{ rel, key string }{{"alternate", "url"}, {"related", "external_url"}} {
		if href := str(m[field.key]); href != "" {
			it.Links = append(it.Links, news.Link{Rel: field.rel, Href: resolve(base, href)})
		}
	}
	it.Link, it.Image = resolve(base, it.Link), resolve(base, it.Image)
	if it.Link == "" {
		it.Link = webURL(it.GUID)
	}
	it.Authors = jsonAuthors(base, m)
	for _, t := range list(m["tags"]) {
		it.Categories = mergeCategories(it.Categories, []news.Category{{Term: str(t)}})
	}
	for _, a := range list(m["attachments"]) {
		if e, ok := a.(map[string]any); ok && str(e["url"]) != "" {
			it.Enclosures = append(it.Enclosures, news.Enclosure{URL: resolve(base, str(e["url"])), Type: str(e["mime_type"]), Length: str(e["size_in_bytes"])})
		}
	}
}

// jsonAuthors reads authors (1.1) and author (1.0), each as a list, an object or a name.
func jsonAuthors(base string, m map[string]any) []news.Author {
	var out []news.Author
	for _, key := range []string{"authors", "author"} {
		for _, a := range list(m[key]) {
			if o, ok := a.(map[string]any); ok {
				out = mergeAuthors(out, []news.Author{{Name: str(o["name"]), Email: str(o["email"]), URI: resolve(base, str(o["url"]))}})
			} else {
				out = mergeAuthors(out, []news.Author{nameLine(str(a))})
			}
		}
	}
	return out
}

// list makes a list of a value that should be one.
func list(v any) []any {
	switch x := v.(type) {
	case nil:
		return nil
	case []any:
		return x
	}
	return []any{v}
}

// str makes a string of a value that should be one: numbers and truth values are written out, the rest is nothing.
func str(v any) string {
	switch x := v.(type) {
	case string:
		return strings.TrimSpace(dropControl(x))
	case json.Number:
		return x.String()
	case bool:
		return strconv.FormatBool(x)
	}
	return ""
}

func copyStrings(to, from map[string]any, keys ...string) {
	for _, k := range keys {
		if s := str(from[k]); s != "" {
			to[k] = s
		}
	}
}

// jsonDepth refuses JSON that is nested deeper than maxDepth.
func jsonDepth(s string) error {
	depth, inString := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fmt.Errorf("%w: JSON nested deeper than %d", ErrNotAFeed, maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// closeJSON ends a cut document behind the last complete object of its outermost list, so that its complete items
// survive.
func closeJSON(s string) (string, bool) {
	depth, inString, last := 0, false, -1
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 2 && c == '}' {
				last = i + 1
			}
		}
	}
	if depth <= 0 || last < 0 || !utf8.ValidString(s[:last]) {
		return "", false
	}
	return s[:last] + "]}", true
}
