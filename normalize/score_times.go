package normalize

// compareTimes compares when the two were published, and the days, months, years and ordinals that they state.
func compareTimes(x *signals, a, b *prepared) {
	x[sigGap] = unknown
	if a.hour != noHour && b.hour != noHour {
		x[sigGap] = float32(abs32(a.hour - b.hour))
		if (a.dayOnly || b.dayOnly) && x[sigGap] < 48 {
			x[sigGap] = float32(abs32(int32(floorDiv(int(a.hour), 24)-floorDiv(int(b.hour), 24)))) * 24
		}
	}
	x[sigStatedDays] = unknown
	if len(a.days) > 0 && len(b.days) > 0 {
		best := int32(400)
		for _, d := range a.days {
			for _, e := range b.days {
				best = min(best, dayDistance(d, e))
			}
		}
		x[sigStatedDays] = float32(best)
		if a.dateline != 0 && b.dateline != 0 {
			x[sigStatedDays] = float32(dayDistance(a.dateline, b.dateline))
		}
	}
	x[sigWeekdays] = unknown
	if a.weekdays != 0 && b.weekdays != 0 {
		x[sigWeekdays] = 0
		if a.weekdays&b.weekdays != 0 {
			x[sigWeekdays] = 1
			if a.weekday == b.weekday {
				x[sigWeekdays] = 2
			}
		}
	}
	x[sigEventDays] = unknown
	if a.event != noHour && b.event != noHour {
		x[sigEventDays] = float32(abs32(a.event - b.event))
	}
	x[sigMonths] = unknown
	if a.months != 0 && b.months != 0 {
		x[sigMonths] = 0
		if a.months&b.months != 0 {
			x[sigMonths] = 1
		}
	}
	x[sigYears] = sharing(a.years, b.years)
	x[sigYearsApart] = unknown
	if y, z := a.latest(), b.latest(); y != 0 && z != 0 {
		x[sigYearsApart] = float32(abs32(y - z))
	}
	x[sigOrdinals], x[sigOrdinalsClash] = compareOrdinals(a.ordinals, b.ordinals)
}

// latest is the year of publication, or else the latest year that the article names; 0 when it names none.
func (p *prepared) latest() int32 {
	if p.hour != noHour {
		return 1970 + p.hour/(24*365)
	}
	if n := len(p.years); n > 0 {
		return int32(p.years[n-1])
	}
	return 0
}

// dayDistance is how many days two days of a year are apart, across the turn of the year.
func dayDistance(a, b uint16) int32 {
	d := abs32(int32(a>>5)*30 + int32(a&31) - int32(b>>5)*30 - int32(b&31))
	return min(d, 360-min(d, 360))
}

// sharing is 1 when two sorted lists share a value, 0 when not, unknown when one is empty.
func sharing(a, b []uint16) float32 {
	if len(a) == 0 || len(b) == 0 {
		return unknown
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			return 1
		}
	}
	return 0
}

// compareOrdinals counts equal ordinals, and those that count the same thing and differ ("third round", "fourth round").
func compareOrdinals(a, b []uint32) (same, clash float32) {
	for _, p := range a {
		for _, q := range b {
			switch {
			case p>>24 == q>>24:
				same++
			case p&0xFFFFFF == q&0xFFFFFF && p&0xFFFFFF != 0:
				clash++
			}
		}
	}
	if same > 0 {
		clash = 0
	}
	return same, clash
}
