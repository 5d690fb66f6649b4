package normalize

import (
	"slices"
	"strings"
)

// office is a role that one person holds at a time, made comparable.
type office struct {
	head    string // minister, ambassador, president …
	deputy  bool
	country string   // ISO code, "" when the role does not say
	topics  []string // interior, foreign …; the place of an ambassador
	to      string   // where an ambassador is accredited
	body    string   // the body that it is of, when an abbreviation names it: ECB
	// counterpart is set for somebody's counterpart; state for a state secretary, who is below a minister.
	counterpart, state bool
}

// soleHeads are the heads of roles that have one holder.
var soleHeads = map[string]string{
	"minister": "minister", "premier": "prime minister", "president": "president", "ambassador": "ambassador", "commissioner": "commissioner",
	"governor": "governor", "mayor": "mayor", "chancellor": "chancellor", "king": "king", "pope": "pope", "captain": "captain", "coach": "coach",
	"secretary": "secretary", "undersecretary": "undersecretary", "speaker": "speaker", "envoy": "ambassador", "chairman": "chair", "chair": "chair",
	"chairwoman": "chair", "ceo": "chief executive", "chief": "chief",
	"ministre": "minister", "ministro": "minister", "ministra": "minister", "wiceminister": "minister", "ministr": "minister", "министр": "minister",
	"bakani": "minister", "presidente": "president", "prasident": "president", "prezydent": "president", "президент": "president",
	"cumhurbaskani": "president", "botschafter": "ambassador", "ambassadeur": "ambassador", "embajador": "ambassador", "ambasciatore": "ambassador", "ambasador": "ambassador",
	"kanzler": "chancellor", "chancelier": "chancellor", "kommissar": "commissioner", "commissaire": "commissioner", "comisario": "commissioner", "commissario": "commissioner",
	"innenminister": "innenminister", "außenminister": "außenminister", "aussenminister": "außenminister", "finanzminister": "finanzminister",
	"verteidigungsminister": "verteidigungsminister", "justizminister": "justizminister", "wirtschaftsminister": "wirtschaftsminister",
}

// germanOffice takes the forms of a German office for one: Bundesinnenministerin is Innenminister.
func germanOffice(w string) string {
	if strings.HasSuffix(w, "ministerin") {
		w = strings.TrimSuffix(w, "in")
	}
	if strings.HasSuffix(w, "minister") {
		w = strings.TrimPrefix(w, "bundes")
	}
	return w
}

// oneWordOffices are ministers whose field is part of the word.
var oneWordOffices = map[string]string{"innenminister": "interior", "außenminister": "foreign", "finanzminister": "finance", "verteidigungsminister": "defence",
	"justizminister": "justice", "wirtschaftsminister": "economy"}

// foreignTopics are the fields of ministers in other languages, and English ones that are one.
var foreignTopics = map[string]string{"home": "interior", "defense": "defence", "external": "foreign", "interieur": "interior", "interno": "interior", "internos": "interior",
	"wewnetrznych": "interior", "icisleri": "interior", "внутренних": "interior", "etrangeres": "foreign", "exteriores": "foreign", "esteri": "foreign", "zagranicznych": "foreign",
	"disisleri": "foreign", "иностранных": "foreign", "defensa": "defence", "difesa": "defence", "obrony": "defence", "savunma": "defence", "обороны": "defence", "defesa": "defence",
	"finances": "finance", "hacienda": "finance", "finansow": "finance", "maliye": "finance", "финансов": "finance", "treasury": "finance", "migraciones": "migration", "migrations": "migration"}

// officeOf reads a role. ok is false for a role that several people may hold, or that is not told apart from others.
func officeOf(role string, lex *lexicon) (o office, ok bool) {
	toks := splitTokens(role, lex)
	for i := 0; i < len(toks); i++ {
		t := &toks[i]
		switch {
		case t.low == "counterpart" || t.low == "homologue" || t.low == "homologo" || t.low == "amtskollege":
			o.counterpart = true
		case t.low == "former" || t.low == "ex" || t.low == "acting" || t.low == "then" || t.has(classRolePlural) || t.low == "member":
			return o, false
		case t.low == "deputy" || t.low == "vice" || t.low == "assistant" || t.low == "junior" || t.low == "wiceminister":
			o.deputy = true
		case t.low == "state" && i > 0 && (toks[i-1].low == "of" || i+1 < len(toks) && toks[i+1].low == "minister"):
			o.deputy = true
		}
		if t.low == "undersecretary" {
			o.deputy = true
		}
		if p, n := lex.places.at(toks, i); n > 0 {
			if i > 0 && toks[i-1].low == "to" {
				o.to = p.country
			} else if o.country == "" && (p.kind == placeCountry || p.kind == placeDemonym) {
				o.country = p.country
			}
			i += n - 1
			continue
		}
		if h, sole := soleHeads[germanOffice(t.low)]; sole && o.head == "" {
			o.head = h
			if h == "commissioner" && i > 0 && toks[i-1].low == "high" {
				o.head = "ambassador"
			}
			o.state = t.low == "secretary" && i > 0 && toks[i-1].low == "state"
			continue
		}
		w := t.low
		if en, ok := foreignTopics[w]; ok {
			w = en
		}
		if t.flags&tokUpper != 0 && !t.has(classPlace) { // the ECB's president
			o.body = t.low
		}
		if (t.has(classTopic) || w != t.low) && !slices.Contains(o.topics, w) {
			o.topics = append(o.topics, w)
		}
		if t.low == "prime" {
			o.topics = append(o.topics, "prime")
		}
	}
	if o.counterpart {
		return o, false
	}
	if h, ok := oneWordOffices[o.head]; ok {
		o.head, o.topics = "minister", append(o.topics, h)
	}
	switch o.head {
	case "":
		return o, false
	case "minister", "secretary", "undersecretary", "commissioner", "chief":
		return o, len(o.topics) > 0
	case "ambassador", "president", "governor", "chancellor", "king", "captain", "coach", "speaker", "mayor", "chair", "chief executive":
		return o, o.country != "" || o.body != "" || len(o.topics) > 0
	}
	return o, true
}

// rank is what two tellings may give one person differently: minister, deputy minister, state secretary. "" is any other
// office; who is deputy premier and minister has two ranks.
func (o office) rank() string {
	switch {
	case slices.Contains(o.topics, "prime"):
		return ""
	case o.head == "minister" && o.deputy:
		return "deputy"
	case o.head == "minister" || o.counterpart:
		return "minister"
	case o.state:
		return "state secretary"
	}
	return ""
}

func (o office) sharesTopic(p office) bool {
	for _, t := range o.topics {
		if slices.Contains(p.topics, t) {
			return true
		}
	}
	return false
}

// same says whether two roles are one office. An office without its country is the same as one with it, if sure is false.
func (o office) same(p office) (same, sure bool) {
	if o.head != p.head || o.deputy != p.deputy || o.to != "" && p.to != "" && o.to != p.to {
		return false, false
	}
	if len(o.topics) > 0 != (len(p.topics) > 0) {
		return false, false
	}
	if len(o.topics) > 0 && o.topics[0] != p.topics[0] && !slices.Contains(o.topics, p.topics[0]) && !slices.Contains(p.topics, o.topics[0]) {
		return false, false
	}
	if o.body != "" && o.body == p.body || o.to != "" && o.to == p.to {
		return true, true
	}
	if o.country != "" && p.country != "" {
		return o.country == p.country, o.body == p.body
	}
	return true, false
}
