package normalize

import (
	"cmp"
	"encoding/binary"
	"math"
	"strings"

	"wirefold/internal/news"
)

// Vectors of an embedding service (docs/grouping.md): an optional signal. A pair of articles of which both have a vector of
// one model says one thing more; every other pair says exactly what it says without.

const (
	// maxVectorSay bounds what a vector can say for or against a pair: about what a rare word says, far less than a name.
	// No learned weight stands behind it, so it may tip a close decision and turn no clear one.
	maxVectorSay = 1.5
	// MaxVector is how many components a vector may have.
	MaxVector = 4096
	// maxEmbedded is how many characters of a text a service is sent: the event stands in headline and lead, small models
	// read little more, and every word costs.
	maxEmbedded = 1200
)

// Embedded is what an embedding service is sent of an article: headline and lead. "" when there is nothing to send.
func Embedded(a *news.Article) string {
	title := cmp.Or(a.Title, a.Headline)
	text := strings.TrimSpace(title + "\n\n" + strings.TrimSpace(strings.TrimPrefix(a.Text, title)))
	n := 0
	for i := range text {
		if n++; n > maxEmbedded {
			return strings.TrimSpace(text[:i])
		}
	}
	return text
}

// Quantise makes the stored form of a service's answer: one byte a component. false when it is no vector: empty, too long,
// without a direction, or with components that are no numbers. unrelated and same are cosines in hundredths.
func Quantise(model string, unrelated, same int8, v []float32) (news.Vector, bool) {
	most := 0.0
	for _, x := range v {
		y := math.Abs(float64(x))
		if math.IsNaN(y) || math.IsInf(y, 0) {
			return news.Vector{}, false
		}
		most = max(most, y)
	}
	if len(v) > MaxVector || most == 0 || model == "" {
		return news.Vector{}, false
	}
	out := news.Vector{Model: model, Unrelated: unrelated, Same: same, Data: make([]byte, len(v))}
	for i, x := range v {
		out.Data[i] = byte(int8(math.Round(float64(x) / most * 127)))
	}
	return out, true
}

// WithVector are the marks of an article with its vector; without one they are what they were.
func WithVector(m news.Marks, v news.Vector) news.Marks {
	if v.IsZero() || len(v.Data) > MaxVector {
		return m
	}
	b := make([]byte, 0, len(m.Blob)+len(v.Data)+8)
	b = append(b, m.Blob...)
	b = binary.LittleEndian.AppendUint32(b, hash32(11, v.Model))
	b = append(b, byte(v.Unrelated), byte(v.Same))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(v.Data)))
	m.Blob = append(b, v.Data...)
	return m
}

// vectorMark is a vector as the marks hold it.
type vectorMark struct {
	model           uint32 // of the model's name
	unrelated, same int8
	data            []byte
}

// vector reads what WithVector wrote.
func (r *blobReader) vector() (v vectorMark) {
	v.model, v.unrelated, v.same = r.u32(), int8(r.u8()), int8(r.u8())
	n := int(r.u16())
	if n > len(r.b) {
		r.short = true
		return v
	}
	if n > 0 {
		v.data, r.b = r.b[:n], r.b[n:]
	}
	return v
}

// likeness is the cosine of two vectors; false when they cannot be compared. The sums are whole numbers, so that every machine
// comes to the same.
func (v *vectorMark) likeness(w *vectorMark) (float64, bool) {
	if len(v.data) == 0 || len(v.data) != len(w.data) || v.model != w.model || v.unrelated != w.unrelated || v.same != w.same {
		return 0, false
	}
	var dot, vv, ww int64
	for i, x := range v.data {
		p, q := int64(int8(x)), int64(int8(w.data[i]))
		dot += p * q
		vv += p * p
		ww += q * q
	}
	if vv == 0 || ww == 0 {
		return 0, false
	}
	return float64(dot) / (math.Sqrt(float64(vv)) * math.Sqrt(float64(ww))), true
}

// says is what two vectors say about a pair, in log-odds, and their likeness: a straight line through nothing halfway between
// unrelated and the same, bounded on either side. 0 and NaN when they cannot be compared.
func (v *vectorMark) says(w *vectorMark) (say, likeness float64) {
	cos, ok := v.likeness(w)
	if !ok || v.same <= v.unrelated {
		return 0, math.NaN()
	}
	middle, half := float64(int(v.same)+int(v.unrelated))/200, float64(int(v.same)-int(v.unrelated))/200
	return maxVectorSay * min(max((cos-middle)/half, -1), 1), cos
}

// vectorSignal is the name of the signal in explanations.
const vectorSignal = "meaning, by the embedding service"

// explainVectors adds what vectors say to an explanation, if they say anything.
func explainVectors(x *Explanation, a, b *prepared) {
	say, cos := a.vector.says(&b.vector)
	if math.IsNaN(cos) {
		return
	}
	x.Score += say
	x.Signals = append(x.Signals, SignalSaid{Name: vectorSignal, Value: cos, Contribution: say, Said: saySignal(vectorSignal, float32(cos))})
	sortSignals(x.Signals)
}
