package normalize

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strconv"
	"strings"
	"time"

	"wirefold/internal/news"
)

// Reconcile maps a new partition onto the stories that stood before (docs/design.md section 3, rule 5). The part that
// holds a story's founder keeps its id; a founder that is gone hands on to the part with most of the published members,
// then of all members, ties by least key. A part that may keep several ids keeps the one minted first, and the others
// become aliases. A part that keeps none needs a new id, minted from its founder: the article with the least
// (first seen, key) where a story was split; of articles that are all new, the one with the least key, so that the order
// in which feeds answered, or a crash between two of them, changes no id. The result does not depend on the order of old or parts.
func Reconcile(old []news.Standing, parts [][]news.ArticleKey, seen map[news.ArticleKey]time.Time) news.Assigned {
	sorted := make([][]news.ArticleKey, 0, len(parts))
	for _, p := range parts {
		if len(p) > 0 {
			p = slices.Clone(p)
			slices.Sort(p)
			sorted = append(sorted, p)
		}
	}
	slices.SortFunc(sorted, func(a, b []news.ArticleKey) int { return cmp.Compare(a[0], b[0]) })
	at := map[news.ArticleKey]int{}
	for i, p := range sorted {
		for _, k := range p {
			at[k] = i
		}
	}
	stories := slices.Clone(old)
	slices.SortFunc(stories, func(a, b news.Standing) int {
		if c := a.Minted.Compare(b.Minted); c != 0 {
			return c
		}
		if c := a.FounderSeen.Compare(b.FounderSeen); c != 0 {
			return c
		}
		return cmp.Compare(a.ID, b.ID)
	})
	out := news.Assigned{Stories: make([]news.AssignedStory, len(sorted))}
	for i, p := range sorted {
		out.Stories[i].Members = p
	}
	// from is the oldest story that a part took members from.
	from := make([]news.StoryID, len(sorted))
	for _, s := range stories {
		i, ok := heir(s, sorted, at)
		if ok {
			if t := &out.Stories[i]; t.ID == "" {
				t.ID, t.Founder = s.ID, s.Founder
				if j, here := at[s.Founder]; !here || j != i {
					t.Founder = founder(t.Members, seen)
				}
			} else {
				out.Aliases = append(out.Aliases, news.Alias{Old: s.ID, New: t.ID})
			}
		}
		for _, k := range s.Members {
			if j, here := at[k]; here && from[j] == "" {
				from[j] = s.ID
			}
		}
	}
	for i := range out.Stories {
		if t := &out.Stories[i]; t.ID == "" {
			t.Founder, t.From = slices.Min(t.Members), from[i]
			if t.From != "" {
				t.Founder = founder(t.Members, seen)
			}
		}
	}
	return out
}

// heir is the part that inherits a story's id.
func heir(s news.Standing, parts [][]news.ArticleKey, at map[news.ArticleKey]int) (int, bool) {
	if i, ok := at[s.Founder]; ok {
		return i, true
	}
	type claim struct{ published, members int }
	claims := map[int]claim{}
	for _, k := range s.Members {
		if i, ok := at[k]; ok {
			c := claims[i]
			c.members++
			if s.Published[k] {
				c.published++
			}
			claims[i] = c
		}
	}
	best := -1
	for i, c := range claims {
		if best < 0 {
			best = i
			continue
		}
		b := claims[best]
		if d := cmp.Or(cmp.Compare(c.published, b.published), cmp.Compare(c.members, b.members), -cmp.Compare(parts[i][0], parts[best][0])); d > 0 {
			best = i
		}
	}
	return best, best >= 0
}

func founder(members []news.ArticleKey, seen map[news.ArticleKey]time.Time) news.ArticleKey {
	return slices.MinFunc(members, func(a, b news.ArticleKey) int {
		if c := seen[a].Compare(seen[b]); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	})
}

// Mint makes a story's id: the first 80 bits of SHA-256 over the authority and the founder's key, in base32, with a
// counter for the n-th try (from 1) when it was ever used before (docs/design.md section 5).
func Mint(authority string, founder news.ArticleKey, n int) news.StoryID {
	h := sha256.Sum256([]byte(authority + "\x00" + string(founder)))
	id := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h[:10]))
	if n > 0 {
		id += "-" + strconv.Itoa(n)
	}
	return news.StoryID(id)
}
