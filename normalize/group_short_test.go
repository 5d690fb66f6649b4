package normalize

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"wirefold/internal/news"
)

// shortMeeting is one of two tellings of a meeting, in the same words as all other meetings but for the names.
func shortMeeting(meeting int, second bool) (title, text string) {
	r := rand.New(rand.NewPCG(uint64(meeting), 3))
	name := func() string {
		on, end := strings.Fields("Bar Dor Kel Mar Nav Ost Per Rin Sal Tor"), strings.Fields("adek elin imov onas urim asky etan over")
		return on[r.IntN(len(on))] + end[r.IntN(len(end))] + end[r.IntN(len(end))]
	}
	a, b, city, matter := name(), name(), name(), name()
	if second {
		return fmt.Sprintf("Talks on the %s treaty in %s", matter, city),
			fmt.Sprintf("%s: Ambassador %s held talks on the %s treaty with Minister %s in %s on 3 March 2026.\n", strings.ToUpper(city), b, matter, a, city)
	}
	return fmt.Sprintf("%s and %s discuss the %s treaty", a, b, matter),
		fmt.Sprintf("%s: Minister %s met Ambassador %s in %s on 3 March 2026 to discuss the %s treaty.\n", strings.ToUpper(city), a, b, city, matter)
}

// Meetings that only names tell apart are as many stories, though each telling is one line: at least four of five. How many there are changes what everything
// there resembles.
func TestShortMeetingsInTheSameWordsStayApart(t *testing.T) {
	for _, meetings := range []int{5, 15, 30, 60, 100} {
		var as []news.Article
		for i := range meetings {
			for _, second := range []bool{false, true} {
				title, text := shortMeeting(i, second)
				as = append(as, news.Article{Key: news.ArticleKey(fmt.Sprintf("%03d-%t", i, second)), Title: title, Headline: title, Text: text})
			}
		}
		right := 0
		for _, p := range Load().Partition(as, nil) {
			if len(p) == 2 && p[0]/2 == p[1]/2 {
				right++
			}
		}
		if right < meetings*4/5 {
			t.Errorf("%d of %d meetings are stories of their own two tellings", right, meetings)
		}
	}
}
