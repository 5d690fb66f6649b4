package normalize

// The signals of a pair, by index into signals. Those before firstSetSignal come from the two articles alone, the rest
// from the neighbourhood that they stand in.
const (
	sigTextCos = iota
	sigTitleCos
	sigLeadCos
	sigTitleInOther
	sigTitleInOtherMin
	sigLeadInOther
	sigLeadInOtherMin
	sigSharedRare
	sigRarestShared
	sigSharedLead
	sigNamesShared
	sigNamesInOther
	sigNamesInOtherMin
	sigNamesMissing
	sigNamesMissingMost
	sigTitleNamesMissing
	sigTitleNamesMissingMost
	sigNamesCos
	sigPlacesShared
	sigPlacesInOther
	sigPlacesInOtherMin
	sigVenue
	sigCountries
	sigLandsInOther
	sigLandsInOtherMin
	sigLandsMissingMost
	sigNumbersShared
	sigNumbersInOther
	sigNumbersClash
	sigGap
	sigStatedDays
	sigWeekdays
	sigEventDays
	sigMonths
	sigYears
	sigYearsApart
	sigOrdinals
	sigOrdinalsClash
	sigShorter
	sigLonger
	sigLanguage
	sigStrange
	sigStrangeMost
	sigSameText
	firstSetSignal

	sigPairScore = iota - 1
	sigRankBest
	sigRankWorst
	sigThird
	sigCompany
	sigRows
	sigTextRows
	sigCircle
	sigCircleWide
	sigTextCircle
	sigTextCircleWide
	sigSetCos
	sigSetLead
	sigSetTitle
	sigSetSize
	sigLocalCos
	sigLocalCosTop
	sigLocalNames
	sigLocalMissing
	sigLocalMissingMost
	sigLocalLands
	sigLocalLandsMissing
	sigLocalLandsMissingMost
	sigNeighbours
	sigNeighboursMax
	numSignals
)

// signalNames are what explain prints. Their order is the order of the indexes above.
var signalNames = [numSignals]string{
	"words of the whole text", "words of the headlines", "words of headline and lead", "headline found in the other", "headline found in the other, both ways",
	"lead found in the other", "lead found in the other, both ways", "rare words shared", "rarest word shared", "weight of lead words shared",
	"names shared", "names found in the other", "names found in the other, both ways", "names missing from the other", "names missing from the other, either way", "names of the headline missing from the other", "names of the headline missing from the other, either way", "names alike",
	"places shared", "places found in the other", "places found in the other, both ways", "venue", "countries together", "countries found in the other", "countries found in the other, both ways", "countries missing from the other, either way",
	"numbers shared", "numbers found in the other", "numbers in conflict", "time between publications", "stated days",
	"weekdays", "days of the event", "months", "years", "years apart", "ordinals shared", "ordinals in conflict",
	"length of the shorter", "length of the longer", "language", "words in a language unknown here, both", "words in a language unknown here, either", "same text",
	"score of the pair alone", "closeness against the nearest other", "closeness against the nearest other, both ways", "support of a third article", "same company", "closeness to the others alike", "words shared with the others alike", "closeness of the nearest of both", "closeness of the nearest of both, wider", "words shared by the nearest of both", "words shared by the nearest of both, wider",
	"words of the whole text, weighed by this neighbourhood", "words of headline and lead, weighed by this neighbourhood", "lead found in the other, weighed by this neighbourhood", "size of the neighbourhood",
	"words that stand out here", "weight of words that stand out here", "names that stand out here", "names that stand out here and are missing", "names that stand out here and are missing, either way",
	"countries that stand out here", "countries that stand out here and are missing", "countries that stand out here and are missing, either way",
	"neighbours of the lonelier", "neighbours of the other",
}

// signals are the values of one pair. Unknown is NaN.
type signals [numSignals]float32

// unknown is a NaN that compares false with everything.
var unknown = nan32()

func nan32() float32 {
	var z float32
	return z / z
}

const leadFlags = flagTitle | flagLead

