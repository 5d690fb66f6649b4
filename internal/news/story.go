package news

import "time"

// Story is one event, told by one or more Articles. Its ID never changes.
type Story struct {
	ID      StoryID    `json:"id"`
	Founder ArticleKey `json:"founder"`
	// Account is what the story says now. It is a pure function of its articles (and of what was sticky before).
	Account Account `json:"account"`
	Life    Life    `json:"life"`
	// Closed is set when the newest first sight of its articles is CloseAfter old.
	Closed bool `json:"closed,omitempty"`
	// Version tells two states of a story apart that were read from the store: equal versions are equal stories. Zero:
	// not known.
	Version [16]byte `json:"-"`
}

// CloseAfter is the age at which a story stops merging and splitting (docs/design.md section 3, rule 4).
const CloseAfter = 14 * 24 * time.Hour

// Account is what the articles of a story tell together.
type Account struct {
	Lead     ArticleKey `json:"lead"`
	Headline string     `json:"headline"`
	Summary  string     `json:"summary,omitempty"` // plain text
	Image    string     `json:"image,omitempty"`
	Lang     string     `json:"lang,omitempty"`
	// Tellings are all articles, oldest first (by published, else seen; then key).
	Tellings []Telling `json:"tellings"`
	// Reports counts the independent reports: copies of one text, and one outlet's article in two feeds, count once.
	Reports       int            `json:"reports"`
	Who           []Person       `json:"who,omitempty"`
	Where         string         `json:"where,omitempty"`
	When          Date           `json:"when,omitzero"`
	Disagreements []Disagreement `json:"disagreements,omitempty"`
	Tags          []string       `json:"tags,omitempty"`
	// Body is the sanitised HTML that an entry shows of the lead article: a seed in full, an excerpt of others.
	Body string `json:"body,omitempty"`
	// Source is the lead article's feed, as it was when that article became the lead: atom:source must not churn.
	Source SourceRef `json:"source,omitzero"`
}

// SourceRef names the feed that an article came from (RFC 4287 section 4.2.11).
type SourceRef struct {
	ID      string `json:"id,omitempty"`
	Title   string `json:"title,omitempty"`
	Link    string `json:"link,omitempty"` // the site
	Self    string `json:"self,omitempty"` // the feed
	Rights  string `json:"rights,omitempty"`
	Updated Date   `json:"updated,omitzero"`
}

// Telling is one article as its story lists it.
type Telling struct {
	Article   ArticleKey `json:"article"`
	Feed      FeedID     `json:"feed"`
	Outlet    string     `json:"outlet,omitempty"`
	Title     string     `json:"title"`
	URL       string     `json:"url,omitempty"`
	Lang      string     `json:"lang,omitempty"`
	Published Date       `json:"published,omitzero"`
	Seen      time.Time  `json:"seen,omitzero"`
	// CopyOf is the article whose report this one repeats; "" for an independent report.
	CopyOf   ArticleKey `json:"copy_of,omitempty"`
	Excerpt  string     `json:"excerpt,omitempty"`
	Seed     bool       `json:"seed,omitempty"`
	Backfill bool       `json:"backfill,omitempty"`
}

// Disagreement is one thing on which the outlets of a story contradict each other, or a number that grew.
type Disagreement struct {
	Kind  string `json:"kind"`  // "name", "number", "date", "place" or "wording"
	About string `json:"about"` // the role, or what is counted: "Poland's Deputy Interior Minister"
	Sides []Side `json:"sides"`
	// Update is set when the values follow each other in time: a toll that rises is no contradiction.
	Update bool `json:"update,omitempty"`
}

// Side is one of the values that a Disagreement shows, and who says so.
type Side struct {
	Value    string       `json:"value"`
	Articles []ArticleKey `json:"articles"`
	Outlets  []string     `json:"outlets,omitempty"`
}

// Life is the history of a story as subscribers see it. Only publish/life.go changes it.
type Life struct {
	State StoryState `json:"state"`
	// Published is fixed at the first publication; zero before it. Updated is the last significant change.
	Published time.Time `json:"published,omitzero"`
	Updated   time.Time `json:"updated,omitzero"`
	// Changes are the significant changes, oldest first; the N of …/updates ids counts them from 1.
	Changes []Change `json:"changes,omitempty"`
	// Topics are the slugs where it is published; once there it stays.
	Topics []string `json:"topics,omitempty"`
	// Entered says of topics that it came into after its first publication, when it did.
	Entered map[string]time.Time `json:"entered,omitempty"`
	// Into is the survivor of a merge. Ended is when it was merged or dropped.
	Into  StoryID   `json:"into,omitempty"`
	Ended time.Time `json:"ended,omitzero"`
	// Wake is when the story must be looked at again although nothing arrived (settling, notices); zero = never.
	Wake time.Time `json:"wake,omitzero"`
	// Touched is when anything that a subscriber can see changed, significant or not: what Last-Modified is made of.
	Touched time.Time `json:"touched,omitzero"`
	// Told is what the last significant change was measured against.
	Told Told `json:"told,omitzero"`
	// Shown is the account that the entry in feeds goes on showing while quiet changes (a copy, an edited sentence, a
	// report that makes no new class) wait for the next significant one: several readers mark an entry unread on any
	// change of its title or text. nil = the Account. Pages and machine-readable lists always show the Account.
	Shown *Account `json:"shown,omitempty"`
}

