// Package readers plays the feed readers that our subscribers use: each knows an item again by its own rule and reacts
// to a changed one in its own way, and a feed that pleases one can plague another. The rules are our own
// implementation of what docs/design.md section 5 sums up. A Panel shows the same editions of a feed to all of them
// and counts what a subscriber would suffer: items shown twice, unread again without cause, never shown at all.
//
// Only bytes go in. Nothing here knows how our feeds are made, so a mistake in the making cannot hide here as well.
package readers

import "time"

// Format is one of the three formats that a feed is published in.
type Format string

// The formats.
const (
	Atom Format = "atom"
	RSS  Format = "rss"
	JSON Format = "json"
)

// Document is a feed as a reader sees it after parsing.
type Document struct {
	Format  Format
	ID      string
	Self    string
	Title   string
	Updated time.Time
	Items   []Item
	// Deleted are the tombstones: entry id → when (RFC 6721 section 3; in JSON Feed `_wirefold.deleted`).
	Deleted map[string]time.Time
}

// Item is an entry as a reader sees it.
type Item struct {
	ID        string
	Permalink bool // RSS: the guid says that it is a link
	Link      string
	Title     string
	Author    string
	Content   string // content, or the summary where there is none
	Tags      []string
	Published time.Time
	Updated   time.Time // zero where the format cannot say it
	// Members are the addresses of the tellings that the entry names in machine-readable form, as far as the format
	// carries them.
	Members []string
	// Reports is the number of independent reports that the entry states in machine-readable form; 0 = it does not.
	Reports int
	// Ended says that the entry is the notice of a merged or dropped story.
	Ended bool
}
