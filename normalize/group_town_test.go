package normalize

import (
	"fmt"
	"strings"
	"testing"

	"wirefold/internal/news"
)

// townNotes are what happened in one town on one day, each told twice: headline and text, and again. # is the town.
var townNotes = [][2][2]string{
	{{"Rangers win the cup final in #", "Rangers beat Rovers 3-1 in the final in # on Saturday."},
		{"Cup goes to Rangers", "#: Three goals in the second half gave Rangers a 3-1 win over Rovers and the cup on Saturday."}},
	{{"Storm floods #", "Heavy rain flooded streets in # on Saturday; two hundred people left their homes."},
		{"Hundreds flee flood in #", "Streets of # stood under water on Saturday after a night of heavy rain, and two hundred people had to leave their homes."}},
	{{"# mayor opens new library", "The mayor of #, Hanna Brink, opened the town's new library on Saturday after three years of building."},
		{"New library for #", "After three years of building, # has a new library; mayor Hanna Brink cut the ribbon on Saturday."}},
	{{"Bakery in # wins national prize", "A family bakery in # won first prize for its rye bread on Saturday, the guild said."},
		{"Best rye bread comes from #", "The guild of bakers gave its first prize to the rye bread of a family bakery in #."}},
	{{"Two hurt in # car crash", "Two people were hurt when a van hit a lorry on the ring road of # early on Saturday, police said."},
		{"Van hits lorry on ring road", "# police say that two people were injured early on Saturday when a van and a lorry crashed on the ring road."}},
	{{"School strike in # enters second week", "Teachers in # stayed away from work for a second week on Saturday in a dispute over pay."},
		{"Teachers' strike goes on", "The teachers of # began the second week of their strike for better pay."}},
	{{"# hospital to close its maternity ward", "The hospital in # will close its maternity ward in autumn because it finds no midwives, its director said on Saturday."},
		{"No more births at # hospital", "For want of midwives the maternity ward of the hospital in # closes in autumn."}},
	{{"Wolf seen near #", "A hiker filmed a wolf near # on Saturday, the first in the county for a century."},
		{"Hiker films first wolf in a century", "A wolf was filmed by a hiker near #, the first to be seen in the county in a hundred years."}},
	{{"Bank robbed in #", "A man with a toy gun robbed a savings bank in # on Saturday and fled on a bicycle."},
		{"Robber flees by bicycle", "Armed with a toy gun a man robbed a savings bank in # and got away on a bicycle."}},
	{{"Chess champion visits #", "The world chess champion played forty boards at once in the town hall of # on Saturday and lost one."},
		{"Forty boards, one defeat", "In the town hall of # the world chess champion played forty games at once; one was lost."}},
	{{"# council votes for tram line", "The council of # voted 31 to 20 on Saturday to build a tram line to the university."},
		{"Tram to university approved", "# will have a tram line to its university: the council voted for it with 31 to 20."}},
	{{"Factory in # cuts 300 jobs", "The tyre factory in # will cut 300 of its 900 jobs by summer, its owner said on Saturday."},
		{"300 jobs to go at tyre plant", "A third of the 900 workers of the tyre plant in # will lose their jobs by summer."}},
	{{"Fire destroys # theatre roof", "A fire destroyed the roof of the old theatre in # on Saturday night. Nobody was hurt."},
		{"Old theatre burns", "#'s old theatre lost its roof in a fire on Saturday night; nobody was injured."}},
	{{"Film festival opens in #", "The film festival of # opened on Saturday with a comedy about two beekeepers."},
		{"Beekeepers open festival", "A comedy about two beekeepers opened the film festival in #."}},
	{{"Missing boy found in #", "A boy of six who had been missing since Thursday was found well in a barn near # on Saturday."},
		{"Six-year-old found in barn", "The boy of six missing since Thursday is well: he was found in a barn near #."}},
	{{"# airport opens second runway", "The airport of # opened its second runway on Saturday; the first plane came from Oslo."},
		{"Second runway in use", "A plane from Oslo was the first on the new second runway of # airport."}},
}

// townNews are the first events of the notes, all of one day, told once or twice.
func townNews(town string, events, tellings int, day news.Date) []news.Article {
	var as []news.Article
	for e, note := range townNotes[:events] {
		for t := range tellings {
			title, text := strings.ReplaceAll(note[t][0], "#", town), strings.ReplaceAll(note[t][1], "#", town)
			as = append(as, news.Article{Key: news.ArticleKey(fmt.Sprintf("%02d%c", e, 'a'+t)), Title: title, Headline: title, Text: text, Published: day})
		}
	}
	return as
}

// Notes of unlike events that have the name of the town and the day in common, and nothing else, stay apart however few or many there are: all but one of twenty.
// A model that never learned from such notes makes one story of each town's.
func TestTheNewsOfOneTownIsNotOneStory(t *testing.T) {
	day, err := news.ParseDate("2026-01-10")
	if err != nil {
		t.Fatal(err)
	}
	notes, joined := 0, 0
	for _, town := range []string{"Ipswich", "Karachi", "Boston", "Marnwick"} {
		for _, events := range []int{2, 4, 8, 16} {
			notes += events
			for _, p := range Load().Partition(townNews(town, events, 1, day), nil) {
				if len(p) > 1 {
					t.Logf("of %d events in %s, %d are one story: %q", events, town, len(p), townNotes[p[0]][0][0])
					joined += len(p) - 1
				}
			}
		}
	}
	if joined > notes/20 {
		t.Errorf("%d of %d notes are with another", joined, notes)
	}
}

