package normalize

import "math"

// prepared is a sketch with the sums that every comparison needs.
type prepared struct {
	*sketch
	hashes                    []uint32 // of the terms
	norm, titleNorm, leadNorm float32  // square roots of summed squares
	title, lead               float32  // summed rarities of the terms there
	titles                    int      // terms in the title
	leadNames, allNames       float32
	titleNames                float32
	leadPlaces                float32
	leadNumbers               float32
	lands                     []land  // ascending by country
	strange                   float32 // share of the words that are of a language which the term table does not know
}

// tfWeight and idfWeight are the two factors of a term's weight, by what its mark holds.
var tfWeight, idfWeight = makeWeights()

func makeWeights() (tf, idf [256]float32) {
	for i := range tf {
		if i > 0 {
			tf[i] = 1 + float32(ln(float64(i)))
		}
		idf[i] = float32(i) / idfStep
	}
	return tf, idf
}

// weight is that of the term in the whole text.
func (t *termMark) weight() float32 { return tfWeight[t.tf] * idfWeight[t.idf] }

func prepare(s *sketch) *prepared {
	p := &prepared{sketch: s}
	// What every comparison goes through lies in one piece: most of its time is waiting for memory.
	piece := make([]uint32, len(s.terms)+len(s.shingles))
	p.hashes, piece = piece[:len(s.terms):len(s.terms)], piece[len(s.terms):]
	copy(piece, s.shingles)
	s.shingles = piece
	strange := 0
	for i := range s.terms {
		t := &s.terms[i]
		p.hashes[i] = t.hash
		if t.flags&flagStrange != 0 {
			strange++
		}
		idf, w := idfWeight[t.idf], t.weight()
		p.norm += w * w
		if t.flags&flagTitle != 0 {
			p.titles++
			p.title += idf
			p.titleNorm += idf * idf
		}
		if t.flags&(flagTitle|flagLead) != 0 {
			p.lead += idf
			p.leadNorm += idf * idf
		}
	}
	p.strange = float32(strange) / float32(max(len(s.terms), 1))
	p.norm, p.titleNorm, p.leadNorm = sqrt32(p.norm), sqrt32(p.titleNorm), sqrt32(p.leadNorm)
	for _, n := range s.names {
		v := float32(n.idf) / idfStep
		p.allNames += v
		if n.flags&(flagTitle|flagLead) != 0 {
			p.leadNames += v
		}
		if n.flags&flagTitle != 0 {
			p.titleNames += v
		}
	}
	for _, x := range s.places {
		if x.flags&(flagTitle|flagLead) != 0 {
			p.leadPlaces++
		}
	}
	p.lands = landsOf(s.places)
	for _, x := range s.numbers {
		if x.flags&(flagTitle|flagLead) != 0 {
			p.leadNumbers += float32(x.big)
		}
	}
	return p
}

// fullVoice is how many different words an article has that says all that a report has to say.
const fullVoice = 200

// voice is how much an article says, from 0 to 1. A bare headline leaves out nearly everything, so that what it leaves out, and what does not fit,
// speaks little against another. The product of two voices weighs that.
func (p *prepared) voice() float64 {
	return math.Sqrt(min(1, float64(len(p.terms))/fullVoice))
}
