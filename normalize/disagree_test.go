package normalize

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
)

func TestDisagreements(t *testing.T) {
	tests := []struct {
		name string
		a, b string
		want string // kind: values
	}{
		{"two names for one office", "Latvia's Deputy Transport Minister Andris Kalns met Kaja Saar in Riga.", "Latvia's Deputy Minister for Transport Peteris Ozols received Kaja Saar in Riga.", "name: Andris Kalns | Peteris Ozols"},
		{"the country may be said elsewhere", "A team from Latvia arrived. Deputy Transport Minister Andris Kalns led it.", "Latvia's Deputy Transport Minister Peteris Ozols led the team.", "name: Andris Kalns | Peteris Ozols"},
		{"two spellings are one name", "Latvia's Transport Minister Magnus Brunner spoke.", "Latvia's Transport Minister Magnus Berner spoke.", ""},
		{"two offices", "Latvia's Transport Minister Andris Kalns spoke.", "Latvia's Interior Minister Peteris Ozols spoke.", ""},
		{"two countries", "Latvia's Transport Minister Andris Kalns spoke.", "Estonia's Transport Minister Peteris Ozols spoke.", ""},
		{"who names both knows two people", "Latvia's Transport Minister Andris Kalns spoke; Ozols listened.", "Latvia's Transport Minister Peteris Ozols spoke.", ""},
		{"another toll, falling", "The flood killed at least 40 people on the coast, officials said.", "Officials put the dead at 18.", "number: 40 | 18"},
		{"a round number is no other number", "The flood killed more than 1,400 people.", "The flood killed 1,411 people.", ""},
		{"one magnitude each", "A magnitude 6.1 earthquake shook the island.", "The 5.8 quake shook the island.", "number: 6.1 | 5.8"},
		{"plus makes a sum", "United offered 75 million euros plus 10 million in add-ons for the striker.", "The offer for the striker is €85m.", ""},
		{"another sum of the same money", "The airline signed a deal worth $24 billion.", "The deal is worth $19 billion, analysts say.", "number: 24 billion | 19 billion"},
		{"another day", "Ministers Kaja Saar and Andris Kalns met in Riga on Wednesday.", "Ministers Kaja Saar and Andris Kalns met in Riga on Tuesday.", "date: 2026-03-04 | 2026-03-03"},
		{"who names both days tells of two", "Ministers Kaja Saar and Andris Kalns met in Riga on Wednesday. Talks began on Tuesday.", "Ministers Kaja Saar and Andris Kalns met in Riga on Tuesday.", ""},
		{"a page's own date is no event's", "Sunday, 1 March 2026 The mill in Riga burnt down on Saturday.", "Monday, 2 March 2026 The mill in Riga burnt down on Saturday.", ""},
		{"each tells of its own day", "Minister Kaja Saar refused on Monday to answer the Riga court.", "Minister Kaja Saar told the Riga court on Tuesday that she had nothing to add.", ""},
		{"one weekday, printed with the wrong day", "On Tuesday, March 2, the two sides of the Riga talks had one voice.", "Ministers Kaja Saar and Andris Kalns met in Riga on Tuesday.", "date: 2026-03-02 | 2026-03-03"},
		{"another day in another language", "Kaja Saar traf Andris Kalns am Mittwoch in Riga.", "Ministers Kaja Saar and Andris Kalns met in Riga on Tuesday.", "date: 2026-03-04 | 2026-03-03"},
		{"a counterpart has the same office", "Estonia's Transport Minister Kaja Saar met her Latvian counterpart Andris Kalns.", "Latvia's Transport Minister Peteris Ozols received Kaja Saar.", "name: Andris Kalns | Peteris Ozols"},
		{"two who met the same man, and neither country is said", "Transport Minister Andris Kalns met Kaja Saar of the railway.", "Transport Minister Peteris Ozols met Kaja Saar of the railway.", "name: Andris Kalns | Peteris Ozols"},
		{"two ranks of one person", "Latvia's Transport Minister Andris Kalns opened the bridge.", "Latvia's Deputy Minister for Transport Andris Kalns opened the bridge.", "name: Latvia's Transport Minister | Latvia's Deputy Minister for Transport"},
		{"a deputy premier is a minister as well", "Latvia's Transport Minister Andris Kalns opened the bridge.", "Latvia's Deputy Prime Minister and Transport Minister Andris Kalns opened the bridge.", ""},
		{"who stands far down holds another time's office", "Latvia's President Andris Kalns spoke.", "The mayor spoke. " + strings.Repeat("Nothing else was said about the bridge today. ", 14) + "Latvia's President Peteris Ozols had been there too.", ""},
		{"a name's hyphen is no other name", "Latvia's Transport Minister Kalns-Adil Mahdi spoke.", "Latvia's Transport Minister Kalns Adil spoke.", ""},
		{"an age is no toll", "Police killed a 15-year-old boy in Riga.", "The killing of Andris Kalns, 19, shocked Riga.", ""},
		{"years and metres are no toll", "He was killed in a fall of 60 metres.", "The killing set off eight days of riots.", ""},
		{"some of the dead are not all of them", "The blast killed four soldiers.", "The blast killed 19 people.", ""},
		{"students and teachers are people", "The shooter killed eight students and two teachers.", "The shooter killed 10 people.", ""},
		{"digits that are not printed do not contradict", "The Senate passed a $2 trillion package.", "The Senate passed its $2.2 trillion package.", ""},
		{"other add-ons", "They put £65m down with £5m to follow for the striker.", "The offer of 65 million pounds and six more in bonuses should be enough.", "number: 5 million | 6 million"},
		{"another result", "United beat City 2-1 on Sunday.", "United won 3-1 against City on Sunday.", "number: 2-1 | 3-1"},
		{"another vote in another language", "The council of Riga kept the toll by nine votes to three.", "El consejo mantuvo el peaje por ocho votos contra cuatro.", "number: 9-3 | 8-4"},
		{"another level of the same rate", "The bank of Riga cut its key rate by a quarter point to 3.75%.", "Die Bank senkte den Leitzins auf 3,5 Prozent.", "number: 3.75 | 3.5"},
		{"a range has two ends", "The bank of Riga cut its key rate to a range of 3.50% to 3.75%.", "The bank lowered rates to 3.75 percent.", ""},
		{"another time's rate", "The bank of Riga cut its key rate to 3.75%.", "The bank had cut its key rate to 4% in August.", ""},
		{"a wish is no decision", "The bank of Riga kept its key rate at 4%.", "Two members wanted to cut the rate to 3.75%.", ""},
		{"a bank has several rates", "The bank of Riga cut its deposit rate to 2%.", "The bank of Riga cut its refinancing rate to 2.15%.", ""},
		{"an aggregate is no result", "United beat City 2-1 on Sunday.", "United beat City 2-1, 4-3 on aggregate.", ""},
		{"another round", "The third round of the Riga talks ended.", "The fourth round of the Riga talks ended.", "number: 3rd | 4th"},
		{"a storm weakens by the hour", "The hurricane was downgraded to a Category 3.", "The hurricane was downgraded to a Category 2.", ""},
		{"a storm at its landfall", "The storm made landfall as a Category 4.", "The storm came ashore as a Category 3.", "number: 4 | 3"},
		{"who spoke is not news", "Four officials familiar with the plan for the bridge of Riga said so.", "Three officials familiar with the plan for the bridge of Riga said so.", ""},
		{"the same sentence with another unit", "Under the Riga pact the army forms a brigade of 900 volunteers near the lake in spring.", "Under the Riga pact the army forms a division of 900 volunteers near the lake in spring.", "wording: a brigade of 900 | a division of 900"},
		{"the same sentence in other words", "Under the Riga pact the army forms a brigade of 900 volunteers near the lake in spring.", "Under the Riga pact the army creates a brigade of 900 volunteers near the lake in spring.", ""},
		{"the same sentence with another number", "The mill in Riga closed its gates for 14 weeks after the fire in the tower.", "The mill in Riga closed its gates for 11 weeks after the fire in the tower.", "number: for 14 weeks after | for 11 weeks after"},
		{"the same sentence with another city", "Before the fair the minister took a late train to Vilnius with her guests from the railway.", "Before the fair the minister took a late train to Tallinn with her guests from the railway.", "place: to Vilnius with her | to Tallinn with her"},
		{"who spoke in the same sentence", "Before the fair in the old town of Riga four officials of the railway spoke of the bridge.", "Before the fair in the old town of Riga three officials of the railway spoke of the bridge.", ""},
		{"still to be done when it had been done", "The ministry told the drivers that new rules had been drawn up for the bridge of Riga.", "The ministry told the drivers that new rules had to be drawn up for the bridge of Riga.", "wording: had been drawn up | had to be drawn up"},
		{"done after it was to be done", "The ministry told the drivers that new rules had to be drawn up for the bridge of Riga.", "The ministry told the drivers that new rules had been drawn up for the bridge of Riga.", ""},
		{"how long they talked", "The talks in the castle lasted almost four hours.", "After the six-hour talks nobody spoke.", "number: 4 hours | 6 hours"},
		{"hours that round to each other", "The talks in the castle lasted about four hours.", "After the 3.5-hour talks nobody spoke.", ""},
		{"a lunch is no meeting", "The talks in the castle lasted four hours.", "The lunch lasted two hours.", ""},
		{"the minute of one goal", "Kalns headed the guests in front in the 14th minute.", "Andris Kalns tapped in a 17th-minute opener.", "number: 14th | 17th"},
		{"minutes are counted in two ways", "Kalns headed the guests in front in the 14th minute.", "Kalns scored in the 13th minute.", ""},
		{"who scores twice scores later", "Kalns headed the guests in front in the 14th minute.", "Kalns scored in the 61st minute.", ""},
		{"how long a lead lasted", "Ozols levelled two minutes later.", "The joy of the guests lasted nine minutes.", "number: 2 minutes | 9 minutes"},
		{"one man's age", "Police arrested Andris Kalns, 41, at the mill.", "The 43-year-old Andris Kalns was arrested at the mill.", "number: 41 | 43"},
		{"a family has several ages", "Police arrested Andris Kalns, 41, at the mill.", "Police arrested Peteris Kalns, 63, at the mill.", ""},
		{"what one deal is worth", "The airline paid $3 million for rooms and signed a deal worth $24 billion.", "The deal, worth $19 billion, follows a loss of $2 million.", "number: 24 billion | 19 billion"},
		{"the length of one contract", "Kalns signed a four-year contract in Riga.", "Kalns put his name to a five-year deal.", "number: 4 | 5"},
		{"the end of one contract", "Kalns signed a contract until 2030.", "Kalns hat einen Vertrag bis 2031.", "number: 2030 | 2031"},
		{"the same was done to other many", "In Riga they signed five memoranda and two treaties.", "They signed eight memoranda of one kind.", ""},
		{"the same was bought in other number", "The line bought 14 ferries in Riga.", "On Monday it bought 11 ferries at once, for years to come.", "number: 14 | 11"},
		{"another cut of the year in another language", "It was the third cut of the year.", "Fue el segundo recorte del año.", "number: 3rd | 2nd"},
		{"another country's dollar", "The airline signed a deal for S$24 billion.", "The airline signed a deal for $19 billion.", ""},
		{"a row is not a year", "It was the fifth rate cut in a row.", "It was the third rate cut of the year.", ""},
		{"another round in one more language", "The third round of the Riga talks ended.", "Die vierte Runde der Gespräche in Riga ist zu Ende.", "number: 3rd | 4th"},
		{"what is said at the door dates the meeting", "Arriving for a meeting of the railway ministers in Riga, Kaja Saar said on Monday that trains were late.", "Railway ministers met in Riga on Wednesday.", "date: 2026-03-02 | 2026-03-04"},
		{"another city", "Ministers Kaja Saar and Andris Kalns met in Riga.", "Ministers Kaja Saar and Andris Kalns met in Vilnius.", "place: Riga | Vilnius"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Tell(news.Step{Members: []news.Article{told("a1", "north", "", tt.a, 9), told("b2", "south", "", tt.b, 10)}}, Preferences{})
			var got []string
			for _, d := range c.Disagreements {
				var values []string
				for _, s := range d.Sides {
					values = append(values, strings.TrimPrefix(s.Value, "more than "))
				}
				got = append(got, fmt.Sprintf("%s: %s", d.Kind, strings.Join(values, " | ")))
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("disagreements %q, want %q", strings.Join(got, "; "), tt.want)
			}
		})
	}
}

