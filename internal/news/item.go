package news

import "time"

// Document is a feed's document (or one seed file) as it was read: everything it says, nothing cleaned or believed.
// URLs are absolute where the document, its xml:base or its address allowed it.
type Document struct {
	ID          string
	Title       Text
	Description Text
	Link        string // the site's page
	Self        string // where the document says that it lives
	Hubs        []string
	Language    string
	Rights      Text
	Generator   string
	Image       string
	Updated     Date
	Published   Date
	Authors     []Author
	Categories  []Category
	Links       []Link
	Items       []Item
	Poll        Poll
	// Partial says that the document was cut or repaired with loss; Flags says how, in words for the health page.
	Partial bool
	Flags   []string
}

// Poll is how often the publisher wants to be asked, as its document states it.
type Poll struct {
	Every     time.Duration  // ttl, sy:updatePeriod over sy:updateFrequency; 0 = not stated
	SkipHours []int          // UTC hours 0-23
	SkipDays  []time.Weekday // UTC days
}

// Item is an article as its outlet delivered it: untrusted, maybe HTML, maybe without title or date.
type Item struct {
	// GUID is byte for byte what the feed says. For a seed it is the path below the glob's root, with slashes.
	GUID       string
	Permalink  bool // RSS guid that claims to be a link
	Title      Text
	Link       string
	Summary    Text
	Content    Text
	Published  Date
	Updated    Date
	Authors    []Author
	Categories []Category
	Links      []Link
	Enclosures []Enclosure
	Media      []string // media:content and media:thumbnail URLs
	Image      string
	Comments   string
	Rights     Text
	Language   string
	Source     *Source
	// Seed is set for an item that is a file of raw article text; Content then holds the whole text.
	Seed *Seed
	// Hash is SHA-256 over all that the outlet said of the item: equal hashes need no cleaning a second time.
	Hash [32]byte
	// Flags says what was cut or repaired, for the health page.
	Flags []string
}

// Seed is what the file system says of a seed file.
type Seed struct {
	Path    string // as the user would name it, for messages
	ModTime time.Time
	Size    int64
	Format  SeedFormat
}

// SeedFormat is how the text of a seed file is written.
type SeedFormat string

// The formats of seed files, told by the file's extension.
const (
	SeedText     SeedFormat = "text"
	SeedHTML     SeedFormat = "html"
	SeedMarkdown SeedFormat = "markdown"
)

// Text is a text construct with the type that its feed gave it (RFC 4287 section 3.1).
type Text struct {
	Value string
	Type  TextType
	// Base is the URL that relative references inside an HTML value resolve against; "" = none is known.
	Base string
	// Language is the xml:lang in force, "" = not stated.
	Language string
}

// TextType says how a Text is to be read.
type TextType string

// The zero TextType is plain text.
const (
	Plain TextType = ""
	HTML  TextType = "html"
)

// Author is a person or body that a feed credits. Any field may be empty.
type Author struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	URI   string `json:"uri,omitempty"`
}

// Category is a label with the scheme it belongs to.
type Category struct {
	Term   string `json:"term"`
	Scheme string `json:"scheme,omitempty"`
	Label  string `json:"label,omitempty"`
}

// Link is a typed link of a document or item.
type Link struct {
	Rel    string
	Href   string
	Type   string
	Title  string
	Length string
}

// Enclosure is a file that belongs to an item.
type Enclosure struct {
	URL    string `json:"url"`
	Type   string `json:"type,omitempty"`
	Length string `json:"length,omitempty"`
}

// Source is the feed that an item was copied from (atom:source, RSS source).
type Source struct {
	Title       Text
	ID          string
	Link        string
	Links       []Link
	Updated     Date
	Authors     []Author
	Rights      Text
	Description Text
	Categories  []Category
	// Contributors, Generator and Icon are kept because atom:source may state them (RFC 4287 section 4.2.11).
	Contributors []Author
	Generator    string
	Icon         string
}
