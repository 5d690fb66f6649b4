package normalize

import (
	"strings"

	"github.com/abadojack/whatlanggo"
)

// What is looked at of a text to tell its language.
const (
	langSample = 600 // bytes: the answer hardly improves beyond, and every byte costs
	langLeast  = 200 // bytes: below, trigrams guess
	langVotes  = 5   // common words that one language must have more of than any other
)

// commonWords are words that are frequent in one language and rare in the others.
var commonWords = func() map[string]string {
	out := map[string]string{}
	for lang, words := range map[string]string{
		"en": "the and of was for with that from his this has have were been said which will would their after",
		"de": "und der die das nicht mit ist den von auf für dem sich auch wurde nach bei einen wird",
		"fr": "les des est une dans pour que qui sur pas avec sont été aux cette ses plus",
		"es": "los las del una por para con que está han sus pero fue según sobre más",
		"it": "il della che gli per una sono nel alla con del dei delle anche più stato è",
		"pt": "não uma dos das com para os foi pelo pela são mais você ao",
		"nl": "het een van niet zijn dat voor met wordt ook naar aan hij deze werd",
		"pl": "nie się jest że na oraz przez został dla który jak są po od",
		"sv": "och att det som för inte är har till från ett den",
		"da": "og at det ikke er har til fra blev være af",
		"tr": "bir ve bu için ile olarak da daha olan çok",
	} {
		for _, w := range strings.Fields(words) {
			if have, ok := out[w]; ok && have != lang {
				out[w] = "" // not only one language's
			} else {
				out[w] = lang
			}
		}
	}
	return out
}()

// languageOf is the language of a text: what the outlet states, else what its commonest words say, else what its
// trigrams say if they are sure. "" is unknown.
func languageOf(stated, text string) string {
	if t := tag(stated); t != "" {
		return t
	}
	if len(text) > langSample {
		text = strings.ToValidUTF8(text[:langSample], "")
	}
	votes, best := map[string]int{}, ""
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r <= 0x7F && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') }) {
		if lang := commonWords[strings.ToLower(w)]; lang != "" {
			if votes[lang]++; votes[lang] > votes[best] || votes[lang] == votes[best] && lang < best {
				best = lang
			}
		}
	}
	second := 0
	for lang, n := range votes {
		if lang != best {
			second = max(second, n)
		}
	}
	if votes[best] >= langVotes && votes[best] >= 2*second {
		return best
	}
	if len(text) < langLeast {
		return ""
	}
	info := whatlanggo.Detect(text)
	if !info.IsReliable() {
		return ""
	}
	return info.Lang.Iso6391()
}
