package publish

import (
	"bytes"

	"github.com/gorilla/feeds"
)

// What Atom and RSS write alike: the namespaces of extensions, and the links between documents.

const (
	nsAtom    = "http://www.w3.org/2005/Atom"
	nsHistory = "http://purl.org/syndication/history/1.0"
	nsTomb    = "http://purl.org/atompub/tombstones/1.0"
	nsMedia   = "http://search.yahoo.com/mrss/"
	nsContent = "http://purl.org/rss/1.0/modules/content/"
	nsDC      = "http://purl.org/dc/elements/1.1/"
)

// namespaces are those that a document declares only if it uses them.
type namespaces struct {
	History    string `xml:"xmlns:fh,attr,omitempty"`
	Tombstones string `xml:"xmlns:at,attr,omitempty"`
	Media      string `xml:"xmlns:media,attr,omitempty"`
}

// namespacesOf are the namespaces that a feed needs. RSS has no tombstones.
func namespacesOf(f feed, ext string) namespaces {
	var n namespaces
	if f.closed {
		n.History = nsHistory
	}
	if len(f.deleted) > 0 && ext == "atom" {
		n.Tombstones = nsTomb
	}
	for _, e := range f.entries {
		if e.image != "" {
			n.Media = nsMedia
		}
	}
	return n
}

// feedLinks are a feed's links to itself, to what the format adds, to its hub and to the other documents of its topic (RFC 5005
// section 4).
func (cf *config) feedLinks(f feed, ext string, more ...atomLink) []atomLink {
	to := func(rel, path string) atomLink {
		return atomLink{Rel: rel, Type: "application/" + ext + "+xml", Href: cf.base + path + "." + ext}
	}
	links := append([]atomLink{to("self", f.path)}, more...)
	if f.hub != "" {
		links = append(links, atomLink{Rel: "hub", Href: f.hub})
	}
	for _, l := range []struct{ rel, path string }{{"prev-archive", f.prev}, {"next-archive", f.next}, {"current", f.current}} {
		if l.path != "" {
			links = append(links, to(l.rel, l.path))
		}
	}
	return links
}

// writeXML writes a feed through gorilla's writer.
func writeXML(x feeds.XmlFeed) ([]byte, error) {
	var b bytes.Buffer
	if err := feeds.WriteXML(x, &b); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
