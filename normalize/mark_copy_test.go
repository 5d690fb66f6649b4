package normalize

import (
	"testing"

	"wirefold/internal/news"
)

// Below the videos of a channel stand the same forty words: equal texts are copies only if they tell what the headline says.
func TestATextThatDoesNotTellItsHeadlineIsNoCopy(t *testing.T) {
	const (
		below = "Watch more on our channel and hit the bell. Support us on Patreon and follow us everywhere. Our camera is a Sony, our microphone a Rode. Music by Anna Lind, titles by Oskar Berg, editing by the two of us. Chapters: start, middle, end, thanks."
		wire  = "Bukavu, 3 May - The river Ruzizi burst its banks near Bukavu on Saturday after ten days of rain and took a bridge with it. Forty villages are cut off, the governor said. The army will fly food to them as soon as the weather allows it. Nobody was hurt."
	)
	class := func(title, text string) uint64 {
		return Load().Mark(&news.Article{Title: title, Text: text}).Copy
	}
	for _, title := range []string{"Why ships have round windows", "I rode every tram in Lisbon"} {
		if c := class(title, below); c != 0 {
			t.Errorf("%q has copy class %d", title, c)
		}
	}
	a, b := class("Flood takes bridge near Bukavu", wire), class("Forty villages cut off as river bursts its banks", wire)
	if a == 0 || a != b || class("", wire) != a {
		t.Errorf("one report under two headlines and none has the copy classes %d, %d and %d", a, b, class("", wire))
	}
}

// Nor are they one report of a story.
func TestWhatAnOutletWritesBelowAllIsNoReport(t *testing.T) {
	below := "Subscribe to read the whole of this and all our other articles, or sign in if you have done so before. Support us, so that we can go on. Our address, our cookies, our advertisers and how to reach us are at the foot of the page."
	a, b := told("a1", "north", "Flood takes bridge near Bukavu", below, 9), told("b2", "north", "Bukavu: governor asks for boats after flood", below, 10)
	if got := Tell(news.Step{Members: []news.Article{a, b}}, Preferences{}).Reports; got != 2 {
		t.Errorf("%d reports, want 2", got)
	}
}
