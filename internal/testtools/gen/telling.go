package gen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// content draws a word that can tell an event, by the same law as all words: a few of them (the names on every front page)
// are in many events, most in hardly any. The commonest two hundredth of the list tells nothing.
func (v *Vocab) content(r *rand.Rand) string {
	return v.Words[(len(v.Words)/200+v.ID(r))%len(v.Words)]
}

// Telling writes the n-th telling of an event: a headline and a text of about the given number of words. All tellings of
// an event share its people, its words and its numbers; the words between are each outlet's own.
func (v *Vocab) Telling(event, n uint64, words int) (title, text string) {
	shared := rand.New(rand.NewPCG(event, 99))
	var names, facts []string
	for range 3 {
		names = append(names, capital(v.content(shared))+" "+capital(v.content(shared)))
	}
	for range 8 {
		facts = append(facts, v.content(shared))
	}
	facts = append(facts, fmt.Sprint(100+shared.IntN(9000)), fmt.Sprint(100+shared.IntN(9000)))
	own := rand.New(rand.NewPCG(event*1000003+n, 7))
	// An outlet uses most of what is known, in its own order.
	pick := func(from []string) string { return from[own.IntN(len(from))] }
	title = capital(strings.Join([]string{names[0], v.Words[v.ID(own)], pick(facts), v.Words[v.ID(own)], names[1+own.IntN(2)], pick(facts)}, " "))
	var b strings.Builder
	for w := 0; w < words; {
		n := 12 + own.IntN(16)
		for i := range n {
			word := v.Words[v.ID(own)]
			switch own.IntN(12) {
			case 0:
				word = pick(facts)
			case 1:
				word = pick(names)
			}
			if i == 0 {
				word = capital(word)
			} else {
				b.WriteByte(' ')
			}
			b.WriteString(word)
		}
		b.WriteString(". ")
		w += n
		if own.IntN(3) == 0 {
			b.WriteString("\n\n")
		}
	}
	return title, b.String()
}

func capital(w string) string { return strings.ToUpper(w[:1]) + w[1:] }
