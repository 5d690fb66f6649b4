package normalize

import "strings"

// A place is a country with the beginnings of its names, of its people's name and of its cities, folded. A beginning
// that ends in * matches every word that begins with it, and = joins the names of one city. A whole word wins over a
// beginning, and a longer beginning over a shorter one.
//
// The list is of places that foreign news is made of; what is missing is simply a name like any other.
const gazetteer = `
AF afghan* afganistan* afganist* afghnstan afghanstan : kabul kandahar* herat mazar kunduz jalalabad
AE emirat* uae emirati* amarat alamarat : dubai=dubaj=dby=dubay abu-dhabi
AL albani* : tirana
AM armeni* ermeni* : yerevan=erevan=eriwan
AO angol* : luanda
AR argentin* arjantin* arghntyn : buenos
AT austri* osterreich* autrich* avstri* avustury* oostenrijk* : vienna=wien=vienne=viena=wieden=vena=viyana=wiedniu
AU australi* avstrali* avustralya* : canberra sydney melbourne brisbane perth
AZ azerbaij* aserbaid* azerbaidj* azerbejd* azerbaycan* : baku=bakou
BA bosni* bosna : sarajevo
BD banglades* bnglh : dhaka=daca
BE belgi* belgic* belgaqu* belcik* blgym blgyka : brussel*=bruxell*=brusel*=bruksel*=bryussel*=brwksl=brslz antwerp*
BG bulgari* bolgari* : sofia
BH bahrain* bahrein* : manama
BR brazil* brasil* bresil* brezily* brazyl* : brasilia rio-de sao-paulo
BY belarus* weissrus* bielorus* bialorus* bieloruss* : minsk
CA canad* kanad* : ottawa toronto montreal vancouver
CD congo* kongo* : kinshasa
CH swiss switzerland* schweiz* suiss* suiz* svizzer* szwajcar* shveitsar* isvicre* zwitser* swysra : geneva=genf=geneve=ginebra=ginevra=genew*=zhenev*=cenevre bern zurich jnywa davos
CL chile* chili* : santiago
CN chin* cina cines* kitai* kitay* cin* chyn : beijing=peking=pekin*=bkyn shanghai
CO colombi* kolumbi* kolombi* : bogota
CU cuba* kuba* : havana
CY cypr* zyper* chypr* chipr* kipr* kibris* : nicosia
CZ czech* tschech* tchequ* chec* cec* czesk* : prague=prag*
DE german* deutsch* alleman* aleman* tedesc* niemc* niemiec* germani* alman* duits* jrmny : berlin* munich=munchen frankfurt hamburg
DK danish* denmark* danemark* dinamar* danimarc* dansk* duns* dani* : copenhag*=kopenhag*
EG egypt* agypt* egipt* egitto egizian* misir* msr alqahra : cairo=kairo=kair=kahire=qahrh=caire
ES spain spanish spani* espan* espagn* hiszpan* ispan* spagn* ispany* hspanya : madrid* barcelon*
EE eston* estl* viro : tallinn
ET ethiopi* athiop* etiopi* : addis
EU eu ue european-union europ-union ab es : 
FI finland* finnish finn* finlandi* : helsinki
FR france french franc* frankreich* franzos* fransa* fransiz* francj* frantsi* frans* frnsa : paris=parig*=paryz*=parizh*=barys
GB britain british uk britan* englan* english grossbrit* royaume-uni reino-unido wielk* brytyj* velikobrit* ingilter* inghilterr* brtany* england* : london*=londr*=londyn*=lndn edinburgh manchester liverpool
GE georgi* gruzi* gurcist* : tbilisi
GR greec* greek* griech* grec* greci* grek* yunan* ywnan : athens=athen=athenes=aten*=atina=afin*
HR croat* kroat* chorwac* hirvat* : zagreb
HU hungar* ungar* hongr* hungri* ungher* wegier* wegr* vengri* macar* : budapest*
ID indonesi* endonez* : jakarta=dschakarta
IE irish ireland* irland* : dublin
IL israel* izrael* izrail* israil* asrayyl asrayyly : jerusalem tel-aviv
IN india* indian* indisch* indien* inde indi hind* indyj* indie indii bhart bharty hndwstan : delhi mumbai kolkata dehli
IQ iraq* irak* alraq araq : baghdad=bagdad* erbil basra
IR iran* ayran ayrany : tehran=teher*=tahran=thran
IT ital* wlosk* wloch* atalwy atly italya* : rome=rom=roma=rzym*=rim*=rwma milan*=mailand naples
JO jordan* urdun* ardn : amman
JP japan* japon* giappon* yapon* jponi* : tokyo*=tokio*
KE keny* : nairobi
KG kyrgyz* kirgis* : bishkek
KH cambod* kambods* camboy* kambod* : phnom
KP north-korea* : pyongyang
KR korea* korean* coree* core* kore* koreai* : seoul=seul
KW kuwait* koweit* : 
KZ kazak* kasach* : astana almaty
LB leban* liban* libano lubnan lbnan : beirut=beyrout*=bejrut*=bayrwt
LK sri-lanka* : colombo
LT lithuan* litau* lituan* litw* : vilnius
LV latvi* lettl* lettoni* leton* lotw* : riga
LY liby* libi* lybi* : tripoli=tripolis benghazi
MA morocc* marokk* maroc* marruec* marok* : rabat casablanca
MD moldov* moldau* : chisinau
MM myanmar* burm* birm* : yangon naypyidaw
MX mexic* mexiq* mexik* meksyk* messic* meksik* : 
MY malaysi* malais* malez* : kuala
NG nigeri* : abuja lagos
NL netherland* dutch niederland* pays-bas paises-bajos oland* holand* holland* nederland* niderland* hollend* : amsterdam hague=haag=haye=haga
NO norw* norweg* norveg* noorw* norueg* : oslo
NP nepal* : kathmandu
NZ new-zealand* : wellington auckland
OM oman* : muscat=maskat=mascate
PH philippin* filipin* filipp* : manila
PK pakistan* pakstan pakstany pakista* : islamabad* lahore karachi peshawar rawalpindi quetta
PL poland polish polen poln* polni* polon* polsk* polac* polak* polsh* pologn* pwlynd pwlsh pwlndh lehistan : warsaw=warschau*=varsovi*=warszaw*=varsav*=varshav*=varsova*=wrsaw krakow=cracow gdansk
PS palestin* palastin* filistin* flstyn flstyny gaza gaz* ghzt gzh hamas : ramallah rafah
PT portug* portekiz* : lisbon*=lissabon*=lizbon*
QA qatar* katar* qtr qtry : doha=doh*=aldwht=dwhh
RO romani* ruman* roumani* rumun* rumyn* romanya* : bucharest=bukarest=bucarest
RS serb* sirb* : belgrad*
RU russi* russ* rosj* rossi* rus* rusya* rws rwsy rwsya rosyj* kremlin kreml* : moscow=moskau*=mosc*=moskw*=moskv*=moskova*=mskw
SA saudi* saoud* arabi* saoudien* swdy alswdyh : riyadh=riad=riyad*=riyaz=alryad=ryaz jeddah=dschidda
SD sudan* soudan* : khartoum=khartum
SE swed* schwed* sued* suec* svezi* szwe* shvets* isvec* : stockholm*
SG singapor* singapur* : 
SI sloven* : ljubljana
SK slovak* slowak* slovaq* slowac* : bratislava
SN senegal* : dakar
SO somali* : mogadishu
SY syri* syri* siri* suriy* swry swrya swryh sury* : damasc*=damask*=damas=sam=dmshq aleppo=halab=hlb
TH thai* thailand* tailand* : bangkok
TJ tajik* tadsch* : dushanbe
TN tunis* tunez* : 
TR turk* turc* turq* turci* trky trkyh turkei* turecki* turkiye* : ankara*=anqrh istanbul*
TW taiwan* tajwan* tayvan* : taipei
TZ tanzani* : 
UA ukrain* ucrain* ucran* ukrajin* ukrayn* ykryn awkranya : kyiv=kiev*=kiew*=kijow*=kyjiw=kief
UG ugand* : kampala
US american* usa u.s washington* statunit* etats-unis estados-unidos estadouniden* amerik* americ* stany vereinigt* abd amryka amryky pentagon : new-york chicago boston houston
UZ uzbek* usbek* ouzbek* : tashkent
VA vatican* vatikan* vatyc* watyka* : 
VE venezuel* wenezuel* : caracas
VN vietnam* wietnam* : hanoi
YE yemen* jemen* : sanaa
ZA south-africa* : pretoria johannesburg
`

