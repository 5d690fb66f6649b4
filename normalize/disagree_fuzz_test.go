package normalize

import (
	"testing"

	"wirefold/internal/news"
)

// FuzzDisagreements compares two hostile texts: whatever they say, there is an answer, and it does not depend on their order.
func FuzzDisagreements(f *testing.F) {
	f.Add("Under the Riga pact the army forms a brigade of 900 volunteers near the lake.", "Under the Riga pact the army forms a division of 90½ volunteers near the lake.")
	f.Add("Kalns, 24, scored in the 14th minute; the talks lasted 4-", "a 17th-minute goal of the 24-year-old Andris Kalns, worth $1bn until 2030")
	f.Add("cut its rate to a range of 3.50% to", "nine votes to three votes against 4")
	f.Fuzz(func(t *testing.T, x, y string) {
		a, b := told("a1", "north", "", x, 9), told("b2", "south", "", y, 10)
		there := Tell(news.Step{Members: []news.Article{a, b}}, Preferences{}).Disagreements
		back := Tell(news.Step{Members: []news.Article{b, a}}, Preferences{}).Disagreements
		if len(there) != len(back) {
			t.Errorf("%d disagreements in one order, %d in the other", len(there), len(back))
		}
	})
}
