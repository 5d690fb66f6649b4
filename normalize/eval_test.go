package normalize

import (
	"math"
	"strings"
	"testing"
)

func TestMeasures(t *testing.T) {
	tests := []struct {
		name, story, event     string
		b3p, b3r, pairP, pairR float64
	}{
		{"all right", "1 1 2", "a a b", 1, 1, 1, 1},
		{"all alone", "1 2 3", "a a b", 1, 2. / 3, 1, 0},
		{"all together", "1 1 1", "a a b", 5. / 9, 1, 1. / 3, 1},
	}
	for _, tt := range tests {
		s, e := strings.Fields(tt.story), strings.Fields(tt.event)
		b, p := BCubed(s, e), Pairwise(s, e)
		for _, x := range [][2]float64{{b.P, tt.b3p}, {b.R, tt.b3r}, {p.P, tt.pairP}, {p.R, tt.pairR}} {
			if math.Abs(x[0]-x[1]) > 1e-12 {
				t.Errorf("%s: B-cubed %v, pairwise %v", tt.name, b, p)
			}
		}
	}
}