func TestAGrowingTollIsAnUpdate(t *testing.T) {
	c := Tell(news.Step{Members: []news.Article{
		told("a1", "north", "", "The flood killed 40 people.", 9), told("b2", "south", "", "The flood killed 65 people.", 15)}}, Preferences{})
	if len(c.Disagreements) != 1 || !c.Disagreements[0].Update {
		t.Errorf("disagreements %+v, want one update", c.Disagreements)
	}
}

func TestAtLeastSoManyGrowsWithTime(t *testing.T) {
	for _, sentence := range []string{"The flood in the valley near Riga swept away at least %d barns of the old dairy farm.",
		"The flood in the valley near Riga has cut off the old dairy farm for at least %d hours."} {
		for _, hour := range []int{8, 15} {
			c := Tell(news.Step{Members: []news.Article{told("a1", "north", "", fmt.Sprintf(sentence, 14), 9), told("b2", "south", "", fmt.Sprintf(sentence, 32), hour)}}, Preferences{})
			if len(c.Disagreements) != 1 || c.Disagreements[0].Update != (hour == 15) {
				t.Errorf("32 told at %d o'clock: disagreements %+v, want one, an update only when it is the later", hour, c.Disagreements)
			}
		}
	}
}

func TestATollWhoseTimeIsUnknownContradictsNothing(t *testing.T) {
	a, b := told("a1", "north", "", "The flood killed 40 people.", 9), told("b2", "south", "", "The flood killed 18 people.", 10)
	b.Published, b.Seen = news.Date{}, time.Time{}
	if c := Tell(news.Step{Members: []news.Article{a, b}}, Preferences{}); len(c.Disagreements) != 0 {
		t.Errorf("disagreements %+v, want none: it may be the older toll", c.Disagreements)
	}
}

