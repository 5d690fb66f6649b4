package normalize

import (
	"strings"
	"sync"
)

// class is the set of things that a word can be. A word may be several: "general" is a rank and part of a role.
type class uint32

const (
	classFunction   class = 1 << iota // article, preposition, conjunction, pronoun, auxiliary
	classAbbrev                       // its full stop ends no sentence
	classMonth                        // val 1-12
	classWeekday                      // val 0-6, Sunday first
	classNumber                       // val
	classScale                        // val: powers of ten
	classHonor                        // a title that is no part of a name
	classRole                         // the head noun of a role
	classRolePlural                   // the same in the plural
	classRoleMod                      // goes before the head noun
	classTopic                        // what a minister is for
	classOrg                          // a body
	classFacility                     // a building
	classPlace                        // a place name may begin here
	classGiven                        // a given name
	classSay                          // somebody says
	classEvent                        // a meeting, a match
	classParticle                     // bin, von, de: inside names
	classMeasure                      // a unit of measure
	classCurrency                     // val: index of currencies
	classStop                         // a noun phrase ends before it
	classCommon                       // capitalised in news, but never part of a person's name
	classCount                        // a plural noun without an s
	classHappen                       // met, held: the verb of an event
)

type entry struct {
	is  class
	val int32
}

// lexicon is what the words of our languages are for. The empty lexicon knows nothing.
type lexicon struct {
	words  map[string]entry
	places *placeTable
	acts   map[string]act
}

// newsWords is built once, at the first article; nothing changes it afterwards.
var newsWords = sync.OnceValue(func() *lexicon {
	l := &lexicon{words: make(map[string]entry, 6000), places: worldPlaces()}
	for _, list := range wordLists {
		for w := range strings.FieldsSeq(list.words) {
			l.add(w, list.is, 0)
		}
	}
	for list, is := range map[string]class{monthNames: classMonth, weekdayNames: classWeekday, numberWords: classNumber,
		scaleWords: classScale, currencyWords: classCurrency} {
		for line := range strings.Lines(list) {
			ws := strings.Fields(line)
			if len(ws) == 0 {
				continue
			}
			val := atoiSmall(ws[0])
			for _, w := range ws[1:] {
				l.add(w, is, val)
			}
		}
	}
	for w := range l.places.first {
		l.add(w, classPlace, 0)
	}
	l.acts = foldActs()
	return l
})

// add folds the word as splitTokens does, so that the lists above may be written as people write.
func (l *lexicon) add(w string, is class, val int32) {
	low := foldToken(w)
	e := l.words[low]
	e.is |= is
	if val != 0 {
		e.val = val
	}
	l.words[low] = e
}

// foldToken is a word as splitTokens has it.
func foldToken(w string) string {
	var b strings.Builder
	for _, r := range w {
		foldTokenRune(&b, r)
	}
	return b.String()
}

func atoiSmall(s string) int32 {
	n := int32(0)
	for _, c := range []byte(s) {
		n = n*10 + int32(c-'0')
	}
	return n
}

// currencies are ISO 4217 codes, numbered from 1 by currencyWords.
var currencies = [...]string{"", "USD", "EUR", "GBP", "PKR", "INR", "PLN", "RUB", "JPY", "CNY", "TRY", "CHF"}

const currencyWords = `
1 $ us$ dollar dollars usd dollaro dollari dólar dólares dolar dolarów долларов доллар ڈالر دولار
2 € euro euros eur евро یورو يورو
3 £ pound pounds gbp sterling quid pfund libras livres фунтов پاؤنڈ
4 rs pkr rupees rupee روپے
5 ₹ inr
6 pln zloty zlotys złotych zł
7 ₽ rub rouble roubles ruble rubles рублей
8 ¥ jpy yen
9 cny yuan renminbi
10 lira liras try
11 chf francs`

