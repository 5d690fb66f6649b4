package news

import "time"

// Article is an Item made clean and comparable: one outlet's telling. All its strings are safe to show: plain text
// without control characters, or (HTML) markup of the sanitiser's small allow-list; its URLs are absolute http(s).
type Article struct {
	Key       ArticleKey  `json:"key"`
	Feed      FeedID      `json:"feed"`
	GUID      string      `json:"guid,omitempty"`
	URL       string      `json:"url,omitempty"`  // canonical; what two feeds of one outlet share
	Link      string      `json:"link,omitempty"` // as the outlet gave it: what readers click
	Outlet    string      `json:"outlet,omitempty"`
	Title     string      `json:"title,omitempty"`    // "" when the outlet printed none
	Headline  string      `json:"headline,omitempty"` // always: the title, or the best printed line
	Summary   string      `json:"summary,omitempty"`  // plain text
	HTML      string      `json:"html,omitempty"`
	Text      string      `json:"text,omitempty"` // the clean text: paragraphs separated by a blank line
	Lang      string      `json:"lang,omitempty"` // BCP 47, "" = unknown
	Authors   []Author    `json:"authors,omitempty"`
	Tags      []Category  `json:"tags,omitempty"`
	Files     []Enclosure `json:"files,omitempty"`
	Image     string      `json:"image,omitempty"`
	Rights    string      `json:"rights,omitempty"`
	Published Date        `json:"published,omitzero"`
	Updated   Date        `json:"updated,omitzero"`
	// Seen is when the article was first stored. Set once by the store, never changed.
	Seen time.Time `json:"seen,omitzero"`
	Seed bool      `json:"seed,omitempty"`
	// Backfill is set for an item that was already old at its feed's first fetch: it groups, but makes no entry alone.
	Backfill bool  `json:"backfill,omitempty"`
	Facts    Facts `json:"facts,omitzero"`
	// ItemHash is Item.Hash of the revision; TextHash is over title and text only, so that a moved byline is no revision.
	ItemHash [32]byte `json:"-"`
	TextHash [32]byte `json:"-"`
	Revision int      `json:"revision,omitempty"` // 0 for the first, counted by the store
	// Revised is when the outlet last changed what is shown of the article, zero for never; set by the store.
	Revised time.Time `json:"revised,omitzero"`
	// DatedLater says that the outlet stated Published only after the article was first stored: an entry that went out
	// dated by Seen stays so. Set by the store.
	DatedLater bool `json:"dated_later,omitempty"`
	// Vector is what an embedding service made of this revision; the zero value when there is none. It is data of the
	// article: asked for once, before the article is first stored, and never again.
	Vector Vector   `json:"vector,omitzero"`
	Marks  Marks    `json:"-"`
	Flags  []string `json:"flags,omitempty"`
}

// Vector is a text as a point in the space of an embedding model.
type Vector struct {
	Model string `json:"model"`
	// Unrelated and Same are the likenesses (cosines, in hundredths) that the model gives texts without relation and
	// texts on one event, as whoever chose the model said. Vectors that differ in them or in Model are not compared.
	Unrelated int8 `json:"unrelated"`
	Same      int8 `json:"same"`
	// Data are the components, each a signed byte, scaled so that the largest is 127.
	Data []byte `json:"data"`
}

// IsZero says that there is no vector.
func (v Vector) IsZero() bool { return len(v.Data) == 0 }

// Facts is what an article itself states about the event. Unknown stays empty.
type Facts struct {
	Standfirst  string   `json:"standfirst,omitempty"`
	Section     string   `json:"section,omitempty"`
	Dateline    string   `json:"dateline,omitempty"`     // place that the text was filed from, as printed
	Venue       string   `json:"venue,omitempty"`        // city where it happened
	VenueDetail string   `json:"venue_detail,omitempty"` // building or body: "Pakistan's Ministry of Interior"
	EventDate   Date     `json:"event_date,omitzero"`
	Byline      string   `json:"byline,omitempty"`
	Outlet      string   `json:"outlet,omitempty"` // as the page states it
	Agency      string   `json:"agency,omitempty"`
	People      []Person `json:"people,omitempty"`
	Numbers     []Number `json:"numbers,omitempty"`
}

// Person is somebody named in an article, with the role that the article gives them.
type Person struct {
	Name string `json:"name"`
	Role string `json:"role,omitempty"`
}

// Number is a quantity that an article states.
type Number struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit,omitempty"` // what is counted, or "percent", a currency code …
	What  string  `json:"what,omitempty"` // the phrase around it
}

// Known is what the store remembers of an article, enough to recognise it when its feed brings it again.
type Known struct {
	Key      ArticleKey
	GUID     string
	URL      string
	ItemHash [32]byte
	TextHash [32]byte
}