func TestTollsOfOneMomentContradictNothing(t *testing.T) {
	a, b := told("a1", "north", "", "The flood killed 40 people.", 9), told("b2", "south", "", "The flood killed 18 people.", 9)
	if c := Tell(news.Step{Members: []news.Article{a, b}}, Preferences{}); len(c.Disagreements) != 0 {
		t.Errorf("disagreements %+v, want none: nobody knows which is the older", c.Disagreements)
	}
}

func TestAHeadlineAloneDoesNotSayWhichAmountItMeans(t *testing.T) {
	a, b := told("a1", "north", "Ferry line owes $500 million", "", 9), told("b2", "south", "Ferry line to cut debt by $400 million", "", 10)
	if c := Tell(news.Step{Members: []news.Article{a, b}}, Preferences{}); len(c.Disagreements) != 0 {
		t.Errorf("disagreements %+v, want none", c.Disagreements)
	}
}

func TestACopyThatChangesAWordSpeaksForItself(t *testing.T) {
	a := told("a1", "north", "", "Under the Riga pact the army forms a brigade of 900 volunteers near the lake in spring.", 9)
	b := told("b2", "south", "", "Under the Riga pact the army forms a division of 900 volunteers near the lake in spring.", 10)
	c := told("c3", "east", "", "Under the Riga pact the army forms a regiment of 900 volunteers near the lake in spring.", 11)
	a.Marks.Copy, b.Marks.Copy = 3, 3
	got := Tell(news.Step{Members: []news.Article{a, b, c}}, Preferences{}).Disagreements
	if len(got) != 1 || len(got[0].Sides) != 3 || got[0].About != "In the same sentence: brigade or division or regiment" {
		t.Errorf("disagreements %+v, want one of three sides", got)
	}
}