const monthNames = `
1 january jan januar janvier enero styczeń stycznia gennaio januari janeiro январь января ocak جنوری يناير
2 february feb februar février febrero luty lutego febbraio februari fevereiro февраль февраля şubat فروری فبراير
3 march mar märz mars marzo marzec marca maart março март марта mart مارچ مارس
4 april apr avril abril kwiecień kwietnia aprile апрель апреля nisan اپریل أبريل
5 may mai mayo maj maja maggio mei maio май мая mayıs مئی مايو
6 june jun juni juin junio czerwiec czerwca giugno junho июнь июня haziran جون يونيو
7 july jul juli juillet julio lipiec lipca luglio julho июль июля temmuz جولائی يوليو
8 august aug août agosto sierpień sierpnia augustus август августа ağustos اگست أغسطس
9 september sep sept septembre septiembre wrzesień września settembre setembro сентябрь сентября eylül ستمبر سبتمبر
10 october oct oktober octobre octubre październik października ottobre outubro октябрь октября ekim اکتوبر أكتوبر
11 november nov novembre noviembre listopad listopada novembro ноябрь ноября kasım نومبر نوفمبر
12 december dec dezember décembre diciembre grudzień grudnia dicembre dezembro декабрь декабря aralık دسمبر ديسمبر`

// Sunday is 7 here, because 0 means "none" in an entry.
const weekdayNames = `
1 monday mon montag lundi lunes poniedziałek lunedì maandag segunda-feira понедельник pazartesi پیر الاثنين الإثنين
2 tuesday tue tues dienstag mardi martes wtorek martedì dinsdag terça-feira вторник salı منگل الثلاثاء
3 wednesday wed mittwoch mercredi miércoles środa środę mercoledì woensdag quarta-feira среду среда çarşamba بدھ الأربعاء
4 thursday thu thurs donnerstag jeudi jueves czwartek giovedì donderdag quinta-feira четверг perşembe جمعرات الخميس
5 friday fri freitag vendredi viernes piątek venerdì vrijdag sexta-feira пятницу пятница cuma جمعہ جمعے الجمعة
6 saturday sat samstag samedi sábado sobota sobotę sabato zaterdag субботу суббота cumartesi ہفتے السبت
7 sunday sun sonntag dimanche domingo niedziela niedzielę domenica zondag воскресенье pazar اتوار الأحد`

const numberWords = `
1 one
2 two zwei deux dos dwa due twee dois два دو
3 three drei trois tres trzy tre drie três три تین
4 four vier quatre cuatro cztery quattro quatro четыре چار
5 five fünf cinq cinco pięć cinque vijf пять پانچ
6 six sechs seis sześć sei zes шесть چھ
7 seven sieben sept siete siedem sette zeven sete семь سات
8 eight acht huit ocho osiem otto oito восемь آٹھ
9 nine neun neuf nueve dziewięć nove девять
10 ten zehn dix diez dziesięć dieci tien dez десять
11 eleven elf onze
12 twelve zwölf douze doce
13 thirteen dreizehn treize trece
14 fourteen
15 fifteen quinze quince
16 sixteen
17 seventeen
18 eighteen
19 nineteen
20 twenty zwanzig vingt veinte
30 thirty dreißig trente treinta
40 forty
50 fifty
60 sixty
70 seventy
80 eighty
90 ninety`

const scaleWords = `
2 hundred hundert cent cien
3 thousand tausend mille mil tysięcy mila duizend тысяч тыс k
5 lakh lakhs لاکھ
6 million millions mn m millionen million millones milioni milionów miljoen milhões миллионов млн milyon mio
7 crore crores کروڑ
9 billion billions bn milliarden milliards miliardi miliardów miljard миллиардов млрд milyar mrd
12 trillion trillions tn`

