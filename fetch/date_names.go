package fetch

import (
	"strings"
	"time"
	_ "time/tzdata" // zone names in dates must mean the same on every machine
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold makes names comparable: lower case, no diacritics.
func fold(s string) string {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			ascii = false
			break
		}
	}
	s = strings.ToLower(s)
	if ascii {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

// months and weekdays hold the names and usual abbreviations of English, German, French, Spanish, Italian, Portuguese,
// Dutch, Polish, Russian, Ukrainian, Greek, Hungarian, Swedish, Danish, Norwegian, Czech, Turkish, Romanian and Finnish.
var months = names(
	"january jan januar januari janvier janv enero ene gennaio gen janeiro janar styczen stycznia sty январь января янв січень січня січ ιανουαριος ιανουαριου ιαν januar ledna leden ocak oca ianuarie ian tammikuu tammikuuta jän janner jaen",
	"february feb februar februari fevrier fevr fev febrero febbraio fevereiro luty lutego lut февраль февраля фев февр лютий лютого φεβρουαριος φεβρουαριου φεβ unora unor subat sub februarie helmikuu helmikuuta febr",
	"march mar mars marz maerz mrz mars marzo março marco maart mrt marzec marca март марта мар березень березня бер μαρτιος μαρτιου μαρ marcius marc brezna brezen mart martie maaliskuu maaliskuuta",
	"april apr avril avr abril abr aprile kwiecien kwietnia kwi апрель апреля апр квітень квітня квіт απριλιος απριλιου απρ aprilis dubna duben nisan nis aprilie huhtikuu huhtikuuta",
	"may mai mayo maggio mag maio mei maj maja май мая травень травня трав μαιος μαιου μαι majus kvetna kveten mayis toukokuu toukokuuta",
	"june jun juni juin junio giugno giu junho czerwiec czerwca cze июнь июня июн червень червня черв ιουνιος ιουνιου ιουν junius cervna cerven haziran haz iunie iun kesakuu kesakuuta",
	"july jul juli juillet juil julio luglio lug julho lipiec lipca lip июль июля июл липень липня лип ιουλιος ιουλιου ιουλ julius cervence cervenec temmuz tem iulie iul heinakuu heinakuuta",
	"august aug aout agosto ago augustus sierpien sierpnia sie август августа авг серпень серпня серп αυγουστος αυγουστου αυγ augusztus augusti srpna srpen agustos agu elokuu elokuuta",
	"september sep sept septembre septiembre settembre set setembro wrzesien wrzesnia wrz сентябрь сентября сен сент вересень вересня вер σεπτεμβριος σεπτεμβριου σεπ szeptember szept zari eylul eyl septembrie syyskuu syyskuuta",
	"october oct oktober okt octobre octubre ottobre ott outubro out pazdziernik pazdziernika paz октябрь октября окт жовтень жовтня жовт οκτωβριος οκτωβριου οκτ rijna rijen ekim eki octombrie lokakuu lokakuuta",
	"november nov novembre noviembre novembro listopad listopada lis ноябрь ноября ноя нояб листопад листопада лист νοεμβριος νοεμβριου νοε kasim kas noiembrie noi marraskuu marraskuuta",
	"december dec dezember dez decembre diciembre dic dicembre dezembro grudzien grudnia gru декабрь декабря дек грудень грудня груд δεκεμβριος δεκεμβριου δεκ prosince prosinec aralik ara decembrie joulukuu joulukuuta des desember",
)

var weekdays = days(
	"sunday sun sonntag so dimanche dim domingo dom domenica zondag zo niedziela niedz nd ndz воскресенье воскресенья вс вск неділя нд κυριακη κυρ vasarnap sondag sön son søndag søn søn. nedele ne pazar paz duminica du sunnuntai su",
	"monday mon montag mo lundi lun lunes lunedi segunda seg maandag ma poniedzialek pon pn понедельник пн пон понеділок δευτερα δευ hetfo het mandag måndag mån man pondeli po pazartesi pzt luni maanantai",
	"tuesday tue tues dienstag di mardi mar martes martedi terca ter dinsdag wtorek wt вторник вт втр вівторок τριτη τρι kedd tisdag tis tirsdag tir utery ut sali sal marti tiistai ti",
	"wednesday wed weds mittwoch mi mercredi mer miercoles mie mercoledi quarta qua woensdag wo sroda sr среда среды ср срд середа τεταρτη τετ szerda sze onsdag ons streda st carsamba car miercuri keskiviikko ke",
	"thursday thu thur thurs donnerstag do jeudi jeu jueves jue giovedi gio quinta qui donderdag czwartek czw cz четверг чт чтв четвер πεμπτη πεμ csutortok csu torsdag tor tors ctvrtek ct persembe per joi torstai to",
	"friday fri freitag fr vendredi ven viernes vie venerdi sexta sex vrijdag vr piatek pt пятница пятницы пт птн пятниця παρασκευη παρ pentek pen fredag fre patek pa cuma cum vineri vi perjantai pe",
	"saturday sat samstag sa sonnabend samedi sam sabado sab sabato zaterdag za sobota sob sb суббота субботы сб сбт субота σαββατο σαβ szombat szo lordag lørdag lør lor lördag lör sobota cumartesi cmt sambata lauantai la",
)

func names(lists ...string) map[string]time.Month {
	out := map[string]time.Month{}
	for i, list := range lists {
		for _, name := range strings.Fields(list) {
			out[fold(name)] = time.Month(i + 1)
		}
	}
	return out
}

func days(lists ...string) map[string]time.Weekday {
	out := map[string]time.Weekday{}
	for i, list := range lists {
		for _, name := range strings.Fields(list) {
			out[fold(name)] = time.Weekday(i)
		}
	}
	return out
}

// halves are the halves of the day in Korean, Japanese and Chinese, folded as words are.
var halves = [6]string{fold("오전"), fold("오후"), fold("午前"), fold("午後"), fold("上午"), fold("下午")}

// ordinals may be glued to a day: 1st, 2nd, 3rd, 4th, 1er.
var ordinals = set("st nd rd th er e eme de a o")

// fillers say nothing: "8 de mayo de 2020 a las 10:00", "at 10:00 Uhr".
var fillers = set("t at um uhr le la las a à de del di do the of on kl klo o ora godz hrs h г року r")

func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[fold(w)] = true
	}
	return out
}