// dayNotes are thirty events of one day, headline and first sentence. Many have a person, a firm or a country in common.
const dayNotes = `Trump signs order on drug prices|The president signed an executive order on Tuesday that asks drug makers to cut prices within a year.
Trump visits flood victims in Texas|President Trump met families in Kerrville on Tuesday and promised federal help after the floods.
Senate rejects Trump nominee for labor board|The Senate voted 51 to 48 on Tuesday against Trump's choice to lead the labor relations board.
Judge blocks Trump plan for national parks|A federal judge in Denver on Tuesday stopped the plan to sell parts of two national parks.
Trump and Carney speak by phone about steel|The leaders of the United States and Canada talked for an hour on Tuesday about duties on steel.
Zelensky asks for more air defence|Ukraine's president told the parliament in Oslo that his country needs more air defence before winter.
Drones hit refinery in southern Russia|Ukrainian drones struck an oil refinery near Volgograd overnight, officials said on Tuesday.
Ukraine and Poland open new rail link|A rail line of standard gauge between Lviv and Rzeszow was opened on Tuesday.
Three killed as missile hits Kharkiv market|A Russian missile killed three people at a market in Kharkiv on Tuesday morning.
Grain ship leaves Odesa despite warning|A ship with 30,000 tonnes of corn left Odesa on Tuesday for Egypt.
Apple unveils thinner laptop|Apple showed a laptop that weighs less than a kilo; it will cost 1,299 dollars.
Apple loses patent case in Texas|A jury in Texas ordered Apple to pay 110 million dollars for a patent on wireless charging.
Apple store workers in Madrid strike|Workers of four Apple stores in Madrid went on strike on Tuesday for higher pay.
Fed holds rates steady|The Federal Reserve left its key rate unchanged on Tuesday and said that inflation remains too high.
Oil falls below 60 dollars|The price of Brent crude fell to 59 dollars a barrel on Tuesday, the lowest for two years.
Boeing delays first flight of new jet|The first flight of the long-range jet will come six months later than planned, Boeing said on Tuesday.
Boeing machinists accept contract|Machinists in Seattle voted on Tuesday for a contract that raises their pay by a quarter.
Quake of magnitude 5.9 off Chile|A quake shook the north of Chile on Tuesday; no damage was reported.
Chile elects first woman as Senate leader|Senators in Valparaiso elected their first woman president on Tuesday.
Lions win in overtime|Detroit beat Green Bay 27-24 on Tuesday night with a field goal in overtime.
Detroit to demolish last of its empty towers|The city will pull down the last of forty empty towers by spring, the mayor said on Tuesday.
Pope names eleven new cardinals|The pope named eleven cardinals on Tuesday, three of them from Africa.
Pope to visit Lebanon in spring|The pope will travel to Lebanon in April, the Vatican said on Tuesday.
China's exports rise 8 percent|Exports from China rose by 8 percent in October, customs said on Tuesday.
China launches crew to space station|Three astronauts left for the Tiangong station on Tuesday from Jiuquan.
India and China resume direct flights|Flights between Delhi and Shanghai began again on Tuesday after five years.
Delhi air worst of the year|Schools in Delhi stayed closed on Tuesday as the air reached its worst level of the year.
Measles case closes school in Ohio|A school near Dayton closed on Tuesday after a pupil fell ill with measles.
Ohio votes to legalize online betting|Voters in Ohio approved online betting by 54 to 46 percent on Tuesday.
Storm Ada leaves 40,000 without power in Wales|Winds of 90 miles an hour cut power to 40,000 homes in Wales on Tuesday.`

// What a day brings from everywhere stays apart: the pope names cardinals, and the pope plans a journey.
func TestADaysNewsIsNotOneStory(t *testing.T) {
	var as []news.Article
	for i, note := range strings.Split(dayNotes, "\n") {
		title, text, _ := strings.Cut(note, "|")
		day, err := news.ParseDate(fmt.Sprintf("2025-11-04T%02d:00:00Z", 6+i%12))
		if err != nil {
			t.Fatal(err)
		}
		as = append(as, news.Article{Key: news.ArticleKey(fmt.Sprintf("%02d", i)), Title: title, Headline: title, Text: text, Published: day})
	}
	joined := 0
	for _, p := range Load().Partition(as, nil) {
		for _, i := range p[1:] {
			joined++
			t.Logf("%q with %q", as[i].Title, as[p[0]].Title)
		}
	}
	if joined > 2 {
		t.Errorf("%d of %d are with another", joined, len(as))
	}
}

// Two tellings of each event of a town find each other.
func TestTheNewsOfOneTownToldTwice(t *testing.T) {
	day, err := news.ParseDate("2026-01-10")
	if err != nil {
		t.Fatal(err)
	}
	for _, town := range []string{"Ipswich", "Karachi", "Boston", "Marnwick"} {
		right := 0
		for _, p := range Load().Partition(townNews(town, len(townNotes), 2, day), nil) {
			if len(p) == 2 && p[0]/2 == p[1]/2 {
				right++
			}
		}
		if right < len(townNotes)*3/4 {
			t.Errorf("%d of %d events in %s are stories of their own two tellings", right, len(townNotes), town)
		}
	}
}
