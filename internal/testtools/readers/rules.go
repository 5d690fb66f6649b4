package readers

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Reaction is what a reader does with an item that it knows already.
type Reaction int

// The reactions, from the quietest to the loudest.
const (
	Ignore  Reaction = iota // what it stored stays for ever
	Replace                 // the new text quietly replaces the old, read stays read
	Unread                  // the subscriber sees the item as new or updated again
)

// Rule is how one reader knows items again and what it does with a changed one. Where a reader leaves the reaction
// to a setting, the rule takes the louder one: somebody has it on.
type Rule struct {
	Name string
	// Key is the identity under which the reader files an item. Two items with one key are one item to it.
	Key func(feedURL string, it Item) string
	// Again is its reaction to an item whose key it has filed; quiet counts the changes that it took without a newer
	// date since it filed the item.
	Again func(old, now Item, quiet int) Reaction
	// Formats are those it reads.
	Formats []Format
}

var (
	allFormats = []Format{Atom, RSS, JSON}
	xmlFormats = []Format{Atom, RSS}
)

// Rules are the thirteen readers of docs/design.md section 5.
func Rules() []Rule {
	return []Rule{
		{"Miniflux", perFeed(sha256Hex), replace, allFormats},
		// FreshRSS hashes link, title, authors, content and tags, no date; "mark updated articles unread" is on.
		{"FreshRSS", perFeed(plain), unreadIf(freshRSSChanged), allFormats},
		// tt-rss files a guid once for all feeds of a user; the feed option "mark updated articles as unread" is on.
		{"tt-rss", global(plain), unreadIf(freshRSSChanged), xmlFormats},
		{"CommaFeed", perFeed(sha1Hex), ignore, allFormats},
		{"Fusion/feeds.fun", perFeed(plain), ignore, allFormats},
		{"yarr", yarrKey, replace, allFormats},
		{"NetNewsWire", func(feed string, it Item) string { return fmt.Sprintf("%x", md5.Sum([]byte(feed+identity(it)))) }, replace, allFormats},
		{"Feedbin", perFeed(sha1Hex), feedbin, allFormats},
		{"RSSGuard", perFeed(plain), unreadIf(rssGuardChanged), allFormats},
		{"newsboat", global(plain), replace, xmlFormats},
		// elfeed's namespace is the host of the feed.
		{"elfeed", func(feed string, it Item) string {
			return hostOf(feed) + " " + strings.Join(strings.Fields(identity(it)), " ")
		}, replace, xmlFormats},
		// rss2email sends one mail for each guid (trust-guid, the default) and never again.
		{"rss2email", perFeed(plain), ignore, xmlFormats},
		{"lemon24/reader", perFeed(plain), lemon24, allFormats},
	}
}

// identity is what nearly all readers take for the id: the id itself, else the link, else the title.
func identity(it Item) string {
	for _, s := range []string{it.ID, it.Link, it.Title} {
		if s != "" {
			return s
		}
	}
	return ""
}

func plain(s string) string     { return s }
func sha1Hex(s string) string   { return fmt.Sprintf("%x", sha1.Sum([]byte(s))) }
func sha256Hex(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }

func perFeed(hash func(string) string) func(string, Item) string {
	return func(feed string, it Item) string { return feed + " " + hash(identity(it)) }
}

func global(hash func(string) string) func(string, Item) string {
	return func(_ string, it Item) string { return hash(identity(it)) }
}

// yarrKey makes a new item of every date of an item whose id looks like an address.
func yarrKey(feed string, it Item) string {
	id := identity(it)
	if strings.HasPrefix(id, "http") {
		at := it.Updated
		if at.IsZero() {
			at = it.Published
		}
		id += "::" + at.UTC().Format("2006-01-02T15:04:05Z")
	}
	return feed + " " + id
}

func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

func ignore(_, _ Item, _ int) Reaction  { return Ignore }
func replace(_, _ Item, _ int) Reaction { return Replace }

func unreadIf(changed func(old, now Item) bool) func(Item, Item, int) Reaction {
	return func(old, now Item, _ int) Reaction {
		if changed(old, now) {
			return Unread
		}
		return Ignore
	}
}

func freshRSSChanged(old, now Item) bool {
	return old.Link != now.Link || rssGuardTextChanged(old, now) || strings.Join(old.Tags, "\n") != strings.Join(now.Tags, "\n")
}

func rssGuardTextChanged(old, now Item) bool {
	return old.Title != now.Title || old.Author != now.Author || old.Content != now.Content
}

// rssGuardChanged compares what is shown and the date, which is `updated` where the format has one.
func rssGuardChanged(old, now Item) bool {
	return rssGuardTextChanged(old, now) || !old.Published.Equal(now.Published) || !old.Updated.Equal(now.Updated)
}

// feedbinGrowth is by how many visible characters an entry must grow before Feedbin shows it as updated.
const feedbinGrowth = 50

func feedbin(old, now Item, _ int) Reaction {
	if old.Content == now.Content && old.Title == now.Title {
		return Ignore
	}
	if utf8.RuneCountInString(VisibleText(now.Content))-utf8.RuneCountInString(VisibleText(old.Content)) > feedbinGrowth {
		return Unread
	}
	return Replace
}

// lemon24Quiet is how many changes lemon24/reader takes of an entry whose `updated` stands still.
const lemon24Quiet = 24

func lemon24(old, now Item, quiet int) Reaction {
	switch {
	case now.Updated.After(old.Updated):
		return Replace
	case freshRSSChanged(old, now) && quiet < lemon24Quiet:
		return Replace
	}
	return Ignore
}

var tag = regexp.MustCompile(`<[^>]*>`)

// VisibleText is the text of an HTML body without its tags, with single spaces: what a subscriber sees of it.
func VisibleText(body string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(body, " "))), " ")
}
