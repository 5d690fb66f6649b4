package normalize

import (
	"fmt"
	"testing"
	"time"

	"wirefold/internal/news"
)

// busyItems are what a dozen outlets wrote in three busy days about four things, as feeds have it: headline and standfirst. A number before a headline is that of an
// event that is told several times; all others stand alone.
var busyItems = [][2]string{
	{"Covid-19: Vaccine centres to open on Sundays", "The health ministry wants to reach those who work all week. Forty centres take part from May."},
	{"Nurses ask for a pause after a year of Covid-19", "A survey of 2,000 nurses finds that one in three thinks of leaving the profession."},
	{"How the pandemic changed the way we shop for food", "Supermarkets deliver twice as much as before Covid-19, and small grocers have learned to."},
	{"Minister: schools stay open despite rising Covid-19 cases", "Pupils will be tested twice a week, the education minister said."},
	{"Opinion: The vaccine passport is a bad idea", "Why should a waiter ask for my health papers? Covid-19 must not change what a free country is."},
	{"Covid-19 cluster at slaughterhouse grows to 83", "All workers of the plant in Harrow Down are in quarantine, the county says."},
	{"Theatre reopens with ninety seats and a comedy about Covid-19", "The audience laughed, behind masks. The director says each evening costs more than it earns."},
	{"Man fined for selling forged Covid-19 tests", "The 41-year-old printed certificates at home, a court heard."},
	{"Long Covid: clinics see patients who do not get better", "Doctors ask for money to find out why some are ill for months after the infection."},
	{"Marathon called off for the second time over Covid-19", "The organisers had hoped to let 4,000 vaccinated people run."},
	{"1 Health ministry approves Norvax vaccine for children from five", "The regulator found the vaccine safe for children between five and eleven. First doses are expected in June."},
	{"1 Norvax jab cleared for five- to eleven-year-olds", "Young children can be vaccinated against Covid-19 from June after the health ministry approved the Norvax vaccine."},
	{"2 Record 412 people in hospital with Covid-19", "Never since the pandemic began were so many in hospital, official figures show."},
	{"2 Covid-19 patients in hospital at record high of 412", "The number of people in hospital with the virus has passed the peak of last winter."},

	{"Trump tariffs: steel makers count the cost", "Mills in the valley have cut a shift since the tariffs came in."},
	{"Opinion: What economists get wrong about Trump's tariffs", "Prices are not the point. Power is."},
	{"Wine growers fear Trump's next tariffs", "A third of their bottles go to the United States."},
	{"How Trump's trade adviser came to love tariffs", "He was a free trader once. Then the factory in his home town closed."},
	{"Dollar slips as investors weigh tariffs and rates", "The currency fell to its lowest in two months against the euro. Trump's trade policy worries funds."},
	{"Court to hear challenge to Trump tariffs in June", "Twelve states say that the president needed the consent of Congress."},
	{"Toy shops brace for a dear Christmas", "Nine of ten toys come from China, and the tariffs come on top of freight."},
	{"Trump says farmers will get aid from tariff income", "The president promised 12 billion dollars at a rally in Iowa."},
	{"China's exports rise despite tariffs", "Shipments to Africa and South-East Asia made up for what the United States no longer bought."},
	{"Central bank holds rates and warns of tariffs", "The bank left its main rate at 3.5 per cent and lowered its forecast for growth."},
	{"3 Trump puts 25 per cent tariff on Canadian lumber", "The president said that Canada had been unfair to American sawmills for years. The tariff takes effect on Monday."},
	{"3 Canada vows reply to Trump's lumber tariff", "Ottawa called the 25 per cent duty on its lumber unlawful and promised to answer in kind before it takes effect on Monday."},
	{"4 Cars from Korea get lower tariff in deal with Trump", "Seoul invests 90 billion dollars in American shipyards; the tariff on its cars falls to 10 per cent."},
	{"4 Trump and Seoul agree on cars and shipyards", "Korean cars will face a tariff of 10 per cent instead of 25, and 90 billion dollars go into shipyards in the United States."},

	{"Starmer reshuffles his office after bad polls", "Two advisers leave Downing Street, and a former editor takes over communication."},
	{"Labour members grumble before conference", "Delegates want to debate taxes on wealth. Starmer's team does not."},
	{"Starmer to visit Poland and the Baltic states", "The prime minister will meet British soldiers on Thursday."},
	{"Sketch: Starmer reads out the weather", "It was a quiet half hour in the House, and the prime minister made it quieter."},
	{"Labour MP fined for speeding", "She drove 48 miles an hour where 30 are allowed and has apologised."},
	{"Unions warn Starmer over pay of teachers", "A strike in autumn is likely if the offer stays below inflation, their leaders said."},
	{"Opinion: Starmer has a year left to show what he is for", "A party that does not know why it governs will not govern for long. Labour should read its own manifesto."},
	{"Labour loses council seat in Norfolk to Greens", "The turnout was 23 per cent."},
	{"5 Starmer drops plan to cut winter fuel payment", "After months of protest in his own party the prime minister gave up the plan to take the payment from pensioners."},
	{"5 U-turn: pensioners keep winter fuel payment", "Starmer will not cut the winter fuel payment after all, he told MPs."},

	{"Apple shares rise before results", "Analysts expect that the company sold more phones in India."},
	{"Hands on with Apple's thinnest laptop", "It is light, it is quiet, and it has two holes to plug things in."},
	{"Apple sued over watch that misread heartbeat", "A man from Ohio says that the watch told him that he was well."},
	{"Developers quarrel with Apple over fees", "Game makers say that the new rules for its shop are worse than the old ones."},
	{"How to free space on your iPhone", "Six settings that you did not know of. Apple hides the third one well."},
	{"Apple opens shop in a former post office", "The shop in Lisbon keeps its tiles and counters."},
}

// Among items about the same few things most stand alone, and share their names with many: all but one of ten do. What is told twice is found all the same.
func TestABusyWeeksItemsStandAlone(t *testing.T) {
	var as []news.Article
	event := make([]int, len(busyItems))
	for i, item := range busyItems {
		title := item[0]
		event[i] = -1 - i
		if title[0] <= '9' && title[1] == ' ' {
			event[i], title = int(title[0]), title[2:]
		}
		at := time.Date(2025, 5, 5+event[i]&7%3, 5+i%9, 0, 0, 0, time.UTC)
		as = append(as, news.Article{Key: news.ArticleKey(fmt.Sprintf("%02d", i)), Title: title, Headline: title, Text: item[1], Lang: "en", Published: news.Date{Time: at}})
	}
	strangers, torn := 0, map[int]bool{}
	for _, part := range Load().Partition(as, nil) {
		for _, i := range part {
			for _, j := range part {
				if event[i] != event[j] {
					strangers++
					t.Logf("with another: %q and %q", as[i].Title, as[j].Title)
					break
				}
			}
		}
		if len(part) == 1 && event[part[0]] > 0 {
			torn[event[part[0]]] = true
		}
	}
	t.Logf("%d of %d items are with another, %d of 5 events are torn", strangers, len(as), len(torn))
	if strangers > 4 || len(torn) > 1 {
		t.Error("too many")
	}
}
