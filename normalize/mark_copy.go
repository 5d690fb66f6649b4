package normalize

import "slices"

const (
	// minCopyWords: shorter texts are equal too easily to be called copies.
	minCopyWords = 30
	// copyPrint is how many of the least shingles make the copy class: few enough to survive small edits, enough to
	// tell texts apart that share a paragraph.
	copyPrint = 8
	gram      = 4
)

// shingles keeps the least hashes of the text's word 4-grams (a bottom-k sketch: the share of equal ones estimates how
// much of the two texts is the same), and makes the copy class of the very least.
func (k *marker) shingles(ws []markWord) {
	s := k.s
	if len(s.shingles) > 0 || len(ws) < gram {
		return
	}
	hs := make([]uint32, 0, len(ws))
	var last [gram]uint64
	for i := range ws {
		last[i%gram] = uint64(ws[i].hash)
		if i < gram-1 {
			continue
		}
		h := uint64(0)
		for j := i - gram + 1; j <= i; j++ {
			h = h*0x9E3779B97F4A7C15 + last[j%gram]
		}
		hs = append(hs, uint32(hash64(7, h)>>32))
	}
	hs = least(hs, maxShingles)
	s.shingles = slices.Clone(hs[:min(len(hs), maxShingles)])
	if len(ws) < minCopyWords || len(hs) < copyPrint {
		return
	}
	if !k.tellsHeadline() {
		return
	}
	c := uint64(1)
	for _, h := range hs[:copyPrint] {
		c = hash64(8, c^uint64(h))
	}
	s.copy = max(c, 1)
}

// tellsHeadline says whether the text has something of what the headline says, if there is one. A text that has not is what an outlet writes below all it
// publishes (whom to follow, that one must subscribe, who made the music), and equal ones are no copies.
func (k *marker) tellsHeadline() bool {
	said := make(map[string]bool, 16)
	for i := range k.words {
		if w := &k.words[i]; w.field == inTitle && !k.m.isStop(w.fold) {
			said[stemOf(w.fold)] = false
		}
	}
	least := (len(said) + headlinePart - 1) / headlinePart
	for i := range k.words {
		if least <= 0 {
			return true
		}
		if w := &k.words[i]; w.field != inTitle {
			stem := stemOf(w.fold)
			if found, ok := said[stem]; ok && !found {
				said[stem] = true
				least--
			}
		}
	}
	return least <= 0
}

// headlinePart: a text that tells the headline has one of so many of its words.
const headlinePart = 3

// least sorts hashes and drops doubles. Of many, it may keep only the lowest, but at least n.
func least(hs []uint32, n int) []uint32 {
	if len(hs) > 4*n {
		// They are spread evenly, so a low share of them all but surely has enough.
		below := uint32(uint64(2*n) << 32 / uint64(len(hs)))
		low := make([]uint32, 0, 4*n)
		for _, h := range hs {
			if h < below {
				low = append(low, h)
			}
		}
		slices.Sort(low)
		if low = slices.Compact(low); len(low) >= n {
			return low
		}
	}
	slices.Sort(hs)
	return slices.Compact(hs)
}

// sameText estimates from two sketches how much of the shorter text is in the longer one, 0 to 1; -1 when one is too
// short to say.
func sameText(a, b *sketch) float64 {
	if len(a.shingles) < copyPrint || len(b.shingles) < copyPrint {
		return -1
	}
	// The bottom-k of the union, and how many of it both have.
	k := min(maxShingles, max(len(a.shingles), len(b.shingles)))
	seen, both := 0, 0
	for i, j := 0, 0; seen < k && (i < len(a.shingles) || j < len(b.shingles)); seen++ {
		switch {
		case j == len(b.shingles) || i < len(a.shingles) && a.shingles[i] < b.shingles[j]:
			i++
		case i == len(a.shingles) || b.shingles[j] < a.shingles[i]:
			j++
		default:
			both++
			i++
			j++
		}
	}
	jaccard := float64(both) / float64(max(seen, 1))
	// |A∩B| = J (|A|+|B|) / (1+J); its share of the shorter is the containment.
	la, lb := float64(max(a.body, 1)), float64(max(b.body, 1))
	if a.body < minCopyWords || b.body < minCopyWords {
		la, lb = float64(a.words), float64(b.words)
	}
	return min(1, jaccard*(la+lb)/(1+jaccard)/min(la, lb))
}
