package normalize

// Measure is precision, recall and their harmonic mean.
type Measure struct {
	P  float64 `json:"p"`
	R  float64 `json:"r"`
	F1 float64 `json:"f1"`
}

func measure(p, r float64) Measure {
	if p+r == 0 {
		return Measure{p, r, 0}
	}
	return Measure{p, r, 2 * p * r / (p + r)}
}

// BCubed compares stories with events, article by article: how much of an article's story is of its event, and how
// much of its event is in its story (Bagga and Baldwin 1998). Both give for each article a name of its set.
func BCubed(story, event []string) Measure {
	both, stories, events := tally(story, event)
	var p, r float64
	for i := range story {
		n := float64(both[[2]string{story[i], event[i]}])
		p += n / float64(stories[story[i]])
		r += n / float64(events[event[i]])
	}
	n := float64(max(len(story), 1))
	return measure(p/n, r/n)
}

// Pairwise compares stories with events, pair by pair: of the pairs put together, how many are of one event, and the
// reverse. Where there is no pair to judge, precision or recall is 1.
func Pairwise(story, event []string) Measure {
	both, stories, events := tally(story, event)
	pairs := func(n int) float64 { return float64(n) * float64(n-1) / 2 }
	var hit, said, gold float64
	for _, n := range both {
		hit += pairs(n)
	}
	for _, n := range stories {
		said += pairs(n)
	}
	for _, n := range events {
		gold += pairs(n)
	}
	p, r := 1.0, 1.0
	if said > 0 {
		p = hit / said
	}
	if gold > 0 {
		r = hit / gold
	}
	return measure(p, r)
}

func tally(story, event []string) (both map[[2]string]int, stories, events map[string]int) {
	both, stories, events = map[[2]string]int{}, map[string]int{}, map[string]int{}
	for i := range story {
		both[[2]string{story[i], event[i]}]++
		stories[story[i]]++
		events[event[i]]++
	}
	return both, stories, events
}
