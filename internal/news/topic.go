package news

import "time"

// Topic is a named, published stream of Stories.
type Topic struct {
	Slug        string
	Title       string
	Description string
	Match       Match
	// Preferred languages for the lead article, best first.
	Preferred []string
	Hub       string // "" or "none", "builtin", or the URL of an external hub
}

// Match is a topic's query. An empty Match takes every story.
type Match struct {
	Any, All, None []string
	Feeds          []FeedID
	Languages      []string
	// Reports is how many independent reports a story needs for its first publication; 0 counts as 1.
	Reports int
}

// Publishing is how stories become entries (feeds.yaml section publish).
type Publishing struct {
	Entries   int
	Window    time.Duration
	Settle    time.Duration
	SettleMax time.Duration
	MaxAge    time.Duration
	Excerpt   int // runes of others' texts
}

// Site is whose feeds these are (feeds.yaml section site).
type Site struct {
	Title     string
	URL       string // public base URL, no trailing slash
	Author    string
	Authority string // tag authority (RFC 4151): "example.org,2026"
	TimeZone  *time.Location
	NoIndex   bool
}

// Correction is a human's last word, as corrections.yaml or the command gave it.
type Correction struct {
	Op       string   `json:"op"`
	Articles []string `json:"articles"` // keys, unique prefixes of at least 8 digits, exact URLs or seed paths
	Lead     bool     `json:"lead,omitempty"`
	Headline string   `json:"headline,omitempty"`
	Purge    bool     `json:"purge,omitempty"`
	Note     string   `json:"note,omitempty"`
	// Origin is "file" for corrections.yaml, "command" for the rest. Line is the line in the file.
	Origin string `json:"origin,omitempty"`
	Line   int    `json:"line,omitempty"`
}

// The operations of a Correction.
const (
	OpMerge = "merge"
	OpSplit = "split"
	OpPin   = "pin"
	OpDrop  = "drop"
)

// Generation counts the states of the store. Rendering depends on nothing else: not on the clock either.
type Generation struct {
	N int64
	// At is when the store came to this state: windows and ages are counted from it.
	At time.Time
}