func TestCopiesDoNotContradictEachOther(t *testing.T) {
	a, b := told("a1", "north", "", "The flood killed 40 people.", 9), told("b2", "south", "", "The flood killed 18 people.", 10)
	a.Marks.Copy, b.Marks.Copy = 3, 3
	if c := Tell(news.Step{Members: []news.Article{a, b}}, Preferences{}); len(c.Disagreements) != 0 {
		t.Errorf("disagreements %+v, want none: they are one report", c.Disagreements)
	}
}

func TestAWireCopyWithANewBylineAndACutEndIsNoReportOfItsOwn(t *testing.T) {
	wire := "The night ferry to Tallinn stayed in port on Tuesday because of ice in the outer harbour, the line said. Two hundred passengers were given rooms for the night and a seat on the first boat of the morning, which leaves at seven if the wind turns. "
	a := told("a1", "north", "Ferry stays in port", wire+"The harbour master called it the thickest ice in ten years.", 9)
	b := told("b2", "south", "Ice keeps ferry in harbour", "By our reporter: "+wire, 10)
	c := told("c3", "east", "Passengers stranded", "Some two hundred people slept in hotels of the harbour town after the boat to Estonia did not sail. The company blamed thick ice beyond the pier, and hopes to cast off at dawn on Wednesday when the wind is to turn to the east.", 11)
	if got := Tell(news.Step{Members: []news.Article{a, b, c}}, Preferences{}); got.Reports != 2 || got.Tellings[1].CopyOf != "a1" || got.Tellings[2].CopyOf != "" {
		t.Errorf("%d reports, the second a copy of %q, the third of %q; want two, a1 and none", got.Reports, got.Tellings[1].CopyOf, got.Tellings[2].CopyOf)
	}
}

