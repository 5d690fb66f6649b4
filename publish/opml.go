package publish

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"

	"wirefold/internal/news"
)

// opml is an OPML 2.0 subscription list.
type opml struct {
	XMLName xml.Name  `xml:"opml"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"head>title"`
	Owner   string    `xml:"head>ownerName,omitempty"`
	Body    []outline `xml:"body>outline"`
}

type outline struct {
	Text        string    `xml:"text,attr"`
	Title       string    `xml:"title,attr,omitempty"`
	Type        string    `xml:"type,attr,omitempty"`
	XMLURL      string    `xml:"xmlUrl,attr,omitempty"`
	HTMLURL     string    `xml:"htmlUrl,attr,omitempty"`
	Description string    `xml:"description,attr,omitempty"`
	Children    []outline `xml:"outline"`
}

// topicsOPML lists the merged feed of every topic, so that a reader can subscribe to all of them at once.
func (cf *config) topicsOPML() (content, error) {
	x := opml{Version: "2.0", Title: outlineText(orUntitled(cf.Site.Title)), Owner: outlineText(cf.author())}
	for _, t := range cf.Topics {
		name := outlineText(orUntitled(t.Title))
		x.Body = append(x.Body, outline{
			Text: name, Title: name, Type: "rss", XMLURL: cf.topicURL(t.Slug) + "feed.atom", HTMLURL: cf.topicURL(t.Slug),
			Description: outlineText(t.Description),
		})
	}
	b, err := writeOPML(x)
	return content{body: b, kind: "text/x-opml; charset=utf-8"}, err
}

// WriteOPML writes the feeds that have a URL as a subscription list, for `opml export`.
func WriteOPML(w io.Writer, called string, list []news.Feed) error {
	x := opml{Version: "2.0", Title: outlineText(called)}
	for _, f := range list {
		if f.URL == "" {
			continue
		}
		name := outlineText(f.Outlet)
		if name == "" {
			name = string(f.ID)
		}
		x.Body = append(x.Body, outline{Text: name, Title: name, Type: "rss", XMLURL: f.URL})
	}
	b, err := writeOPML(x)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// outlineText is plain text where OPML allows markup (OPML 2.0, "text attribute"): nothing in it may look like the beginning
// of any. An ampersand stays as it is: before a word without a semicolon it is an ampersand in HTML too, though html5lib, and the
// W3C validator with it, complains; escaped twice it would be shown as "&amp;" by every reader.
func outlineText(s string) string { return strings.ReplaceAll(title(s), "<", "‹") }

func writeOPML(x opml) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(x); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
