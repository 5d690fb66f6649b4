package normalize

// venue is where an event happened: the city, and the building or body.
type venue struct {
	city   string // as the placeTable calls it
	detail string // as printed
	online bool   // a virtual meeting, a video call
	sure   bool   // the opening sentence says that the event was there
}

// venueSentences bounds how far into the text a venue is looked for; the detail may come one sentence later.
const venueSentences = 4

// readVenue finds where the event of a text happened. The place of the dateline is taken only when the text says "here".
func readVenue(text string, toks []tok, lex *lexicon, dateline string) venue {
	var v venue
	best := 0
	sentence, eventSeen, start := 0, false, 0
	for i := 0; i < len(toks); i++ {
		t := &toks[i]
		if t.flags&tokFirst != 0 && i > 0 {
			sentence++
			eventSeen, start = false, i
			if sentence >= venueSentences {
				break
			}
		}
		if t.has(classEvent|classHappen) && (!t.capital() || t.flags&tokFirst != 0) {
			eventSeen = true
		}
		if t.word() && onlineAt(toks, i) && sentence < 3 {
			v.online = true
		}
		if t.low == "here" && dateline != "" && i > 0 && sentence < 2 && best < 4 && !toks[i-1].has(classFunction&^classStop) {
			v.city, best, v.sure = dateline, 4, true
		}
		if t.capital() || !t.word() {
			continue
		}
		switch t.low {
		case "in", "at", "à", "a", "en", "w", "we", "te", "em", "im", "zu", "nella", "в", "в'":
		default:
			continue
		}
		if i+1 >= len(toks) {
			break
		}
		if t.low == "in" || t.low == "at" {
			if d := facilityAt(text, toks, i+1, lex); d != "" && v.detail == "" && (eventSeen || sentence < 2) && t.low == "at" && !arriving(toks, i) {
				v.detail = d
			}
		}
		j := i + 1
		for j < len(toks) && j < i+3 && (toks[j].low == "the" || toks[j].low == "central" || toks[j].low == "downtown") && !toks[j].capital() {
			j++
		}
		if j >= len(toks) || t.low == "a" && !caseScript(toks[j].low) {
			continue
		}
		p, n := lex.places.cityAt(toks, j)
		if n == 0 || toks[j+n-1].poss() {
			continue
		}
		if p.country == "" || j+n < len(toks) && toks[j+n].word() && toks[j+n].capital() && toks[j+n].flags&tokPara == 0 && !toks[j+n].has(classWeekday|classMonth|classFunction) {
			// "in Lahore High Court" is no city; "at the Dubai Airshow" is, and German writes "in Berlin Gespräche".
			if t.low == "at" && sentence < 2 && best < 2 && eventNamed(toks, j+n) {
				v.city, best = p.of, 2
			}
			if !germanText(toks) || t.low != "in" || toks[j+n].has(classFacility|classOrg) {
				continue
			}
		}
		score := 0
		if eventSeen && sentence < 2 || sentence == 0 {
			score = 3
		}
		if sentence == 0 && eventSeen {
			score = 5
		}
		if elsewhere(toks, start, i) {
			score = 0
		}
		if score > best {
			v.city, best, v.sure = p.of, score, score == 5 && i > 0 && toks[i-1].low != "embassy" && toks[i-1].low != "consulate"
		}
	}
	if v.city == "" && v.detail != "" {
		// The Kuala Lumpur Convention Centre is in Kuala Lumpur.
		d := splitTokens(v.detail, lex)
		if p, n := lex.places.cityAt(d, 0); n > 0 && n < len(d) && !d[n-1].poss() {
			v.city = p.of
		}
	}
	return v
}

// elsewhere says whether the place after token i belongs to another time or to somebody's home: born in, based in,
// consulates in, next week in.
func elsewhere(toks []tok, start, i int) bool {
	if i == 0 {
		return false
	}
	switch toks[i-1].low {
	case "embassy", "consulate", "mission":
		for k := i - 2; k >= max(start, i-5); k-- {
			if toks[k].low == "at" { // held at the embassy in Beijing
				return false
			}
		}
		return true
	case "based", "born", "headquartered", "living", "consulates", "embassies", "ambassador", "held-over", "registered", "raised", "protests", "envoy":
		return true
	}
	for k := i - 1; k >= start && k >= i-8; k-- {
		switch toks[k].low {
		case "will", "next", "last", "had", "prevue", "prevista", "earlier", "previous", "previously", "since", "after", "following", "would", "scheduled", "upcoming", "later", "before", "reached", "signed-earlier":
			return true
		}
	}
	return false
}

