package readers

// Reader is one reader with its memory. Its subscriber reads every item right after each fetch, so that whatever shows
// up unread later is noticed.
type Reader struct {
	Rule  Rule
	filed map[string]*filed
	// keys are the keys under which an entry of a feed is filed: more than one means that it was shown twice.
	keys map[entryRef]map[string]bool
}

// entryRef is an entry of one feed; the feed's name outlives a change of its address.
type entryRef struct{ feed, id string }

// filed is an item in the reader's store.
type filed struct {
	first entryRef
	site  string
	item  Item
	quiet int
}

// NewReader is a reader with nothing subscribed.
func NewReader(r Rule) *Reader {
	return &Reader{Rule: r, filed: map[string]*filed{}, keys: map[entryRef]map[string]bool{}}
}

// Subscription is a feed that a reader fetches.
type Subscription struct {
	Name string // what it is to us: a topic, a companion feed, an outlet
	URL  string
	// Site is who publishes it. Entries of one site with one id are one thing; two sites with one id are a collision.
	Site string
}

// Sight is something that a subscriber notices after a fetch.
type Sight struct {
	Kind SightKind
	ID   string // of the entry
}

// SightKind says what a subscriber notices.
type SightKind string

// The kinds of sight.
const (
	New       SightKind = "new"       // an item shows up that this reader has not shown before
	Twice     SightKind = "twice"     // an item shows up for an entry that this reader has shown before
	Again     SightKind = "again"     // a read item is unread, or marked as updated
	Swallowed SightKind = "swallowed" // an entry is taken for an item of somebody else and is never shown
)

// Fetch hands the reader a parsed edition of a feed and returns what its subscriber notices, in document order.
func (r *Reader) Fetch(s Subscription, d *Document) []Sight {
	var out []Sight
	for _, it := range d.Items {
		ref := entryRef{s.Name, identity(it)}
		key := r.Rule.Key(s.URL, it)
		old, known := r.filed[key]
		if !known {
			r.filed[key] = &filed{first: ref, site: s.Site, item: it}
			kind := New
			if len(r.keys[ref]) > 0 {
				kind = Twice
			}
			r.remember(ref, key)
			out = append(out, Sight{kind, ref.id})
			continue
		}
		if r.swallows(old, s, ref) {
			out = append(out, Sight{Swallowed, ref.id})
			continue
		}
		r.remember(ref, key)
		switch r.Rule.Again(old.item, it, old.quiet) {
		case Ignore:
			continue
		case Unread:
			out = append(out, Sight{Again, ref.id})
		}
		if it.Updated.After(old.item.Updated) {
			old.quiet = 0
		} else if freshRSSChanged(old.item, it) {
			old.quiet++
		}
		old.item = it
	}
	return out
}

// swallows says whether the reader mistakes an entry for another one: of another site, or of the same feed.
func (r *Reader) swallows(old *filed, s Subscription, ref entryRef) bool {
	return old.site != s.Site || old.first.id != ref.id
}

func (r *Reader) remember(ref entryRef, key string) {
	if r.keys[ref] == nil {
		r.keys[ref] = map[string]bool{}
	}
	r.keys[ref][key] = true
}

// Has says whether the subscriber was ever shown that entry of that feed, in this feed or, in readers that file an id
// once for all feeds, in another feed of the same site.
func (r *Reader) Has(feed, id string) bool { return len(r.keys[entryRef{feed, id}]) > 0 }