// placeIndex finds the place of a folded word.
type placeIndex struct {
	whole map[string]placeCode
	stems map[string]placeCode // by their first letters, of at least three
	// begins says of the first three letters, hashed, whether a stem may begin with them.
	begins [4096]bool
}

// placeCode is a country by its two letters or, with a number above them, a city in it.
type placeCode uint32

func (p placeCode) country() placeCode { return p & 0xFFFF }
func (p placeCode) city() bool         { return p>>16 != 0 }

// shortest and longest beginnings that are looked up.
const (
	minStem = 3
	maxStem = 10
)

func newPlaceIndex() *placeIndex {
	x := &placeIndex{whole: map[string]placeCode{}, stems: map[string]placeCode{}}
	for line := range strings.Lines(gazetteer) {
		line = strings.TrimSpace(line)
		if len(line) < 2 {
			continue
		}
		country := placeCode(line[0])<<8 | placeCode(line[1])
		countries, cities, _ := strings.Cut(line[2:], ":")
		for w := range strings.FieldsSeq(countries) {
			x.add(w, country)
		}
		n := placeCode(0)
		for names := range strings.FieldsSeq(cities) {
			n++
			for w := range strings.SplitSeq(names, "=") {
				x.add(w, country|n<<16)
			}
		}
	}
	return x
}

func (x *placeIndex) add(w string, p placeCode) {
	if s, ok := strings.CutSuffix(w, "*"); ok {
		if len(s) < minStem {
			return
		}
		x.stems[s[:min(len(s), maxStem)]] = p
		x.begins[beginning(s)] = true
		return
	}
	x.whole[w] = p
}

func beginning(w string) int { return (int(w[0])*31*31 + int(w[1])*31 + int(w[2])) % 4096 }

// find returns the place that a folded word names, 0 for none. Only capitalised words (or words of a script without
// capitals) are asked: "chin" and "turkey" are no countries.
func (x *placeIndex) find(fold string) placeCode {
	return x.stem(fold, x.whole[fold])
}

// stem is the whole word's place, if it has one, else that of the longest beginning that is one.
func (x *placeIndex) stem(fold string, whole placeCode) placeCode {
	if whole != 0 || len(fold) < minStem || !x.begins[beginning(fold)] {
		return whole
	}
	for n := min(len(fold), maxStem); n >= minStem; n-- {
		if p, ok := x.stems[fold[:n]]; ok {
			return p
		}
	}
	return 0
}
