package normalize

// alike finds for every edge how far its two ends see the other articles around them alike: the correlation of their
// scores, and of their shared words, with the neighbours of either. Two look-alike events side by side give themselves
// away by it: each article is near its own and less near the others.
func (t *setting) alike() {
	scores, words := make([]float32, len(t.edges)), make([]float32, len(t.edges))
	for k, e := range t.edges {
		scores[k] = float32(min(max(e.pair, -maxSay), maxSay))
		words[k] = textCos(t.as[e.a], t.as[e.b], t.common(int32(k)))
	}
	t.rows, t.textRows = t.correlate(scores, -5), t.correlate(words, 0.05)
	t.pairCircle, t.textCircle = t.circles(scores, -5), t.circles(words, 0.03)
}

// correlate computes the correlations of the rows of a sparse matrix over the edges; what is no edge has the value away.
func (t *setting) correlate(value []float32, away float32) []float32 {
	n := len(t.as)
	mean := make([]float32, n)
	for c := range t.as {
		near := t.near(int32(c))
		for _, k := range near {
			mean[c] += value[k]
		}
		mean[c] /= float32(max(len(near), 1))
	}
	out := make([]float32, len(t.edges))
	rowA, rowB := make([]float32, n), make([]float32, n)
	inA, inB := make([]bool, n), make([]bool, n)
	for a := range t.as {
		nearA := t.near(int32(a))
		for _, k := range nearA {
			c := t.edges[k].other(int32(a))
			rowA[c], inA[c] = value[k], true
		}
		for _, k := range t.of[a] {
			b := t.edges[k].other(int32(a))
			if int(b) < a {
				continue
			}
			nearB := t.near(b)
			var s correlation
			for _, l := range nearB {
				c := t.edges[l].other(b)
				rowB[c], inB[c] = value[l], true
				if int(c) == a {
					continue
				}
				u := away
				if inA[c] {
					u = rowA[c]
				}
				s.add(u-mean[c], value[l]-mean[c])
			}
			for _, l := range nearA {
				if c := t.edges[l].other(int32(a)); c != b && !inB[c] {
					s.add(value[l]-mean[c], away-mean[c])
				}
			}
			for _, l := range nearB {
				inB[t.edges[l].other(b)] = false
			}
			out[k] = s.value()
		}
		for _, k := range nearA {
			inA[t.edges[k].other(int32(a))] = false
		}
	}
	return out
}

// correlation sums what a correlation needs.
type correlation struct{ n, u, v, uu, vv, uv float32 }

func (s *correlation) add(u, v float32) {
	s.n++
	s.u += u
	s.v += v
	s.uu += u * u
	s.vv += v * v
	s.uv += u * v
}

// minOthers is the number of other articles below which a correlation says nothing.
const minOthers = 3

func (s *correlation) value() float32 {
	if s.n < minOthers {
		return unknown
	}
	p, q := s.uu-s.u*s.u/s.n, s.vv-s.v*s.v/s.n
	if p <= 1e-6 || q <= 1e-6 {
		return unknown
	}
	return (s.uv - s.u*s.v/s.n) / sqrt32(p*q)
}
