package normalize

// skeleton appends the consonant skeleton of a folded name to b: what survives when a name crosses a script or a
// spelling. Vowels fall (an opening one leaves "a"), sibilants are one letter, hard and soft stops are one letter, and
// doubled letters are one: Younas and Younis, Duszczyk and ڈوشچک, Brunner and برونر come out equal.
func skeleton(b []byte, fold string) []byte {
	start := len(b)
	put := func(c byte) {
		if len(b) == start || b[len(b)-1] != c {
			b = append(b, c)
		}
	}
	for i := 0; i < len(fold); i++ {
		next := byte(0)
		if i+1 < len(fold) {
			next = fold[i+1]
		}
		switch c := fold[i]; c {
		case 'a', 'e', 'i', 'o', 'u', 'y':
			switch {
			case i > 0:
			case c == 'y':
				put('y')
			default:
				put('a')
			}
		case 'w':
			// An Arabic و is written for o and u as often as for v.
			if i == 0 {
				put('v')
			}
		case 'h':
			if i == 0 {
				put('h')
			}
		case 'c':
			switch next {
			case 'h', 'e', 'i', 'y', 'z':
				put('s')
			default:
				put('k')
			}
		case 's', 'z', 'j':
			put('s')
		case 't':
			if next == 's' {
				continue
			}
			put('t')
		case 'd':
			if next == 'z' || next == 'j' {
				continue
			}
			put('t')
		case 'b':
			put('p')
		case 'p':
			if next == 'h' {
				put('v')
				continue
			}
			put('p')
		case 'f', 'v':
			put('v')
		case 'g', 'k', 'q':
			put('k')
		case 'x':
			put('k')
			put('s')
		default:
			b = append(b, c)
			if n := len(b); n-start > 1 && b[n-2] == c {
				b = b[:n-1]
			}
		}
	}
	return b
}

// caseEndings are endings that inflecting languages add to names; they fall before the skeleton is taken.
var caseEndings = []string{"owi", "iem", "ego", "emu", "ami", "ach", "em", "im", "ym", "om", "ie", "oj", "ej", "u", "a", "y", "e", "i"}

// dropCase takes the case ending off a name of a language that declines names.
func dropCase(fold string) string {
	for _, e := range caseEndings {
		if len(fold)-len(e) >= 4 && fold[len(fold)-len(e):] == e {
			return fold[:len(fold)-len(e)]
		}
	}
	return fold
}

// declines says whether a language adds endings to names.
func declines(lang string) bool {
	switch lang {
	case "pl", "ru", "uk", "cs", "sk", "sr", "hr", "bg", "lt", "lv", "et", "fi", "hu", "tr":
		return true
	}
	return false
}

// stemOf takes the commonest endings off a folded word and cuts what remains to six letters: cheap, the same for all
// languages, and as good for telling events apart as a true stemmer.
func stemOf(fold string) string {
	n := len(fold)
	switch {
	case n > 5 && fold[n-3:] == "ing":
		fold = fold[:n-3]
	case n > 4 && fold[n-2:] == "ed":
		fold = fold[:n-2]
	case n > 4 && fold[n-3:] == "ies":
		fold = fold[:n-3] + "y"
	case n > 3 && fold[n-1] == 's' && fold[n-2] != 's':
		fold = fold[:n-1]
	}
	if len(fold) > stemBytes {
		fold = fold[:stemBytes]
	}
	return fold
}

const stemBytes = 6

// hash32 is FNV-1a with a last mix; salt keeps the kinds of marks apart.
func hash32(salt byte, s string) uint32 {
	h := uint32(2166136261) ^ uint32(salt)*0x9E3779B1
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * 16777619
	}
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	return h
}

func hash64(salt uint64, x uint64) uint64 {
	h := x + salt*0x9E3779B97F4A7C15
	h ^= h >> 30
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	return h ^ h>>31
}
