package normalize

import "strings"

// monthWords and weekdayWords are the first letters of the months and weekdays, folded, in the languages that we know.
// A value of 1 is January or Monday. Words that mean something else too ("may", "mar") count only beside a number.
var monthWords = wordTable(
	"january jan januar janvier enero gennaio januari styczen stycznia janeiro ocak yanvar yanvarya janar ynayr jnwry",
	"february feb februar fevrier febrero febbraio februari luty lutego fevereiro subat fevral fevralya fbrayr frwry",
	"march mar maerz marz mars marzo maart marzec marca marco mart marta mars mars march marh",
	"april apr avril abril aprile kwiecien kwietnia nisan aprel aprelya abryl apryl",
	"may mai mayo maggio mei maj maja maio mayis maya mayw my",
	"june jun juni juin junio giugno czerwiec czerwca junho haziran iyun iyunya ywnyw jwn",
	"july jul juli juillet julio luglio lipiec lipca julho temmuz iyul iyulya ywlyw jwlayy",
	"august aug aout agosto augustus sierpien sierpnia agustos avgust avgusta aghsts agst ghstws",
	"september sept sep septembre septiembre settembre wrzesien wrzesnia setembro eylul sentyabr sentyabrya sbtmbr stmbr",
	"october oct oktober octobre octubre ottobre okt pazdziernik pazdziernika outubro ekim oktyabr oktyabrya aktwbr",
	"november nov novembre noviembre listopad listopada novembro kasim noyabr noyabrya nwfmbr nwmbr",
	"december dec dezember decembre diciembre dicembre dez grudzien grudnia dezembro aralik dekabr dekabrya dysmbr dsmbr",
)

var weekdayWords = wordTable(
	"monday montag lundi lunes lunedi maandag poniedzialek segunda pazartesi ponedelnik alathnyn alasnyn pyr",
	"tuesday dienstag mardi martes martedi dinsdag wtorek terca sali vtornik althlatha alslasaa mngl",
	"wednesday mittwoch mercredi miercoles mercoledi woensdag sroda srode quarta carsamba sreda sredu alarbaaa bdh",
	"thursday donnerstag jeudi jueves giovedi donderdag czwartek quinta persembe chetverg alkhmys jmarat",
	"friday freitag vendredi viernes venerdi vrijdag piatek sexta cuma pyatnitsa pyatnitsu aljmat jmah",
	"saturday samstag sonnabend samedi sabado sabato zaterdag sobota sobote cumartesi subbota subbotu alsbt hfth hfte",
	"sunday sonntag dimanche domingo domenica zondag niedziela niedziele pazar voskresene alahd atwar",
)

// wordTable maps every word of the i-th line to i+1.
func wordTable(lines ...string) map[string]uint8 {
	m := map[string]uint8{}
	for i, l := range lines {
		for w := range strings.FieldsSeq(l) {
			m[w] = uint8(i + 1)
		}
	}
	return m
}

// ordinalWords are the ordinals that newspapers write out. "First" and "second" say little and are left out.
var ordinalWords = wordTable(
	"", "",
	"third troisieme tercer tercera dritte dritten dritter terzo terza trzeci trzecia derde terceiro ucuncu tretii tretya",
	"fourth quatrieme cuarto cuarta vierte vierten quarto quarta czwarty vierde dorduncu",
	"fifth cinquieme quinto quinta funfte funften piaty vijfde besinci",
	"sixth sixieme sexto sechste sechsten sesto sesta szosty zesde",
	"seventh septieme septimo siebte siebten settimo siodmy zevende",
	"eighth huitieme octavo achte achten ottavo osmy achtste",
	"ninth neuvieme noveno neunte neunten nono dziewiaty negende",
	"tenth dixieme decimo zehnte zehnten decima dziesiaty tiende",
	"eleventh onzieme undecimo elfte undicesimo", "twelfth douzieme duodecimo zwolfte", "thirteenth", "fourteenth",
	"fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
)

// smallNumbers are the numbers that newspapers write out.
var smallNumbers = map[string]float64{
	"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
	"twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
	"nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
	"ninety": 90,
	"zwei":   2, "drei": 3, "vier": 4, "funf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10,
	"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
	"dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10,
	"due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "sette": 7, "otto": 8, "nove": 9, "dieci": 10,
}

// scales are the words that multiply the number before them.
var scales = map[string]float64{
	"hundred": 100, "thousand": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9,
	"trillion": 1e12, "k": 1e3, "lakh": 1e5, "crore": 1e7,
	"tausend": 1e3, "millionen": 1e6, "mio": 1e6, "milliarden": 1e9, "mrd": 1e9, "mille": 1e3, "milliards": 1e9,
	"mil": 1e3, "millones": 1e6, "milioni": 1e6, "miliardi": 1e9, "miljoen": 1e6, "miljard": 1e9, "duizend": 1e3,
	"tysiecy": 1e3, "tys": 1e3, "mln": 1e6, "milionow": 1e6, "miliardow": 1e9, "mld": 1e9, "milhoes": 1e6, "milyon": 1e6,
	"milyar": 1e9, "bin": 1e3, "tysyach": 1e3, "tys.": 1e3, "millionov": 1e6, "milliardov": 1e9, "hzar": 1e3, "alf": 1e3,
	"mlywn": 1e6, "mlyar": 1e9, "arb": 1e9,
}

// percentWords name a share of a hundred.
var percentWords = map[string]bool{
	"percent": true, "pc": true, "prozent": true, "pct": true, "procent": true, "proc": true, "cento": true, "ciento": true, "cent": true,
	"percentage": true, "yuzde": true, "protsentov": true, "protsenta": true, "fysd": true, "balmayt": true,
}