// zones are the abbreviations with one usual meaning, in minutes east of Greenwich. RFC 822 section 5.1 fixes those of
// North America; the military letters but Z are unknown (RFC 5322 section 4.3), and so is everything not listed.
var zones = map[string]int{
	"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "ETC/GMT": 0, "ETC/UTC": 0,
	"EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
	"AKST": -540, "AKDT": -480, "HST": -600, "HAST": -600, "HADT": -540, "AST": -240, "ADT": -180, "NST": -210, "NDT": -150,
	"BRT": -180, "BRST": -120, "ART": -180, "CLT": -240, "CLST": -180, "COT": -300, "PET": -300, "VET": -240, "UYT": -180,
	"BST": 60, "WEST": 60, "CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120, "MET": 60, "MEST": 120, "MEWT": 60, "WAT": 60,
	"EET": 120, "EEST": 180, "CAT": 120, "SAST": 120, "EAT": 180, "MSK": 180, "MSD": 240, "TRT": 180, "SAMT": 240,
	"IRST": 210, "IRDT": 270, "GST": 240, "AZT": 240, "AMT": 240, "GET": 240, "AFT": 270,
	"PKT": 300, "PKST": 360, "UZT": 300, "TMT": 300, "TJT": 300, "YEKT": 300, "MVT": 300, "IST": 330, "NPT": 345,
	"BDT": 360, "BTT": 360, "ALMT": 360, "KGT": 360, "OMST": 360, "NOVT": 420, "MMT": 390, "ICT": 420, "WIB": 420, "KRAT": 420,
	"SGT": 480, "MYT": 480, "HKT": 480, "PHT": 480, "AWST": 480, "WITA": 480, "CNST": 480, "IRKT": 480, "ULAT": 480,
	"JST": 540, "KST": 540, "WIT": 540, "YAKT": 540, "ACST": 570, "ACDT": 630, "AEST": 600, "AEDT": 660, "CHST": 600,
	"VLAT": 600, "MAGT": 660, "NZST": 720, "NZDT": 780, "FJT": 720, "PETT": 720, "KST9KDT": 540,
}

// regions are abbreviations that mean a place's own time, with its summer time.
var regions = map[string]string{
	"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
	"AT": "America/Halifax", "EASTERN": "America/New_York", "PACIFIC": "America/Los_Angeles",
}
