package readers

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// Parse reads a published feed of the given format. It is strict: what it refuses, some reader refuses too.
func Parse(f Format, body []byte) (*Document, error) {
	switch f {
	case Atom:
		return parseAtom(body)
	case RSS:
		return parseRSS(body)
	case JSON:
		return parseJSON(body)
	}
	return nil, fmt.Errorf("no such format: %q", f)
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string     `xml:"http://www.w3.org/2005/Atom id"`
	Title     string     `xml:"http://www.w3.org/2005/Atom title"`
	Links     []atomLink `xml:"http://www.w3.org/2005/Atom link"`
	Summary   string     `xml:"http://www.w3.org/2005/Atom summary"`
	Content   atomText   `xml:"http://www.w3.org/2005/Atom content"`
	Published string     `xml:"http://www.w3.org/2005/Atom published"`
	Updated   string     `xml:"http://www.w3.org/2005/Atom updated"`
	Authors   []struct {
		Name string `xml:"http://www.w3.org/2005/Atom name"`
	} `xml:"http://www.w3.org/2005/Atom author"`
	Categories []struct {
		Term string `xml:"term,attr"`
	} `xml:"http://www.w3.org/2005/Atom category"`
}

// atomText holds a text construct: characters, or the markup of type xhtml.
type atomText struct {
	Chars string `xml:",chardata"`
	Inner string `xml:",innerxml"`
	Type  string `xml:"type,attr"`
}

func (t atomText) text() string {
	if t.Type == "xhtml" {
		return strings.TrimSpace(t.Inner)
	}
	return t.Chars
}

func parseAtom(body []byte) (*Document, error) {
	var raw struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string      `xml:"http://www.w3.org/2005/Atom id"`
		Title   string      `xml:"http://www.w3.org/2005/Atom title"`
		Updated string      `xml:"http://www.w3.org/2005/Atom updated"`
		Links   []atomLink  `xml:"http://www.w3.org/2005/Atom link"`
		Entries []atomEntry `xml:"http://www.w3.org/2005/Atom entry"`
		Deleted []struct {
			Ref  string `xml:"ref,attr"`
			When string `xml:"when,attr"`
		} `xml:"http://purl.org/atompub/tombstones/1.0 deleted-entry"`
	}
	if err := decodeXML(body, &raw); err != nil {
		return nil, fmt.Errorf("read Atom: %w", err)
	}
	d := &Document{Format: Atom, ID: raw.ID, Title: raw.Title, Self: hrefOf(raw.Links, "self"), Deleted: map[string]time.Time{}}
	var err error
	if d.Updated, err = time.Parse(time.RFC3339, raw.Updated); err != nil {
		return nil, fmt.Errorf("read Atom: feed updated: %w", err)
	}
	for _, e := range raw.Entries {
		it, err := e.item()
		if err != nil {
			return nil, fmt.Errorf("read Atom: entry %q: %w", e.ID, err)
		}
		d.Items = append(d.Items, it)
	}
	for _, x := range raw.Deleted {
		if d.Deleted[x.Ref], err = time.Parse(time.RFC3339, x.When); err != nil {
			return nil, fmt.Errorf("read Atom: deleted-entry %q: %w", x.Ref, err)
		}
	}
	return d, nil
}

func (e atomEntry) item() (Item, error) {
	it := Item{ID: e.ID, Title: e.Title, Link: hrefOf(e.Links, "alternate"), Content: e.Content.text()}
	if it.Content == "" {
		it.Content = e.Summary
	}
	var names []string
	for _, a := range e.Authors {
		names = append(names, a.Name)
	}
	it.Author = strings.Join(names, ", ")
	for _, c := range e.Categories {
		it.Tags = append(it.Tags, c.Term)
	}
	for _, l := range e.Links {
		if l.Rel == "related" || l.Rel == "via" {
			it.Members = append(it.Members, l.Href)
		}
	}
	var err error
	if it.Updated, err = time.Parse(time.RFC3339, e.Updated); err != nil {
		return it, err
	}
	if e.Published == "" {
		it.Published = it.Updated
		return it, nil
	}
	it.Published, err = time.Parse(time.RFC3339, e.Published)
	return it, err
}

func hrefOf(ls []atomLink, rel string) string {
	for _, l := range ls {
		if l.Rel == rel || l.Rel == "" && rel == "alternate" {
			return l.Href
		}
	}
	return ""
}

