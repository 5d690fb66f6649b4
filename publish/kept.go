package publish

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"sync"
	"sync/atomic"

	"wirefold/internal/news"
)

// kept are the entries of a topic's feed as they were made last: a change of one story costs one entry, not all.
type kept struct {
	mu sync.Mutex
	by map[news.StoryID]keptEntry
}

type keptEntry struct {
	version [16]byte
	entry   entry
}

// take answers with the entries of stories, making those that changed, and keeps these for the next time.
func (k *kept) take(stories []news.Story, write func(news.Story) entry) []entry {
	k.mu.Lock()
	defer k.mu.Unlock()
	next := make(map[news.StoryID]keptEntry, len(stories))
	out := make([]entry, 0, len(stories))
	for _, s := range stories {
		e, ok := k.by[s.ID]
		if !ok || e.version != s.Version || s.Version == [16]byte{} {
			e = keptEntry{s.Version, write(s)}
			e.entry.written = &written{}
		}
		next[s.ID] = e
		out = append(out, e.entry)
	}
	k.by = next
	return out
}

// written are the forms of an entry that were written before, as they stand in a document.
type written struct{ atom, rss, json atomic.Pointer[[]byte] }

// writeOnce is what write makes, or what it made before.
func writeOnce(slot *atomic.Pointer[[]byte], write func() ([]byte, error)) ([]byte, error) {
	if slot != nil {
		if b := slot.Load(); b != nil {
			return *b, nil
		}
	}
	b, err := write()
	if err == nil && slot != nil {
		slot.Store(&b)
	}
	return b, err
}

func (w *written) slots() (atom, rss, json *atomic.Pointer[[]byte]) {
	if w == nil {
		return nil, nil, nil
	}
	return &w.atom, &w.rss, &w.json
}

// element is an element as it stands in a document, behind so many blanks.
func element(x any, depth string) ([]byte, error) {
	b, err := xml.MarshalIndent(x, depth, "  ")
	return append([]byte{'\n'}, b...), err
}

// object is an object as it stands in a document, its lines behind so many blanks.
func object(x any, depth string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent(depth, " ")
	err := enc.Encode(x)
	return b.Bytes(), err
}
