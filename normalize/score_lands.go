package normalize

import (
	"cmp"
	"slices"
)

// land is a country that an article names, itself or by a city or a people.
type land struct {
	country placeCode
	flags   uint8
}

func landsOf(ps []placeMark) []land {
	var out []land
	for _, p := range ps {
		c := p.place.country()
		i, ok := slices.BinarySearchFunc(out, c, func(l land, c placeCode) int { return cmp.Compare(l.country, c) })
		if !ok {
			out = slices.Insert(out, i, land{country: c})
		}
		out[i].flags |= p.flags
	}
	return out
}

// compareLands compares the countries of headline and lead: "Ankara" is found in "Turkish".
func compareLands(x *signals, a, b *prepared) {
	var foundA, foundB, allA, allB float32
	la, lb := a.lands, b.lands
	for i, j := 0, 0; i < len(la) || j < len(lb); {
		switch {
		case j == len(lb) || i < len(la) && la[i].country < lb[j].country:
			if la[i].flags&leadFlags != 0 {
				allA++
			}
			i++
		case i == len(la) || lb[j].country < la[i].country:
			if lb[j].flags&leadFlags != 0 {
				allB++
			}
			j++
		default:
			if la[i].flags&leadFlags != 0 {
				allA++
				foundA++
			}
			if lb[j].flags&leadFlags != 0 {
				allB++
				foundB++
			}
			i++
			j++
		}
	}
	x[sigLandsInOther], x[sigLandsInOtherMin] = shares(foundA, allA, foundB, allB)
	x[sigLandsMissingMost] = unknown
	if allA > 0 && allB > 0 {
		x[sigLandsMissingMost] = max(allA-foundA, allB-foundB)
	}
}

// contrastLands compares the countries that stand out among the neighbours of each: that of the counterpart, not that of the person in
// every story.
func (t *setting) contrastLands(x *signals, e *edge, a, b *prepared) {
	va, vb := t.level[e.a], t.level[e.b]
	var shared, missA, missB float32
	x[sigLocalLandsMissing], x[sigLocalLandsMissingMost] = unknown, unknown
	var inA, inB bool
	for i, j := 0, 0; i < len(a.lands) || j < len(b.lands); {
		switch {
		case j == len(b.lands) || i < len(a.lands) && a.lands[i].country < b.lands[j].country:
			if a.lands[i].flags&leadFlags != 0 {
				inA = true
				missA += standing(t.lands[e.a][i], va)
			}
			i++
		case i == len(a.lands) || b.lands[j].country < a.lands[i].country:
			if b.lands[j].flags&leadFlags != 0 {
				inB = true
				missB += standing(t.lands[e.b][j], vb)
			}
			j++
		default:
			inA, inB = inA || a.lands[i].flags&leadFlags != 0, inB || b.lands[j].flags&leadFlags != 0
			if (a.lands[i].flags|b.lands[j].flags)&leadFlags != 0 {
				shared += min(standing(t.lands[e.a][i], va), standing(t.lands[e.b][j], vb))
			}
			i++
			j++
		}
	}
	x[sigLocalLands] = shared
	if inA && inB {
		x[sigLocalLandsMissing], x[sigLocalLandsMissingMost] = min(missA, missB), max(missA, missB)
	}
}

func (t *setting) contrastNames(x *signals, e *edge, a, b *prepared) {
	la, lb := t.names[e.a], t.names[e.b]
	va, vb := t.level[e.a], t.level[e.b]
	var shared, foundA, foundB, allA, allB float32
	for i, p := range a.names {
		if p.flags&leadFlags != 0 {
			allA += standing(la[i], va) * float32(p.idf) / idfStep
		}
	}
	for j, q := range b.names {
		if q.flags&leadFlags != 0 {
			allB += standing(lb[j], vb) * float32(q.idf) / idfStep
		}
	}
	for i, j := 0, 0; i < len(a.names) && j < len(b.names); {
		p, q := a.names[i], b.names[j]
		if p.hash < q.hash {
			i++
			continue
		}
		if p.hash > q.hash {
			j++
			continue
		}
		wa, wb := standing(la[i], va)*float32(p.idf)/idfStep, standing(lb[j], vb)*float32(q.idf)/idfStep
		if p.flags&leadFlags != 0 {
			foundA += wa
		}
		if q.flags&leadFlags != 0 {
			foundB += wb
		}
		if (p.flags|q.flags)&leadFlags != 0 {
			shared += min(wa, wb)
		}
		i++
		j++
	}
	x[sigLocalNames] = shared
	x[sigLocalMissing], x[sigLocalMissingMost] = unknown, unknown
	if allA > 0 && allB > 0 {
		x[sigLocalMissing], x[sigLocalMissingMost] = min(allA-foundA, allB-foundB), max(allA-foundA, allB-foundB)
	}
}
