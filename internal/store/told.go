package store

import (
	"crypto/sha256"
	"sync"

	"wirefold/internal/news"
)

// told keeps stories that were read lately for publishers, unpacked, by the hash of their stored bytes: whoever wrote
// them, equal bytes are equal stories. What it answers is shared and must not be changed.
type told struct {
	mu         sync.Mutex
	young, old map[[16]byte]news.Story
	bytes      int // stored, of the young
}

// toldBytes bounds the stored bytes of the young stories, of which a story takes one or two thousand and unpacked about
// five times that; the old ones are as many again.
const toldBytes = 1 << 20

func versionOf(packed []byte) [16]byte {
	sum := sha256.Sum256(packed)
	return [16]byte(sum[:16])
}

func (t *told) get(v [16]byte) (news.Story, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, ok := t.young[v]; ok {
		return s, true
	}
	s, ok := t.old[v]
	return s, ok
}

func (t *told) put(v [16]byte, s news.Story, size int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.young == nil {
		t.young = map[[16]byte]news.Story{}
	}
	if _, ok := t.young[v]; ok {
		return
	}
	t.young[v] = s
	if t.bytes += size; t.bytes > toldBytes {
		t.old, t.young, t.bytes = t.young, nil, 0
	}
}
