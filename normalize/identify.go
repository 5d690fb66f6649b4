package normalize

import (
	"crypto/sha256"
	"strings"

	"wirefold/internal/news"
)

// Identity is who an item of a document is.
type Identity struct {
	Key news.ArticleKey
	// Known says that the store has the article. Same says that the outlet says nothing new of it.
	Known bool
	Same  bool
	// GUID is the one to remember from now on; "" = the known one, or there is none.
	GUID string
	// Twin marks an item that is the same article as an earlier one of the document, or that says nothing at all: there
	// is nothing of it to keep.
	Twin bool
}

// wordy is how long title and text together must be, in bytes, for their equality to outweigh another guid and link.
const wordy = 200

// signs is what identifies an item.
type signs struct {
	guid, url string
	words     int
	// sharedGUID and sharedURL say that other items of the document, with other words, claim the same.
	sharedGUID, sharedURL bool

	it     *news.Item
	sum    [32]byte
	summed bool
}

// text is the hash of the item's words, which most items are recognised without.
func (s *signs) text() [32]byte {
	if !s.summed {
		s.summed, s.sum = true, textHash(*s.it)
		if s.it.Seed != nil {
			s.sum = sha256.Sum256([]byte(s.it.GUID)) // a seed is its path: equal words elsewhere are another telling
		}
	}
	return s.sum
}

// byWords says whether the item may be known by its words alone.
func (s *signs) byWords() bool { return s.guid == "" || s.words >= wordy || s.url == "" }

// GUIDs are what the store must be asked first before Identify can answer.
func GUIDs(items []news.Item) []string {
	var out []string
	for i := range items {
		if g := guidOf(&items[i]); g != "" {
			out = append(out, g)
		}
	}
	return out
}

// Others are what the store must be asked next: the addresses and words of the items whose guid it does not know.
func Others(known []news.Known, items []news.Item) (urls []string, texts [][32]byte) {
	have := make(map[string]bool, len(known))
	for _, k := range known {
		have[k.GUID] = true
	}
	for i := range items {
		s := signsOf(&items[i])
		if s.guid != "" && have[s.guid] {
			continue
		}
		if s.url != "" {
			urls = append(urls, s.url)
		}
		if s.byWords() {
			texts = append(texts, s.text())
		}
	}
	return urls, texts
}

// Identify says which items the store knows, and under which key. known is what the store has of this feed alone: a
// guid counts within its feed, so no feed can touch another's articles.
//
//   - The guid decides, unless several items of the document share it with different links or words: then they are
//     distinct articles, and guid with link (or words) decides.
//   - A new guid with a known link (an article's own, not the site's or one that several items share), or with known
//     words, is the known article if its old guid is gone from the document: the feed makes up guids at every fetch.
//   - Without a guid the canonical link decides, then the words.
func Identify(f news.Feed, known []news.Known, items []news.Item) []Identity {
	ss := signsOfAll(items)
	byGUID, byURL, byText := map[string][]int{}, map[string][]int{}, map[[32]byte][]int{}
	for i, k := range known {
		if k.GUID != "" {
			byGUID[k.GUID] = append(byGUID[k.GUID], i)
		}
		if k.URL != "" {
			byURL[k.URL] = append(byURL[k.URL], i)
		}
		byText[k.TextHash] = append(byText[k.TextHash], i)
	}
	here := map[string]bool{}
	for i := range ss {
		here[ss[i].guid] = true
	}
	// gone says whether a known article's own guid has left the document, so that it may have got another.
	gone := func(i int) bool { return known[i].GUID == "" || !here[known[i].GUID] }
	taken := map[news.ArticleKey]bool{}
	out := make([]Identity, len(items))
	for i := range ss {
		s := &ss[i]
		if isEmpty(&items[i]) {
			out[i] = Identity{Key: itemKey(f, items[i]), Twin: true}
			continue
		}
		k := -1
		switch {
		case s.guid != "" && len(byGUID[s.guid]) > 0:
			k = pick(known, byGUID[s.guid], s, !s.sharedGUID)
		case s.url != "" && !s.sharedURL && !isSite(s.url):
			k = pickWhere(byURL[s.url], func(j int) bool { return s.guid == "" || gone(j) })
		case s.url != "" && s.guid == "":
			k = pickWhere(byURL[s.url], func(j int) bool { return known[j].TextHash == s.text() })
		}
		if k < 0 && !(s.guid != "" && len(byGUID[s.guid]) > 0) && s.byWords() {
			k = pickWhere(byText[s.text()], func(j int) bool { return gone(j) && (s.guid != "" || known[j].GUID == "") })
		}
		if k >= 0 && !taken[known[k].Key] {
			out[i] = Identity{Key: known[k].Key, Known: true, Same: known[k].ItemHash == items[i].Hash}
			if s.guid != known[k].GUID && s.guid != "" {
				out[i].GUID = s.guid
			}
		} else if k >= 0 {
			out[i] = Identity{Key: known[k].Key, Known: true, Twin: true}
			if s.sharedGUID || s.sharedURL {
				out[i] = Identity{Key: freshKey(f, items[i], s)}
			}
		} else {
			out[i] = Identity{Key: freshKey(f, items[i], s)}
		}
		if taken[out[i].Key] {
			out[i].Twin = true
		}
		taken[out[i].Key] = true
	}
	return out
}