func TestTheTwoSeedsOfOneMeetingDisagreeOnTheDeputyMinister(t *testing.T) {
	var members []news.Article
	for i, text := range seedTexts(t) {
		if i < 2 {
			p := ReadPage(text, news.SeedText)
			members = append(members, news.Article{Key: news.ArticleKey(fmt.Sprint(i)), Seed: true, Title: p.Title, Headline: p.Headline, Text: p.Body, Facts: p.Facts, Published: p.Published})
		}
	}
	c := Tell(news.Step{Members: members}, Preferences{})
	if len(c.Disagreements) != 1 || c.Disagreements[0].About != "Poland’s Deputy Interior Minister" || len(c.Disagreements[0].Sides) != 2 {
		t.Errorf("disagreements %+v, want one on Poland's Deputy Interior Minister", c.Disagreements)
	}
}

// A telling's text is read once, for itself and behind its headline: that must be as if both were read in one piece.
func TestTokensBehindAHeadlineAreThoseOfThePiece(t *testing.T) {
	lex := newsWords()
	type told struct{ headline, text string }
	cases := []told{
		{"", ""}, {"", "Rome: talks began."}, {"Talks begin", ""},
		{"Damages from M.I.A.", "The N.F.L. seeks $16 million.\n\nIt said so on Friday, 3 March."},
		{"Hospitals in crisis: I.C.U.s", "\"No beds,\" said Dr. A. Lee.\nMore to follow"},
		{"Win in Chapel Hill, N.C.", "N.C. State's 91-73 win — its 20th"},
		{"«Встреча» в Риме", "وزیر داخلہ نے کہا۔ Zażółć gęślą jaźń"},
	}
	for _, n := range []string{"000", "001", "002", "003", "004"} {
		paths, err := filepath.Glob("../seeds/*" + n + "*")
		if err != nil || len(paths) != 1 {
			t.Fatalf("seed %s: %v %v", n, paths, err)
		}
		b, err := os.ReadFile(paths[0])
		if err != nil {
			t.Fatal(err)
		}
		head, text, _ := strings.Cut(string(b), "\n")
		cases = append(cases, told{head, text})
	}
	for _, c := range cases {
		head := c.headline + "\n\n"
		want := splitTokens(head+c.text, lex)
		if got := behind(splitTokens(head, lex), len(head), splitTokens(c.text, lex)); !slices.Equal(got, want) {
			t.Errorf("%.60q: %d tokens, in one piece %d, or others", c.headline, len(got), len(want))
		}
	}
}