// StoryState says whether a story lives, and if not, how it ended.
type StoryState string

// A story is live until it is merged into another or dropped by a correction (or lost its last article).
const (
	Live    StoryState = ""
	Merged  StoryState = "merged"
	Dropped StoryState = "dropped"
)

// Change is one significant change of a story.
type Change struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"` // "published", "reports", "correction", "split", "merged", "dropped" ("fact", "disagreement" in old stores)
	Text string    `json:"text"` // one line for people
	// Headline is what the story was called then: a past change must not read differently tomorrow.
	Headline string `json:"headline,omitempty"`
	// Into is, for "merged", the survivor at that time: the notice goes on naming it, whose page leads further.
	Into StoryID `json:"into,omitempty"`
}

// Told is the digest of what subscribers were last told significantly.
type Told struct {
	ReportClass   int      `json:"report_class,omitempty"`
	Facts         []string `json:"facts,omitempty"`
	Disagreements []string `json:"disagreements,omitempty"`
	Rulings       []string `json:"rulings,omitempty"`
	// Topics are those that the entry names: entering another one is no reason to disturb subscribers of the first.
	Topics []string `json:"topics,omitempty"`
}

// Standing is a story as Reconcile sees it before a regrouping.
type Standing struct {
	ID          StoryID
	Founder     ArticleKey
	FounderSeen time.Time
	Minted      time.Time
	Members     []ArticleKey
	// Published are the members that subscribers have seen in the entry.
	Published map[ArticleKey]bool
}

// Assigned gives the stories after a regrouping their ids.
type Assigned struct {
	Stories []AssignedStory
	// Aliases are old ids that from now on mean another story; flat, never chained.
	Aliases []Alias
}

// AssignedStory is one part of the new partition. ID is "" when a new id must be minted from Founder.
type AssignedStory struct {
	ID      StoryID
	Founder ArticleKey
	Members []ArticleKey
	// From is the story that this one was split from, "" otherwise.
	From StoryID
}

// Alias says that Old is now New.
type Alias struct{ Old, New StoryID }

// RulingNames stands in a ruling's text between what the editor wrote and the articles that it names.
const RulingNames = " = "

// Step is all that decides a story's next state: what it was, who belongs to it now, and what a human said.
type Step struct {
	// Old is the story before; its ID is "" for a story that is new.
	Old     Story
	ID      StoryID
	Founder ArticleKey
	// Members are its articles with bodies, ordered by key. Empty: the story lost its last article.
	Members []Article
	// Feeds are the states of the feeds that the members came from.
	Feeds map[FeedID]FeedState
	Pins  []Pin
	// From is the story this one was split from, Into the one it was merged into, Absorbed those that it took in.
	From     StoryID
	Into     StoryID
	Absorbed []Story
	// Rulings are the corrections in force that name a member, in a stable text form: what the editor wrote, RulingNames, and the keys of
	// the articles that it names by now.
	Rulings []string
	// Now is the time of this placing: the only clock that a story knows.
	Now time.Time
}

// Pin is a pin correction resolved to its article.
type Pin struct {
	Article  ArticleKey
	Lead     bool
	Headline string
}

// Listed is an article as a topic lists it by itself, and when it came into the topic.
type Listed struct {
	Article Article
	At      time.Time
}

// Withdrawn is an article that was taken out of a topic, and when: dropped, or moved to a story outside of the topic.
type Withdrawn struct {
	Article ArticleKey
	At      time.Time
}

// Archive is one document of a topic's history (RFC 5005 section 4): the stories with the topic's sequence numbers
// 100(N-1)+1 to 100N. A closed one is a snapshot that never changes.
type Archive struct {
	N       int
	Closed  bool
	Stories []Story // newest first
	At      time.Time
}

// ArchiveSize is the number of stories in a closed archive document.
const ArchiveSize = 100

// Subscription is a subscriber of the built-in hub (W3C WebSub section 5).
type Subscription struct {
	Topic    string    `json:"topic"`
	Callback string    `json:"callback"`
	Secret   string    `json:"secret,omitempty"`
	Expires  time.Time `json:"expires"`
	// Delivered is the newest significant change that the subscriber was sent, in Unix seconds; Failures and Retry are
	// of its deliveries.
	Delivered int64     `json:"delivered,omitempty"`
	Failures  int       `json:"failures,omitempty"`
	Retry     time.Time `json:"retry,omitzero"`
}