// germanText says whether a text is in German, where every noun is a capital.
func germanText(toks []tok) bool {
	n := 0
	for i := range toks[:min(len(toks), 60)] {
		switch toks[i].low {
		case "der", "die", "das", "und", "mit", "den", "dem", "ist", "im", "am", "von", "des", "zu":
			n++
		}
	}
	return n >= 4
}

// arriving says whether the place after token i is where somebody got off: no event's venue.
func arriving(toks []tok, i int) bool {
	for k := i - 1; k >= max(0, i-3); k-- {
		switch toks[k].low {
		case "arrival", "arrived", "arriving", "arrives", "landed", "landing", "arrive":
			return true
		}
	}
	return false
}

// eventNamed says whether the capitalised words from token j name an event: Airshow, Air Show, Security Conference.
func eventNamed(toks []tok, j int) bool {
	for k := j; k < min(len(toks), j+4) && toks[k].word() && toks[k].capital() && toks[k].flags&tokPara == 0; k++ {
		if toks[k].has(classEvent) {
			return true
		}
	}
	return false
}

func onlineAt(toks []tok, i int) bool {
	switch toks[i].low {
	case "virtually", "videoconferencia", "videoconference":
		return true
	case "virtual", "online", "video":
		return i+1 < len(toks) && (toks[i+1].has(classEvent) || toks[i+1].low == "link" || toks[i+1].low == "call" || toks[i+1].low == "conference") && toks[i+1].low != "link"
	}
	return false
}

// facilityAt is the building or body named at token i: "Pakistan's Ministry of Interior", "the Kuala Lumpur Convention Centre".
func facilityAt(text string, toks []tok, i int, lex *lexicon) string {
	if i < len(toks) && toks[i].low == "the" {
		i++
	}
	from, last := i, -1
	for j := i; j < len(toks) && j < i+9; j++ {
		t := &toks[j]
		if !t.word() || j > i && t.flags&tokPara != 0 {
			break
		}
		if t.capital() || t.has(classParticle) {
			if t.has(classFacility) {
				last = j
			}
			if t.poss() && j > i && last < 0 {
				continue
			}
			continue
		}
		if (t.low == "of" || t.low == "for" || t.low == "and" || t.low == "the") && last >= 0 && j+1 < len(toks) && toks[j+1].capital() && !toks[j+1].has(classGiven) {
			if t.low != "and" || j > i+1 && toks[j-1].has(classTopic) && toks[j+1].has(classTopic) {
				continue
			}
		}
		if t.has(classFacility) && j > i && j-i <= 3 && toks[j-1].capital() {
			last = j
		}
		break
	}
	if last < 0 {
		return ""
	}
	end := last + 1
	if last == from { // Estadio Central
		for end < len(toks) && toks[end].capital() && toks[end].flags&tokPara == 0 && !toks[end].has(classWeekday|classMonth) && end < from+4 {
			end++
		}
	}
	// "Ministry of Interior": the name goes on behind the facility word.
	for end+1 < len(toks) && (toks[end].low == "of" || toks[end].low == "for") {
		if toks[end+1].low == "the" && end+2 < len(toks) && toks[end+2].capital() {
			end++
		} else if !toks[end+1].capital() {
			break
		}
		end += 2
		for end < len(toks) && (toks[end].capital() && toks[end].flags&tokPara == 0 && !toks[end].has(classWeekday|classMonth) || toks[end].low == "and" && end+1 < len(toks) && toks[end+1].capital() && toks[end-1].has(classTopic) && toks[end+1].has(classTopic)) {
			end++
		}
	}
	if end-from == 1 && !toks[from].capital() {
		return ""
	}
	return collapseSpan(text[toks[from].start:toks[end-1].end])
}
