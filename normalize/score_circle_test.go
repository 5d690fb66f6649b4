package normalize

import "testing"

// Two look-alike events stand side by side: every pair is near, those of one event a little nearer. One pair says little; the circles do.
func TestCirclesTellLookAlikeEventsApart(t *testing.T) {
	const size = 5
	as := make([]*prepared, 2*size)
	for i := range as {
		as[i] = prepare(&sketch{hour: noHour, event: noHour})
	}
	var es []edge
	for a := range as {
		for b := a + 1; b < len(as); b++ {
			say := 1.0
			if a/size == b/size {
				say = 2
			}
			es = append(es, edge{int32(a), int32(b), say})
		}
	}
	s := newSetting(as, es)
	for k, e := range s.edges {
		got, same := s.pairCircle[0][k], int(e.a)/size == int(e.b)/size
		if same && got < -0.01 {
			t.Errorf("articles %d and %d of one event: circles are %v apart, want 0", e.a, e.b, got)
		}
		if !same && got > -0.5 {
			t.Errorf("articles %d and %d of two events: circles are only %v apart", e.a, e.b, got)
		}
	}
}

// Who has one neighbour has no circle to compare.
func TestCirclesOfTwoAloneSayNothing(t *testing.T) {
	as := []*prepared{prepare(&sketch{hour: noHour, event: noHour}), prepare(&sketch{hour: noHour, event: noHour})}
	s := newSetting(as, []edge{{0, 1, 3}})
	if got := s.pairCircle[0][0]; got == got {
		t.Errorf("circles of two articles alone are %v, want unknown", got)
	}
}