// wordLists are the words that rules ask about, by what they are.
var wordLists = []struct {
	is    class
	words string
}{
	{classFunction | classStop, `the a an of for to in on at by with from and or but nor as into onto over under between among during
		after before since until till about against through across within without per via upon toward towards near off out up down
		is are was were be been being has have had do does did will would shall should can could may might must not no
		he she it they we i you his her its their our your my him them us me this that these those which who whom whose what where
		when while if than then there here so such also both either neither each every all any some more most other another
		just only even still yet too very again ever never now today yesterday tomorrow later earlier ago because although though
		however meanwhile moreover furthermore amid despite following according including like unlike versus vs around along
		behind beyond except inside outside plus`},
	{classFunction | classStop, `der die das den dem des ein eine einen einem einer und oder mit von vom zum zur im in am auf für bei nach aus
		le la les un une des du de et ou en au aux dans sur pour par avec el los las una unos del y o con por para il lo gli dei
		delle della dello nel nella sul per tra fra i w na z do od po przez dla oraz het een van met voor te o os as um uma do da dos
		das no na nos e em com para в на и с по для от из к о не что ve ile bir bu`},
	{classAbbrev, `mr mrs ms dr prof gen lt maj col brig capt cdr adm sgt gov sen rep rev hon st jr sr no vs jan feb mar apr jun jul aug
		sep sept oct nov dec rs inc ltd co corp retd rtd engr adv fla calif tex mass ind ill ont que e.g i.e a.m p.m u.s u.k u.n u.s.a e.u ave blvd nr hr bn
		u.a.e d.c`},
	{classHonor, `mr mrs ms miss dr prof professor sir dame lord lady senator sen gen general lt lieutenant maj major col colonel
		brig brigadier capt adm admiral vice-admiral rear cdr cmdr sgt sergeant rev reverend hon rtd retd ret maulana mufti mullah allama engr
		engineer barrister advocate prince princess he shri smt herr frau monsieur madame mme señor señora don doña pan pani signor
		lt-gen lt-col maj-gen air-marshal marshal vice-marshal wing squadron excellency haji hafiz field`},
	{classRole, `minister premier president chancellor king queen emir sultan pope ambassador envoy consul commissioner secretary
		undersecretary governor mayor chairman chairwoman chairperson chair chief head director dg md manager officer commander
		spokesman spokeswoman spokesperson representative congressman congresswoman lawmaker mp mna mpa judge justice prosecutor
		lawyer attorney coach captain skipper goalkeeper keeper striker midfielder defender batter batsman batsmen bowler forward winger
		ceo cfo coo cto founder co-founder owner analyst economist strategist expert scientist researcher adviser advisor aide leader
		speaker sheriff superintendent inspector registrar dean rector principal dig ig igp ssp sp rpo dpo cm pm fm dgispr
		activist journalist bishop archbishop cardinal imam patriarch negotiator delegate mediator counsellor counterpart deputy
		legislator senator member coordinator administrator executive treasurer coach referee umpire cornerback quarterback pitcher
		seismologist meteorologist forecaster physician surgeon historian author novelist director-general secretary-general
		vice-president vice-chancellor vice-chairman convener patron warden magistrate ombudsman comptroller auditor constable
		assistant boss host candidate nominee opener all-rounder spinner pacer fast-bowler left-hander right-hander seamer winger fly-half hooker
		detective firefighter paramedic pilot astronaut farmer shopkeeper resident survivor witness teacher student lecturer
		strategist trader broker fund-manager statistician auditor-general attorney-general high-commissioner curator conductor
		ministre ministro ministra minister-president ministr kommissar commissaire comisario commissario präsident président presidente prezydent
		kanzler chancelier canciller botschafter ambassadeur embajador ambasciatore ambasador посол министр президент
		bakanı cumhurbaşkanı innenminister außenminister finanzminister innenministerin außenministerin finanzministerin bundesinnenminister bundesinnenministerin
		bundesaußenminister bundesfinanzminister bundeskanzler bundeskanzlerin kanzlerin bundespräsident präsidentin ministerin ministerpräsidentin verteidigungsminister verteidigungsministerin
		wirtschaftsminister wirtschaftsministerin justizminister justizministerin bürgermeister bürgermeisterin oberbürgermeister sprecher sprecherin vorsitzende vorsitzender
		kommissarin botschafterin commandant wiceminister ministrem vizepremier ministerpräsident
		وزیر صدر سفیر کمشنر وزيير الوزير رئيس سفير مفوض homologue homólogo amtskollege`},
	{classRole | classRolePlural, `ministers presidents ambassadors envoys commissioners secretaries governors mayors chiefs heads
		directors officers commanders spokesmen representatives congressmen lawmakers judges justices prosecutors lawyers analysts
		economists experts scientists researchers advisers advisors aides leaders senators members generals activists journalists
		negotiators legislators economists forwards defenders bowlers openers executives deputies`},
	{classRoleMod, `deputy prime vice assistant country acting former interim caretaker federal provincial state chief joint additional special
		senior junior first second permanent under executive managing general inspector attorney solicitor high crown lead head
		principal visiting outgoing incoming newly-appointed newly-elected minister-designate ex-prime ex-president ex-minister ex
		british-born opposition majority minority ruling national international regional district city town county local central union
		associate team world party government police army military naval opening club parliamentary presidential royal chief-executive
		commissioner-general star veteran striker goalkeeper left-arm right-arm leg off fast wicketkeeper captain-elect supreme top
		vizepremier stellvertretender`},
	{classTopic, `interior home foreign external internal defence defense finance treasury economic economics economy commerce trade industry
		industries energy petroleum oil gas power water health education planning development information broadcasting technology
		science law legal affairs culture cultural heritage tourism sports sport youth women human rights labour labor employment social welfare
		housing works transport transportation railways railway aviation maritime shipping ports communications environment climate change agriculture
		food security national narcotics anti-narcotics control migration asylum immigration integration refugees overseas frontier
		regions privatisation investment revenue public safety prisons war veterans digital space nuclear atomic strategic armed forces
		navy air emergency disaster management relief reconstruction rural urban municipal media press political policy administration operations
		investigation investigations intelligence counter-terrorism counterterrorism homeland budget banking monetary markets competition
		passports visa customs statistics commercial consular protocol americas europe asia middle east south north west eastern western communication
		innovation research skills families family children equality diplomacy religious interfaith harmony parliamentary inter-provincial
		coordination cabinet establishment kashmir petroleum mineral minerals mining fisheries forests livestock irrigation excise taxation
		reforms reform governance welfare fintech cyber telecom telecommunication telecommunications infrastructure logistics mobility readmission border
		borders anti-corruption anti-terrorism constitutional global regional enlargement neighbourhood neighborhood crisis humanitarian aid partnerships justice
		asylum reconciliation veterans' bilateral multilateral medical`},
	{classOrg, `ministry department authority agency commission committee council board bureau service services force forces guard guards
		corps court parliament assembly senate congress union association federation society institute institution university
		college school hospital bank company corporation group ltd inc party front movement alliance league united fc team police
		embassy mission consulate secretariat foundation fund trust airlines airways airline network division brigade army navy command
		directorate organisation organization fbi cia fia nab isi un eu nato imf opec who wto unesco unicef unhcr iaea nasa cabinet
		government reserve exchange times post news herald press tribune chronicle gazette mirror telegraph guardian observer
		media tv television radio channel cup trophy series championship open games conference summit forum dialogue process
		act bill law agreement accord treaty pact protocol resolution declaration convention programme program project initiative plan
		day week month year street road avenue square lane river lake mount mountain sea ocean strait bay island islands peninsula
		desert valley province district division region city town village county state republic kingdom emirate islamic democratic
		group holdings partners industries airport station port bridge tunnel dam stadium hotel tower building centre center house palace
		works labs laboratories motors electric technologies systems sciences studies academy library museum gallery theatre church
		mosque temple cathedral shrine office unit branch section cell chamber zone staff council award prize medal order report index survey review journal magazine
		war treaty revolution world nations states olympic olympics`},
	{classFacility, `ministry house palace centre center hall stadium hotel airport office headquarters embassy university secretariat
		court club parliament mission museum ground arena park church mosque complex institute base school hospital auditorium college
		castle villa temple theatre cathedral shrine pavilion plaza fort academy resort campus consulate commission department building tower compound fairgrounds
		station terminal shipyard lodge estadio stade stadion palazzo palais palast palacio rathaus kancelaria circuit racecourse courthouse capitol kremlin oval fieldhouse coliseum garden gardens residence library council`},
	{classSay, `said says told tells added noted stated announced warned argued claimed insisted explained remarked replied stressed
		emphasised emphasized highlighted reiterated vowed pledged wrote tweeted testified acknowledged conceded admitted denied confirmed
		urged called thanked praised welcomed met visited appreciated briefed informed assured expressed commended hailed termed described
		led hosted chaired attended arrived held inaugurated addressed presided scored took hit made won lost beat signed`},
	{classEvent, `meeting meetings talks summit conference session dialogue forum ceremony match final game tie semi-final hearing visit
		gathering negotiations round consultations discussions event rally seminar workshop exhibition launch festival reception
		protest trial vote inauguration press-conference briefing luncheon dinner tournament race show airshow congress assembly debate
		funeral wedding concert parade decision announcement signing draw sale strike crash session verdict ruling clash marathon exercise exercises drill treffen gespräch gespräche réunion reunión incontro spotkanie rozmowy
		встреча встрече переговоры görüşme ملاقات مذاکرات اجلاس لقاء اجتماع`},
	{classHappen, `met held convened gathered hosted chaired attended addressed inaugurated opened signed concluded kicked began started
		talking speaking addressing took arrived visited called received inked beat defeated won thrashed edged testified appeared launched unveiled marched
		rallied staged presided co-chaired welcomed spoke discussed agreed`},
	{classParticle, `bin bint ibn al el ul ur ud uz us de di da dos du van von der den della del la le ter ten abu zu y al-din san`},
	{classMeasure, `percent pc km kms kilometre kilometres kilometer kilometers metre metres meter meters mile miles mph kph kmh km/h feet foot ft inch inches
		cm mm kg kilograms kilogrammes kilos tonnes tons tonne ton barrels bpd degrees minutes hours days weeks months years seconds
		minute hour day week month year decade decades acres hectares litres liters gallons megawatts mw gw kw points prozent procent percento kilómetros kilomètres kilometrów
		jahre jahren ans años anni lat лет horas heures stunden ore godzin часов days' magnitude knots overs runs wickets goals`},
	{classCount, `people men women children police personnel troops staff cattle sheep aircraft civilians crew migrants pilgrims militants lives
		fish deer dead injured wounded missing killed homeless displaced percent personen menschen tote verletzte personnes morts personas muertos heridos
		persone morti osób zabitych rannych mensen doden pessoas mortos человек kişi افراد قتيلا شخصا`},
	{classStop, `said says told killed injured wounded arrested detained held made took was had have agreed signed will would could
		worth ago old according due more less apart away left right each ahead behind who that which including against years' between
		took came went were seen found set put cut run won lost beat hit led met kept gave got sent became began told`},
	{classCommon, `breaking exclusive live watch video photo photos update updates opinion editorial analysis read share latest top related
		advertisement home world sports business politics health technology entertainment also islam muslim muslims christian hindu jewish
		sikh buddhist ramadan eid christmas easter internet covid covid-19 prime big great new old east west south north northern southern eastern western
		central upper lower black white red blue green god allah bible quran constitution cold super instagram facebook twitter youtube whatsapp telegram
		x tiktok google microsoft apple amazon boeing airbus tesla toyota samsung huawei quake earthquake hurricane cyclone typhoon storm flood floods
		hamas hezbollah taliban houthi houthis isis daesh al-qaeda ttp bla ira eta
		republican democrat democrats republicans labour tory tories conservative conservatives liberal liberals
		tuesday wednesday thursday friday saturday sunday monday mou mous`},
	{classGiven, givenNames},
}

