package store

import "wirefold/internal/news"

// recall keeps articles that were read lately: the tellings of one event come close together, and each has its whole
// story told again. It is trusted only while this process is the one that places; an article that was revised waits
// for Place, which reads it anew.
type recall struct {
	generation int64 // of the store when it was filled
	young, old map[int64]news.Article
	bytes      int // of the young
}

// recallBytes bounds the texts of the young articles; the old ones are as many again.
const recallBytes = 8 << 20

// at makes it forget everything when somebody else has placed since.
func (r *recall) at(generation int64) {
	if r.generation != generation {
		r.drop()
	}
	r.generation = generation
}

func (r *recall) drop() { *r = recall{generation: r.generation} }

func (r *recall) get(id int64) (news.Article, bool) {
	a, ok := r.young[id]
	if !ok {
		if a, ok = r.old[id]; ok {
			r.put(id, a)
		}
	}
	return a, ok
}

func (r *recall) put(id int64, a news.Article) {
	const overhead = 1000 // the small fields of an article, roughly
	if r.young == nil {
		r.young = map[int64]news.Article{}
	}
	r.young[id] = a
	if r.bytes += len(a.HTML) + len(a.Text) + overhead; r.bytes > recallBytes {
		r.old, r.young, r.bytes = r.young, nil, 0
	}
}