func parseRSS(body []byte) (*Document, error) {
	var raw struct {
		XMLName xml.Name `xml:"rss"`
		Channel struct {
			Title string     `xml:"title"`
			Built string     `xml:"lastBuildDate"`
			Self  []atomLink `xml:"http://www.w3.org/2005/Atom link"`
			Items []struct {
				GUID struct {
					Value     string `xml:",chardata"`
					Permalink string `xml:"isPermaLink,attr"`
				} `xml:"guid"`
				Title       string   `xml:"title"`
				Link        string   `xml:"link"`
				Description string   `xml:"description"`
				Encoded     string   `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
				Creators    []string `xml:"http://purl.org/dc/elements/1.1/ creator"`
				Categories  []string `xml:"category"`
				PubDate     string   `xml:"pubDate"`
			} `xml:"item"`
		} `xml:"channel"`
	}
	if err := decodeXML(body, &raw); err != nil {
		return nil, fmt.Errorf("read RSS: %w", err)
	}
	d := &Document{Format: RSS, Title: raw.Channel.Title, Self: hrefOf(raw.Channel.Self, "self")}
	var err error
	if raw.Channel.Built != "" {
		if d.Updated, err = parseRFC822(raw.Channel.Built); err != nil {
			return nil, fmt.Errorf("read RSS: lastBuildDate: %w", err)
		}
	}
	for _, x := range raw.Channel.Items {
		it := Item{
			ID: x.GUID.Value, Permalink: x.GUID.Permalink != "false", Title: x.Title, Link: x.Link,
			Content: x.Encoded, Author: strings.Join(x.Creators, ", "), Tags: x.Categories,
		}
		if it.Content == "" {
			it.Content = x.Description
		}
		if it.Published, err = parseRFC822(x.PubDate); err != nil {
			return nil, fmt.Errorf("read RSS: item %q: %w", it.ID, err)
		}
		d.Items = append(d.Items, it)
	}
	return d, nil
}

// parseRFC822 takes the two forms of RFC 822 dates that all readers know: four digits of year, numeric zone or GMT.
func parseRFC822(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC1123Z, s); err == nil {
		return t.UTC(), nil
	}
	t, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", s)
	return t.UTC(), err
}

// decodeXML wants exactly one well-formed document: encoding/xml alone stops reading after the root element.
func decodeXML(body []byte, into any) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(into); err != nil {
		return err
	}
	for {
		t, err := d.Token()
		if t == nil {
			if err.Error() == "EOF" {
				return nil
			}
			return err
		}
		if c, ok := t.(xml.CharData); ok && len(bytes.TrimSpace(c)) == 0 {
			continue
		}
		if _, ok := t.(xml.Comment); ok {
			continue
		}
		return fmt.Errorf("something follows the root element: %T", t)
	}
}

func parseJSON(body []byte) (*Document, error) {
	var raw struct {
		Title string `json:"title"`
		Self  string `json:"feed_url"`
		Own   struct {
			Deleted []struct {
				ID   string    `json:"id"`
				When time.Time `json:"when"`
			} `json:"deleted"`
		} `json:"_wirefold"`
		Items []struct {
			ID          string    `json:"id"`
			URL         string    `json:"url"`
			Title       string    `json:"title"`
			ContentHTML string    `json:"content_html"`
			ContentText string    `json:"content_text"`
			Published   time.Time `json:"date_published"`
			Modified    time.Time `json:"date_modified"`
			Tags        []string  `json:"tags"`
			Authors     []struct {
				Name string `json:"name"`
			} `json:"authors"`
			Own struct {
				State    string `json:"state"`
				Reports  int    `json:"reports"`
				Tellings []struct {
					URL string `json:"url"`
				} `json:"tellings"`
			} `json:"_wirefold"`
		} `json:"items"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, fmt.Errorf("read JSON Feed: %w", err)
	}
	d := &Document{Format: JSON, Title: raw.Title, Self: raw.Self, Deleted: map[string]time.Time{}}
	for _, x := range raw.Items {
		it := Item{
			ID: x.ID, Link: x.URL, Title: x.Title, Content: x.ContentHTML, Tags: x.Tags, Reports: x.Own.Reports,
			Published: x.Published, Updated: x.Modified, Ended: x.Own.State != "" && x.Own.State != "live",
		}
		if it.Content == "" {
			it.Content = x.ContentText
		}
		var names []string
		for _, a := range x.Authors {
			names = append(names, a.Name)
		}
		it.Author = strings.Join(names, ", ")
		for _, m := range x.Own.Tellings {
			it.Members = append(it.Members, m.URL)
		}
		d.Items = append(d.Items, it)
	}
	for _, x := range raw.Own.Deleted {
		d.Deleted[x.ID] = x.When
	}
	return d, nil
}