// compare fills the signals that need only the two articles. It is symmetric: every signal is.
func compare(x *signals, a, b *prepared) {
	compareSharing(x, a, b, walk(nil, a.hashes, b.hashes), sameText(a.sketch, b.sketch))
}

// compareSharing is compare for two articles of which it is known which terms they share, and what sameText says.
func compareSharing(x *signals, a, b *prepared, shared []match, same float64) {
	compareWords(x, a, b, shared)
	compareNames(x, a, b)
	comparePlaces(x, a, b)
	compareNumbers(x, a, b)
	compareTimes(x, a, b)
	x[sigShorter] = log2(float32(min(a.words, b.words)) + 1)
	x[sigLonger] = log2(float32(max(a.words, b.words)) + 1)
	x[sigLanguage] = unknown
	if a.lang != 0 && b.lang != 0 {
		x[sigLanguage] = 0
		if a.lang == b.lang {
			x[sigLanguage] = 1
		}
	}
	x[sigStrange], x[sigStrangeMost] = min(a.strange, b.strange), max(a.strange, b.strange)
	x[sigSameText] = unknown
	if same >= 0 {
		x[sigSameText] = float32(same)
	}
}

func compareWords(x *signals, a, b *prepared, shared []match) {
	var dot, titleDot, leadDot, rare, top, both float32
	var titleA, titleB, leadA, leadB float32 // summed rarities of a's title found in b …
	ta, tb := a.terms, b.terms
	for _, m := range shared {
		p, q := &ta[m.a], &tb[m.b]
		idf := idfWeight[min(p.idf, q.idf)]
		dot += p.weight() * q.weight()
		inA, inB := p.flags&leadFlags != 0, q.flags&leadFlags != 0
		if p.flags&flagTitle != 0 {
			titleA += idf
			if q.flags&flagTitle != 0 {
				titleDot += idf * idf
			}
		}
		if q.flags&flagTitle != 0 {
			titleB += idf
		}
		if inA {
			leadA += idf
			if inB {
				leadDot += idf * idf
				both += idf
			}
		}
		if inB {
			leadB += idf
		}
		if inA || inB {
			if idf > 5 {
				rare += idf - 4
			}
			top = max(top, idf)
		}
	}
	x[sigTextCos] = ratio(dot, a.norm*b.norm)
	x[sigTitleCos] = unknown
	if a.titles > 1 && b.titles > 1 {
		x[sigTitleCos] = ratio(titleDot, a.titleNorm*b.titleNorm)
	}
	x[sigLeadCos] = ratio(leadDot, a.leadNorm*b.leadNorm)
	x[sigTitleInOther], x[sigTitleInOtherMin] = shares(titleA, a.title, titleB, b.title)
	x[sigLeadInOther], x[sigLeadInOtherMin] = shares(leadA, a.lead, leadB, b.lead)
	x[sigSharedRare] = rare
	x[sigRarestShared] = top
	x[sigSharedLead] = both
}

// textCos is the signal of the words of the whole text alone.
func textCos(a, b *prepared, shared []match) float32 {
	var dot float32
	for _, m := range shared {
		dot += a.terms[m.a].weight() * b.terms[m.b].weight()
	}
	if a.norm*b.norm == 0 {
		return 0
	}
	return dot / (a.norm * b.norm)
}

// shares are the larger and the smaller of two shares; unknown where there is nothing to share.
func shares(foundA, allA, foundB, allB float32) (most, least float32) {
	if allA == 0 || allB == 0 {
		return unknown, unknown
	}
	p, q := foundA/allA, foundB/allB
	return max(p, q), min(p, q)
}

func ratio(x, y float32) float32 {
	if y == 0 {
		return unknown
	}
	return x / y
}

