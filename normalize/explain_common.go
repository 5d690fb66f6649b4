package normalize

import (
	"cmp"
	"slices"

	"wirefold/internal/news"
)

// Common are the words that tell most about two articles: those of their headlines and leads that are in both, and the names
// that only one of them has there; the rarest first.
type Common struct{ Both, OnlyA, OnlyB []string }

const (
	maxCommonWords = 12
	maxOnlyNames   = 6
	// minNameSkeleton is how many consonants two names must share to be one across languages.
	minNameSkeleton = 3
)

// saidWord is a word of an article as explain shows it.
type saidWord struct {
	printed string
	stem    uint32
	bones   []string // consonant skeletons of a name, with and without a case ending
	idf     uint8
	lead    bool
	name    bool
}

// InCommon finds the words that two articles share, as a person would: by their stems, and names by their consonants.
func (m *Model) InCommon(a, b *news.Article) Common {
	wa, wb := m.saidWords(a), m.saidWords(b)
	var c Common
	c.Both, c.OnlyA = m.sortOut(wa, wb)
	_, c.OnlyB = m.sortOut(wb, wa)
	return c
}

// sortOut parts the words of ws into those that others has too and the names that it has not.
func (m *Model) sortOut(ws, others []saidWord) (both, only []string) {
	stems, bones := make(map[uint32]bool), make(map[string]bool)
	leads := make(map[uint32]bool)
	for _, o := range others {
		stems[o.stem] = true
		leads[o.stem] = leads[o.stem] || o.lead
		for _, b := range o.bones {
			bones[b] = true
		}
	}
	ws = slices.Clone(ws)
	slices.SortStableFunc(ws, func(p, q saidWord) int { return cmp.Compare(q.idf, p.idf) })
	for _, w := range ws {
		found := stems[w.stem] || slices.ContainsFunc(w.bones, func(b string) bool { return bones[b] })
		switch {
		case found && (w.lead || leads[w.stem]) && len(both) < maxCommonWords:
			both = append(both, w.printed)
		case !found && w.name && w.lead && len(only) < maxOnlyNames:
			only = append(only, w.printed)
		}
	}
	return both, only
}

// saidWords are the telling words of an article, each once.
func (m *Model) saidWords(a *news.Article) []saidWord {
	lex := newsWords()
	text := a.Title + "\n\n" + a.Text
	var out []saidWord
	seen := make(map[uint32]bool)
	for i, t := range splitTokens(text, lex) {
		if !t.word() && !t.digits() || t.has(classFunction) || t.word() && len(t.low) < 3 {
			continue
		}
		printed := text[t.start:t.end]
		ws := readWords(nil, printed, inBody, maxIdentifier)
		if len(ws) == 0 || m.isStop(ws[0].fold) {
			continue
		}
		ws[0].first = t.flags&tokFirst != 0 // alone, every word is the first
		stem := hash32(1, stemOf(ws[0].fold))
		if fold, n := identifier(ws, 0); n > 0 {
			stem = hash32(1, fold)
		}
		w := saidWord{printed: printed, stem: stem, lead: i < leadWords, name: t.word() && t.capital() && t.flags&tokFirst == 0}
		idf, kind := m.terms.find(w.stem)
		if kind == termStop || seen[w.stem] {
			continue
		}
		seen[w.stem] = true
		w.idf = idf
		if t.capital() || !caseScript(t.low) {
			w.bones = addSkeleton(nil, ws[0].fold)
			if declines(a.Lang) {
				w.bones = addSkeleton(w.bones, dropCase(ws[0].fold))
			}
		}
		out = append(out, w)
	}
	return out
}

// addSkeleton appends the consonants of a name if they are enough to know it by.
func addSkeleton(bones []string, fold string) []string {
	if b := string(skeleton(nil, fold)); len(b) >= minNameSkeleton {
		bones = append(bones, b)
	}
	return bones
}
