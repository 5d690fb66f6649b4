package normalize

import "strings"

// stopWords are the commonest words of the languages that the term table was not learned from, folded; one line each,
// the language first. They also tell the language of a text that does not state it.
const stopWords = `
en the of and to in a for on that with is was by as at from said it be have has are he his an will not which were this their but or they who been its had after new more also one over would about when than if into out up she her him we you there what so no all can could our
de der die das und in den von zu mit dem des auf fur ist im nicht eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem uber einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei ihre wenn seine ihr gegen sich ein wurden seit unter
fr le la les de des du et en un une que est pour qui dans a par plus pas au sur ne se ce il sont avec aux son sa ont ete cette mais comme ou si leur y dont apres entre ses deux elle nous tout fait etre ces etait sans sous meme
es el la los las de del y en un una que es por con para se no al lo como mas su sus o este esta ha son entre cuando muy sin sobre ser tiene tambien me hasta desde esta fue han pero ya le era dos ano anos tras segun
it il lo la i gli le di del della dei delle degli da dal dalla in nel nella un una e che per con non si sono al alla ai come piu anche su ha ma o se questo questa suo sua stato essere tra dopo era hanno ad dell all sul sulla nell l
nl de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij uit nog naar heeft ze hij door over wordt tot werd kan deze meer was die hun worden geen wel of hebben al onder zich
pl w i z na do nie sie to ze o jest od po za przez jak dla oraz byl byla przy co ale juz tym tego roku jego jej ich tak czy ktory ktora ktore by pod nad przed bez we ze go zostal sa bedzie
pt o a os as de do da dos das em no na nos nas um uma que e por com para se nao ao aos mais como seu sua ou foi ser entre ja tambem pelo pela ate quando sem sobre sao tem depois esta ele ela mas era
tr ve bir bu da de ile icin olarak cok daha olan gibi sonra kadar en ne ya mi ise her o ama olduğu oldu olduğunu etti iki son ancak tarafindan
ru i v vo ne na chto on s so kak a to vse ona tak ego no da ty k u zhe vy za by po tolko ee mne bylo vot ot menya o iz emu pri ili byl byla byli do dlya bez etot eto ob goda gody posle takzhe ego ikh kotoryi kotorye
ar fy mn aly an ala ma kan hza hzh zlk aw la lm kl qd alty alzy mma wqd wkan aly aya bad qbl byn kma ayda ym alywm and
ur ky ka ke kh my myn sy kw awr ny hy hyn ps ap an as jw tha thy th kya gya tw bhy nh pr kr kry yh wh lyy sath bad wala waly waky krny krty tay hwa hwy hw gy ga gae rha rhy rhay rhe dya dy aor apny apna kyaya jas
`

// stopIndex maps a stop word to its languages, one bit each in the order of the lines above.
type stopIndex struct {
	langs []string
	bits  map[string]uint16
}

func newStopIndex() *stopIndex {
	x := &stopIndex{bits: map[string]uint16{}}
	for line := range strings.Lines(stopWords) {
		ws := strings.Fields(line)
		if len(ws) == 0 {
			continue
		}
		bit := uint16(1) << len(x.langs)
		x.langs = append(x.langs, ws[0])
		for _, w := range ws[1:] {
			x.bits[w] |= bit
		}
	}
	return x
}

func (m *Model) isStop(fold string) bool { return len(fold) <= 9 && m.stops.bits[fold] != 0 }

// guess is the language whose stop words are the most frequent among the first words; "" when there are too few.
func (m *Model) guess(ws []markWord) string {
	var n [16]int
	for i := range ws[:min(len(ws), 120)] {
		b := m.stops.bits[ws[i].fold]
		for l := 0; b != 0; l, b = l+1, b>>1 {
			n[l] += int(b & 1)
		}
	}
	best := 0
	for l := range n {
		if n[l] > n[best] {
			best = l
		}
	}
	if n[best] < 2 {
		return ""
	}
	return m.stops.langs[best]
}
