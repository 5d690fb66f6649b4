package normalize

import (
	"cmp"
	"slices"
	"time"
)

// maxSkeleton is the number of consonants that are compared: endings differ most between languages.
const maxSkeleton = 5

// finish sorts and merges what was collected, within the bounds.
func (k *marker) finish() {
	s := k.s
	sortTerms(s.terms)
	n := 0
	for i, t := range s.terms {
		if i > 0 && t.hash == s.terms[n-1].hash {
			s.terms[n-1].flags |= t.flags
			if s.terms[n-1].tf < 255 {
				s.terms[n-1].tf++
			}
			continue
		}
		s.terms[n] = t
		n++
	}
	s.terms = s.terms[:n]
	if n > maxTerms {
		slices.SortFunc(s.terms, func(a, b termMark) int {
			if d := int(b.weight8()) - int(a.weight8()); d != 0 {
				return d
			}
			return cmp.Compare(a.hash, b.hash)
		})
		s.terms = s.terms[:maxTerms]
		sortTerms(s.terms)
	}
	slices.SortFunc(s.names, func(a, b nameMark) int { return cmp.Compare(a.hash, b.hash) })
	n = 0
	for i, t := range s.names {
		if i > 0 && t.hash == s.names[n-1].hash {
			s.names[n-1].flags |= t.flags
			s.names[n-1].idf = min(s.names[n-1].idf, t.idf)
			continue
		}
		s.names[n] = t
		n++
	}
	s.names = s.names[:n]
	if n > maxNames {
		slices.SortFunc(s.names, func(a, b nameMark) int {
			if d := int(b.flags&3) - int(a.flags&3); d != 0 {
				return d
			}
			if d := int(b.idf) - int(a.idf); d != 0 {
				return d
			}
			return cmp.Compare(a.hash, b.hash)
		})
		s.names = s.names[:maxNames]
		slices.SortFunc(s.names, func(a, b nameMark) int { return cmp.Compare(a.hash, b.hash) })
	}
	k.finishSmall()
}

// sortTerms sorts by hash, then by all else: packed into numbers, which sort in half the time.
func sortTerms(ts []termMark) {
	var buf [512]uint64
	xs := buf[:0]
	for _, t := range ts {
		xs = append(xs, uint64(t.hash)<<32|uint64(t.idf)<<16|uint64(t.tf)<<8|uint64(t.flags))
	}
	slices.Sort(xs)
	for i, x := range xs {
		ts[i] = termMark{uint32(x >> 32), uint8(x >> 16), uint8(x >> 8), uint8(x)}
	}
}

func (k *marker) finishSmall() {
	s := k.s
	slices.SortFunc(s.places, func(a, b placeMark) int { return cmp.Compare(uint32(a.place), uint32(b.place)) })
	n := 0
	for i, t := range s.places {
		if i > 0 && t.place == s.places[n-1].place {
			s.places[n-1].flags |= t.flags
			if s.places[n-1].count < 255 {
				s.places[n-1].count++
			}
			continue
		}
		s.places[n] = t
		n++
	}
	s.places = s.places[:min(n, maxPlaces)]
	slices.SortFunc(s.numbers, func(a, b numberMark) int { return cmp.Compare(a.hash, b.hash) })
	n = 0
	for i, t := range s.numbers {
		if i > 0 && t.hash == s.numbers[n-1].hash {
			s.numbers[n-1].flags |= t.flags
			continue
		}
		s.numbers[n] = t
		n++
	}
	s.numbers = s.numbers[:min(n, maxNumbers)]
	s.days = distinct(s.days, maxDays)
	s.years = distinct(s.years, maxDays)
	s.ordinals = distinct(s.ordinals, maxDays)
	k.resolve()
}

func distinct[T uint16 | uint32](xs []T, bound int) []T {
	slices.Sort(xs)
	xs = slices.Compact(xs)
	return xs[:min(len(xs), bound)]
}

// weight8 orders terms by what they tell of the article.
func (t termMark) weight8() int {
	w := int(t.idf) * (3 + min(int(t.tf), 4))
	if t.flags&(flagTitle|flagLead) != 0 {
		w += 4000
	}
	return w
}

// resolve settles the day of the event: a stated day, else the latest such weekday before publication.
func (k *marker) resolve() {
	s := k.s
	if s.hour == noHour || s.event != noHour {
		return
	}
	day := int32(floorDiv(int(s.hour), 24))
	if s.dateline != 0 {
		t := time.Unix(int64(day)*86400, 0).UTC()
		best := int32(noHour)
		for y := t.Year() - 1; y <= t.Year()+1; y++ {
			d := int32(time.Date(y, time.Month(s.dateline>>5), int(s.dateline&31), 0, 0, 0, 0, time.UTC).Unix() / 86400)
			if best == noHour || abs32(d-day) < abs32(best-day) {
				best = d
			}
		}
		if abs32(best-day) <= 31 {
			s.event = best
			return
		}
	}
	if s.weekday != 0 {
		// 1 January 1970 was a Thursday, the fourth day.
		today := (day+3)%7 + 1
		s.event = day - (today-int32(s.weekday)+7)%7
	}
}

func floorDiv(a, b int) int {
	if a < 0 {
		return (a - b + 1) / b
	}
	return a / b
}

func abs32(x int32) int32 {
	if x < 0 {
		return -x
	}
	return x
}