// isEmpty says whether an item states nothing that could be kept or told apart.
func isEmpty(it *news.Item) bool {
	return it.Seed == nil && it.GUID+it.Link+it.Title.Value+it.Summary.Value+it.Content.Value == "" && len(it.Enclosures) == 0
}

// freshKey is the key of an item that nobody knows.
func freshKey(f news.Feed, it news.Item, s *signs) news.ArticleKey {
	if !s.sharedGUID && !s.sharedURL {
		return itemKey(f, it)
	}
	text := s.text()
	switch {
	case s.guid != "" && s.sharedGUID:
		return keyOf(f, "guid", s.guid, s.url, string(text[:]))
	case s.guid == "" && s.sharedURL:
		return keyOf(f, "url", s.url, string(text[:]))
	}
	return itemKey(f, it)
}

// pick chooses among known articles of one guid: the one with the item's link, else with its words, else any if the
// guid alone may decide.
func pick(known []news.Known, among []int, s *signs, any bool) int {
	for _, j := range among {
		if s.url != "" && known[j].URL == s.url && !s.sharedURL {
			return j
		}
	}
	if any && len(among) == 1 {
		return among[0]
	}
	for _, j := range among {
		if known[j].TextHash == s.text() {
			return j
		}
	}
	if any {
		return among[0]
	}
	return -1
}

func pickWhere(among []int, ok func(int) bool) int {
	for _, j := range among {
		if ok(j) {
			return j
		}
	}
	return -1
}

// isSite says whether a URL is a site rather than a page of it: many different articles may link there.
func isSite(u string) bool {
	_, rest, ok := strings.Cut(u, "://")
	if !ok {
		return true
	}
	_, path, ok := strings.Cut(rest, "/")
	return !ok || path == ""
}

// guidOf is an item's guid as the store keeps it.
func guidOf(it *news.Item) string { return strings.TrimSpace(visible(it.GUID)) }

func signsOf(it *news.Item) signs {
	s := signs{guid: guidOf(it), words: len(it.Title.Value) + max(len(it.Content.Value), len(it.Summary.Value)), it: it}
	if u, ok := CanonicalURL(it.Link); ok && it.Seed == nil {
		s.url = u
	}
	return s
}

// signsOfAll are the signs of a document's items, with what several of them claim.
func signsOfAll(items []news.Item) []signs {
	out := make([]signs, len(items))
	guids, urls := map[string]int{}, map[string]int{} // who claimed it first
	sharedGUID, sharedURL := map[string]bool{}, map[string]bool{}
	for i := range items {
		out[i] = signsOf(&items[i])
		s := &out[i]
		if j, ok := guids[s.guid]; !ok {
			guids[s.guid] = i
		} else if s.guid != "" && (out[j].url != s.url || out[j].text() != s.text()) {
			sharedGUID[s.guid] = true
		}
		if j, ok := urls[s.url]; !ok {
			urls[s.url] = i
		} else if s.url != "" && out[j].text() != s.text() {
			sharedURL[s.url] = true
		}
	}
	for i := range out {
		out[i].sharedGUID, out[i].sharedURL = sharedGUID[out[i].guid], sharedURL[out[i].url]
	}
	return out
}
