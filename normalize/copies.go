package normalize

import (
	"strings"

	"wirefold/internal/news"
)

// maxCopies bounds the pairwise comparison of one story's articles; beyond it only equal copy classes count.
const maxCopies = 400

// reportShare is how much of the shorter text must be in the longer one for two texts of one story to be copies of one report. Only
// tellings of one event are compared: two reporters share a quarter of their four-word runs at most, a wire copy with a new lead and a
// cut end keeps two thirds.
const reportShare = 0.60

// textPrints are what reports are compared by: the least shingles of their texts, made of the texts themselves, because an article
// of the store comes without its marks. A text that is too short to be a copy has none; beyond maxCopies nobody looks.
func textPrints(members []*news.Article) []*sketch {
	if len(members) < 2 {
		return nil
	}
	out := make([]*sketch, min(len(members), maxCopies))
	for i, m := range members[:len(out)] {
		ws := readWords(nil, strings.TrimPrefix(m.Text, m.Title), inBody, maxWords)
		if len(ws) < minCopyWords {
			continue
		}
		k := marker{s: &sketch{words: uint16(len(ws)), body: uint16(len(ws))}}
		k.shingles(ws)
		out[i] = k.s
	}
	return out
}

// tellsItself says whether the text of an article has something of its headline; see tellsHeadline.
func tellsItself(a *news.Article) bool {
	k := marker{m: Load()}
	k.words = readWords(nil, firstOf(a.Title, a.Headline), inTitle, leadWords)
	k.words = readWords(k.words, strings.TrimPrefix(a.Text, a.Title), inBody, maxWords)
	return k.tellsHeadline()
}