func compareNames(x *signals, a, b *prepared) {
	var shared, foundA, foundB, both, titleA, titleB float32
	na, nb := a.names, b.names
	for i, j := 0, 0; i < len(na) && j < len(nb); {
		p, q := na[i], nb[j]
		if p.hash < q.hash {
			i++
			continue
		}
		if p.hash > q.hash {
			j++
			continue
		}
		v := float32(min(p.idf, q.idf)) / idfStep
		inA, inB := p.flags&leadFlags != 0, q.flags&leadFlags != 0
		if inA || inB {
			shared += v
		}
		if inA {
			foundA += float32(p.idf) / idfStep
		}
		if inB {
			foundB += float32(q.idf) / idfStep
		}
		if inA && inB {
			both += v
		}
		if p.flags&flagTitle != 0 {
			titleA += float32(p.idf) / idfStep
		}
		if q.flags&flagTitle != 0 {
			titleB += float32(q.idf) / idfStep
		}
		i++
		j++
	}
	x[sigNamesShared] = shared
	x[sigNamesInOther], x[sigNamesInOtherMin] = shares(foundA, a.leadNames, foundB, b.leadNames)
	x[sigNamesMissing], x[sigNamesMissingMost] = unknown, unknown
	x[sigTitleNamesMissing], x[sigTitleNamesMissingMost] = min(a.titleNames-titleA, b.titleNames-titleB), max(a.titleNames-titleA, b.titleNames-titleB)
	x[sigNamesCos] = unknown
	if a.leadNames > 0 && b.leadNames > 0 {
		x[sigNamesMissing], x[sigNamesMissingMost] = min(a.leadNames-foundA, b.leadNames-foundB), max(a.leadNames-foundA, b.leadNames-foundB)
		x[sigNamesCos] = ratio(both, a.leadNames+b.leadNames-both)
	}
}

func comparePlaces(x *signals, a, b *prepared) {
	var shared, foundA, foundB, countries float32
	pa, pb := a.places, b.places
	for i, j := 0, 0; i < len(pa) && j < len(pb); {
		p, q := pa[i], pb[j]
		if p.place < q.place {
			i++
			continue
		}
		if p.place > q.place {
			j++
			continue
		}
		inA, inB := p.flags&leadFlags != 0, q.flags&leadFlags != 0
		if inA || inB {
			shared++
			if !p.place.city() {
				countries++
			}
		}
		if inA {
			foundA++
		}
		if inB {
			foundB++
		}
		i++
		j++
	}
	x[sigPlacesShared] = shared
	x[sigCountries] = countries
	x[sigPlacesInOther], x[sigPlacesInOtherMin] = shares(foundA, a.leadPlaces, foundB, b.leadPlaces)
	compareLands(x, a, b)
	x[sigVenue] = unknown
	if a.venue != 0 && b.venue != 0 {
		x[sigVenue] = 0
		if a.venue == b.venue {
			x[sigVenue] = 1
		}
	}
}

func compareNumbers(x *signals, a, b *prepared) {
	var shared, foundA, foundB float32
	var kindsA, kindsB, kindsBoth uint8
	for i, j := 0, 0; i < len(a.numbers) || j < len(b.numbers); {
		switch {
		case j == len(b.numbers) || i < len(a.numbers) && a.numbers[i].hash < b.numbers[j].hash:
			if a.numbers[i].flags&leadFlags != 0 {
				kindsA |= 1 << a.numbers[i].kind
			}
			i++
		case i == len(a.numbers) || b.numbers[j].hash < a.numbers[i].hash:
			if b.numbers[j].flags&leadFlags != 0 {
				kindsB |= 1 << b.numbers[j].kind
			}
			j++
		default:
			p, q := a.numbers[i], b.numbers[j]
			if (p.flags|q.flags)&leadFlags != 0 {
				shared += float32(p.big)
			}
			if p.flags&leadFlags != 0 {
				foundA += float32(p.big)
			}
			if q.flags&leadFlags != 0 {
				foundB += float32(q.big)
			}
			kindsBoth |= 1<<p.kind | 1<<q.kind
			i++
			j++
		}
	}
	x[sigNumbersShared] = shared
	x[sigNumbersInOther], _ = shares(foundA, a.leadNumbers, foundB, b.leadNumbers)
	x[sigNumbersClash] = 0
	if kindsA&kindsB&^kindsBoth != 0 {
		x[sigNumbersClash] = 1
	}
}