// givenNames start a person's name in our beats' languages. They only decide where a role ends and a name begins, and
// whether a capitalised pair without a role is a person.
const givenNames = `muhammad mohammad mohammed mohamed ahmed ahmad ali hassan hasan hussain hussein husain abdul abdullah abdulaziz abdulla
	ibrahim ismail yusuf yousuf youssef omar umar usman uthman khalid khaled tariq tareq mohsin ishaq shehbaz nawaz imran asif bilawal maryam talal
	noor zafar zahid shahid saeed said sajid saqib salman salim saleem sohail sohaib sultan syed tahir waqar wasim yasir zain zubair adnan aamir amir
	amjad anwar arif arshad asad asim atif attaullah ayesha aisha azam babar bashir bilal danish faisal farooq fawad fazal ghulam hafeez hamid hamza
	haris haroon hina iftikhar ijaz iqbal irfan jamal javed junaid kamal kamran karim kashif khawaja khurram liaquat mahmood malik mansoor masood
	mustafa nadeem nasir nasser naveed nida omer pervez pervaiz qasim rana rashid raza rehman riaz rizwan sadiq sami sarfraz shafqat shaheen
	shahzad shakeel shan sharif shoaib siraj sirajuddin tanvir umer usama waseem yaqoob younis yousaf zaheer zardari fatima khadija maria sana sara zainab
	narendra rahul amit rajnath subrahmanyam nirmala sonia priyanka arvind yogi ajit anil ashok deepak ganesh gautam harsh karan kiran kumar lalit
	manish manoj mukesh naveen nitin piyush pradeep prakash rajesh raj rajiv rakesh ram ramesh ravi rohit virat sachin sandeep sanjay sanjiv shashi
	shubman suresh sunil suryakumar vijay vikram vinod virender jasprit kuldeep tilak abhishek hardik smriti harmanpreet
	john james robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul andrew joshua kenneth
	kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory
	alexander frank patrick raymond jack dennis jerry tyler aaron jose adam nathan henry douglas zachary peter kyle ethan walter noah jeremy christian keith
	roger terry gerald harold sean austin carl arthur lawrence dylan jesse jordan bryan billy bruce gabriel joe logan alan juan albert willie elijah
	randy wayne vincent philip eugene russell bobby harry johnny louis martin ben tom tim jim bill bob mike steve dan dave ken ron don rick greg jeff chris matt nick
	mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley kimberly emily donna michelle carol amanda
	dorothy melissa deborah stephanie rebecca sharon laura cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha katherine christine
	debra rachel carolyn janet catherine heather diane ruth julie olivia joyce virginia victoria kelly lauren christina joan evelyn judith megan andrea
	cheryl hannah jacqueline martha gloria teresa ann kathryn frances alice jean julia jane kate claire lucy charlotte sophie yvette rachel liz theresa nicola
	keir boris rishi nigel ed gordon tony alastair jeremy hamish angus fergus callum ian neil graham simon stuart nigel clive trevor gareth owen rhys huw
	wes alex jess bridget shabana priti suella kemi
	hans karl klaus jürgen wolfgang friedrich olaf annalena boris christian lars robert markus alexander nancy horst heiko frank-walter angela ursula johannes
	magnus gerhard karoline johann josef franz sebastian thomas stefan andreas matthias jens jan dirk uwe ralf bernd dieter manfred
	emmanuel jean-luc françois nicolas marine gérald bruno gabriel élisabeth michel pierre jacques philippe bernard laurent alain christophe olivier
	giorgia matteo antonio sergio mario silvio luigi giuseppe guido carlo francesco giancarlo roberto paolo marco andrea alessandro stefano
	pedro josé carlos luis juan fernando javier miguel ángel manuel francisco santiago pablo rafael diego jorge alberto maría ana carmen isabel
	antónio joão luís marcelo andré ricardo paulo rui nuno
	donald bartosz maciej marcin radosław radoslaw andrzej mateusz tomasz krzysztof piotr paweł jarosław mariusz michał adam kamil wojciech agnieszka katarzyna
	władysław wladyslaw zbigniew stanisław jan jakub rafał sławomir anna ewa małgorzata barbara dominik łukasz grzegorz
	mark geert wilders dick jan-peter frans sigrid caspar dilan wopke ruben erik sven arne ole mette lars ulf magdalena sanna petteri alar kaja igor heikki
	gintaras richards edgars evika gitanas krišjānis kyriakos alexis athanasios nikos giorgos george konstantinos dimitris kostas
	viktor péter zsolt sándor andrej robert peter petr vít zuzana
	vladimir sergei sergey dmitry dmitri alexei alexey mikhail nikolai yuri boris ivan andrei anton maxim valery vyacheslav maria anatoly igor oleg pavel viktor
	volodymyr andriy andrii oleksandr dmytro denys yulia rustem serhiy mykola petro
	recep hakan yaşar ibrahim ali ahmet mehmet mustafa süleyman numan cevdet mevlüt ekrem özgür
	ebrahim hassan abbas masoud eskandar mohammad-javad esmail amir hossein reza mahmoud ayatollah
	bashar asaad murhaf mazloum benjamin isaac yoav israel bezalel itamar yair naftali avigdor khaled khalil ismail yahya mahmoud
	xi li wang zhang liu chen qi jiang he zhao wu yang
	shinzo fumio shigeru sanae yoshihide taro kim lee park yoon moon han choi ban
	anthony scott penny jacinda christopher justin mark mélanie chrystia pierre doug
	cyril jacob thabo julius william raila uhuru bola muhammadu olusegun nana paul yoweri abiy emmerson hakainde
	luiz jair javier nicolas nicolás gustavo gabriel claudia andrés lopez miguel daniel
	kylian erling harry marcus bukayo jude phil declan kevin mohamed lionel cristiano neymar vinicius robert karim luka toni virgil alisson bruno
	alexander bryan benjamin arda aurelien anatoliy andreas vangelis gianluca jose pep jurgen mikel thomas eddie ruben arne
	jerome christine andrew haruhiko janet austan jeffrey stephen stephan michelle lael neel loretta raphael lorie
	jorge gordon jd kamala barack hillary nancy chuck mitch bernie elizabeth marco pete kristi pam tulsi kash elon mark jamieson howard steve tom jared marjorie
	usha volker filippo antonio ajay melinda sam tim sundar satya jensen warren jamie`
