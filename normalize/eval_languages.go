package normalize

// Crossing counts pairs of articles in two languages: of one event by the labels (Gold), put into one story (Said), and both (Hit).
type Crossing struct{ Gold, Said, Hit int }

// CrossLanguage compares stories with events over the pairs whose articles are in two languages; an article of unknown language is
// in no pair. story, event and lang name for each article its set.
func CrossLanguage(story, event, lang []string) Crossing {
	pairs := func(name func(i int) string) int {
		all, same := map[string]int{}, map[[2]string]int{}
		n := 0
		for i := range lang {
			if lang[i] == "" {
				continue
			}
			k := name(i)
			n += all[k] - same[[2]string{k, lang[i]}]
			all[k]++
			same[[2]string{k, lang[i]}]++
		}
		return n
	}
	return Crossing{
		Gold: pairs(func(i int) string { return event[i] }),
		Said: pairs(func(i int) string { return story[i] }),
		Hit:  pairs(func(i int) string { return story[i] + "\x00" + event[i] }),
	}
}

// Plus adds the counts of another set.
func (c Crossing) Plus(d Crossing) Crossing {
	return Crossing{c.Gold + d.Gold, c.Said + d.Said, c.Hit + d.Hit}
}

// Measure is the precision and recall of the pairs; 1 where there is nothing to judge.
func (c Crossing) Measure() Measure {
	p, r := 1.0, 1.0
	if c.Said > 0 {
		p = float64(c.Hit) / float64(c.Said)
	}
	if c.Gold > 0 {
		r = float64(c.Hit) / float64(c.Gold)
	}
	return measure(p, r)
}
