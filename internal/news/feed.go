package news

import "time"

// Feed is a place that articles come from, as feeds.yaml lists it: a URL, or a glob of seed files.
type Feed struct {
	ID         FeedID
	URL        string
	Seeds      string // absolute glob; "" for a URL
	Root       string // the glob's root directory: seed paths are relative to it
	Outlet     string
	Interval   time.Duration // 0 = adaptive
	Enabled    bool
	Backfill   bool
	FullText   bool
	Republish  bool
	NoRecheck  bool   // never asked without its validators again of our own accord
	BasicFile  string // "user:password" in a file
	HeaderFile string // "Name: value" lines in a file
	Proxy      string
	UserAgent  string
}

// FeedState is what is remembered of a Feed between fetches. fetch decides what is in it; the store keeps it. Copies share
// their maps and slices: these are replaced, never changed in place.
type FeedState struct {
	Feed FeedID `json:"feed"`
	// URL is where the feed was configured when this state was made: another URL starts afresh.
	URL string `json:"url,omitempty"`
	// Moved is an address learnt from permanent redirects after proof; "" = none.
	Moved      string    `json:"moved,omitempty"`
	MoveTo     string    `json:"move_to,omitempty"` // target under proof
	MoveSince  time.Time `json:"move_since,omitzero"`
	MoveProofs int       `json:"move_proofs,omitempty"`

	// Final is the address that the latest good 200 came from, after redirects: what the validators belong to.
	Final string `json:"final,omitempty"`
	// Validators, byte for byte, of the latest good 200.
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"`
	BodyHash     string    `json:"body_hash,omitempty"`
	Tried        time.Time `json:"tried,omitzero"`
	Good         time.Time `json:"good,omitzero"`    // latest 200 or 304
	Changed      time.Time `json:"changed,omitzero"` // latest 200 that brought something new
	Full         time.Time `json:"full,omitzero"`    // latest 200, or unconditional request
	NextDue      time.Time `json:"next_due,omitzero"`
	// Earliest is when a manual refresh may ask at the soonest; RetryAfter holds even against --force.
	Earliest   time.Time     `json:"earliest,omitzero"`
	RetryAfter time.Time     `json:"retry_after,omitzero"`
	Interval   time.Duration `json:"interval,omitempty"`
	// Poll is how often the publisher wants to be asked, as the latest document stated it: a 304 does not repeat it.
	Poll     Poll     `json:"poll,omitzero"`
	Failures int      `json:"failures,omitempty"` // in a row
	Error    string   `json:"error,omitempty"`    // of the latest try; "" = it was good
	HTTP     int      `json:"http,omitempty"`
	Gone     bool     `json:"gone,omitempty"` // 410: never asked again
	Flags    []string `json:"flags,omitempty"`

	// What the document says of itself, for atom:source and the sources page.
	DocID    string   `json:"doc_id,omitempty"`
	Title    string   `json:"title,omitempty"`
	Link     string   `json:"link,omitempty"`
	Language string   `json:"language,omitempty"`
	Updated  Date     `json:"updated,omitzero"`
	Rights   string   `json:"rights,omitempty"`
	Hubs     []string `json:"hubs,omitempty"`
	Self     string   `json:"self,omitempty"`
	// Push is the state of a WebSub subscription, nil = none.
	Push *Push `json:"push,omitempty"`
	// Files are the seed files of the latest look, path → SHA-256 of the bytes (hexadecimal).
	Files map[string]string `json:"files,omitempty"`
}

// Push is a WebSub subscription (W3C WebSub section 5).
type Push struct {
	Hub     string    `json:"hub"`
	Topic   string    `json:"topic"`
	Secret  string    `json:"secret"`
	Token   string    `json:"token"` // unguessable part of the callback path
	Expires time.Time `json:"expires,omitzero"`
	Asked   time.Time `json:"asked,omitzero"`
	Live    bool      `json:"live,omitempty"`
}

// HostState is what is remembered of a host (scheme://name:port) for all its feeds.
type HostState struct {
	Host       string    `json:"host"`
	RetryAfter time.Time `json:"retry_after,omitzero"`
	Failures   int       `json:"failures,omitempty"`
}

// Fetched is what one fetch of a Feed brought.
type Fetched struct {
	State FeedState
	Host  *HostState
	// Document is nil when there is nothing new: 304, the same body, a failure.
	Document *Document
	// Done says that Document is no longer needed: the fetcher hands out only so many at once, because they are large. nil
	// says it to nobody. Calling it twice does no harm.
	Done   func()
	Status FetchStatus
	Err    error
	// Problems are bad parts of an otherwise good answer: one unreadable seed file, one broken item.
	Problems []error
	// Renames gives seed files that only moved: new GUID → old GUID.
	Renames map[string]string
	// More says that a seed folder holds more new files than one look carries: fetch it again once this is saved.
	More  bool
	Bytes int64
	Took  time.Duration
}

// FetchStatus says in one word how a fetch went.
type FetchStatus string

// The outcomes of a fetch, as refresh --json prints them.
const (
	FetchedNew       FetchStatus = "ok"
	FetchedUnchanged FetchStatus = "unchanged"
	FetchFailed      FetchStatus = "failed"
	FetchGone        FetchStatus = "gone"
	FetchSkipped     FetchStatus = "skipped"
)

// Batch is what one fetch stores, all or nothing.
type Batch struct {
	State    FeedState
	Host     *HostState
	Articles []Article // new or revised
	// Renames gives known articles their new GUID (a seed file that was renamed, a feed that changes its guids).
	Renames map[ArticleKey]string
	At      time.Time
}

// Saved counts what a Batch changed.
type Saved struct{ New, Revised int }
