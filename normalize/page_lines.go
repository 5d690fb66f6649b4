package normalize

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineKind is what a line of a page dump is for.
type lineKind uint8

const (
	lineText      lineKind = iota // a paragraph, a headline or a standfirst: its place decides
	lineFurniture                 // navigation, share buttons, cookie notes, adverts, "read more" links
	lineEnd                       // the article is over: related stories, comments, the footer
	lineDate                      // a date, alone or with its label and a byline
	lineByline                    // who wrote it
	lineAgency                    // an agency alone
	lineCaption                   // a photo's caption or credit
	lineSection                   // World News, Politics
	lineBullet                    // a deck or highlight with a bullet
	lineOutlet                    // a masthead or copyright line
)

// line is one line of a page dump with what it was recognised as.
type line struct {
	text string
	kind lineKind
}

// maxPageLines bounds the lines that are looked at one by one; what follows is body.
const maxPageLines = 20_000

// classifyLines cuts a page into lines and says of each what it can be taken for on its own.
func classifyLines(text string) []line {
	var out []line
	for raw := range strings.Lines(text) {
		s := strings.Join(strings.Fields(raw), " ")
		if s == "" {
			continue
		}
		l := line{text: s}
		if len(out) < maxPageLines {
			l.kind, l.text = classifyLine(s)
		}
		out = append(out, l)
	}
	return out
}

func classifyLine(s string) (lineKind, string) {
	words := wordCount(s)
	low := strings.ToLower(s)
	if words > 60 {
		return lineText, s
	}
	if b, ok := bullet(s); ok {
		if k, _ := classifyLine(b); k == lineFurniture || k == lineEnd {
			return k, b
		}
		return lineBullet, b
	}
	switch {
	case endLine(low, words):
		return lineEnd, s
	case furniture(low, words):
		return lineFurniture, s
	case copyrightLine(low):
		return lineOutlet, s
	case (words <= 14 || words <= 26 && strings.Contains(s, "|")) && hasDate(s):
		if k := dateLineKind(s); k != lineText {
			return k, s
		}
	}
	switch {
	case words <= 12 && deskLine(s), bylineStart(low, words) && words <= 12:
		return lineByline, s
	case words <= 4 && agencyName(s) != "":
		return lineAgency, s
	case captionLine(s, low, words):
		return lineCaption, s
	case words <= 4 && sectionName(low):
		return lineSection, s
	case words <= 3 && mastheadLine(s, low):
		return lineOutlet, s
	}
	return lineText, s
}

func wordCount(s string) int {
	n, in := 0, false
	for i := range len(s) {
		sp := s[i] == ' '
		if !sp && !in {
			n++
		}
		in = !sp
	}
	return n
}

// bullet takes the mark of a list off a line.
func bullet(s string) (string, bool) {
	r, n := utf8.DecodeRuneInString(s)
	switch r {
	case '-', '*', '•', '·', '▪', '►', '●', '■', '–', '—', '➤', '→', '‣', '◆':
		rest := s[n:]
		if strings.HasPrefix(rest, " ") && len(rest) > 1 && !strings.HasPrefix(rest, " -") {
			return strings.TrimSpace(rest), true
		}
		if r != '-' && r != '*' && r != '–' && r != '—' && rest != "" {
			return strings.TrimSpace(rest), true
		}
	}
	return s, false
}

// furnitureWords are lines that are furniture when they stand alone, furnitureStarts when they begin so and are short.
var furnitureWords = wordSet(`share|tweet|print|email|save|copy link|listen|advertisement|advertisements|ad|sponsored|menu|left menu|right menu|search|home|login|log in|sign in|sign up|
	register|subscribe|subscribe now|follow us|facebook|twitter|x|whatsapp|linkedin|instagram|youtube|telegram|pinterest|reddit|skip to content|skip to main content|close|
	accept|accept all|accept cookies|reject|continue|continue reading|read more|read full story|next|previous|prev|back|back to top|top|loading|loading...|play|pause|
	live tv|e-paper|epaper|newsletter|newsletters|videos|photos|gallery|audio|text size|a a a|share this article|share this|share on facebook|share on twitter|download logo|
	must read|trending|trending now|latest|latest news|breaking news|breaking|just in|editor's pick|editors' picks|story continues below|story continues below advertisement|
	article continues below|article continues after ad|promoted|image|picture|comment|0 comments|no comments|view comments|google news|follow|logo|toggle navigation|navigation|go|link copied|
	scroll to continue|tap to unmute|contact us|about us|privacy policy|terms of use|share:|listen to article|listen to this article|translate|dark mode|full screen|get the app|en|اردو|share via|send|lock|this article is for subscribers only|subscribers only|reklama|anzeige|werbung|publicité|publicidad|pubblicità|pobierz materiał i publikuj za darmo|main menu`)

var furnitureStarts = [...]string{"read more:", "also read", "read also", "also see", "see also", "read:", "more:", "watch:", "video:", "listen:", "recommended:", "related:",
	"follow us", "subscribe", "sign up", "join our", "join us", "download our", "download the", "click here", "we use cookies", "this website uses cookies", "this site uses", "by continuing",
	"accept cookies", "cookie", "share on", "share this", "share:", "home >", "home »", "home /", "home ›", "home |", "home news", "you are here", "skip to", "advertisement", "story continues", "get the latest",
	"get our", "stay up to date", "for more news", "like us on", "find us on", "your browser", "please enable", "javascript", "estimated reading time", "reading time", "tap here",
	"read full", "read next", "don't miss", "must read:", "recommended for you", "to receive", "enter your email", "have something to say", "get breaking", "follow the", "follow our",
	"reporting by", "(reporting by", "editing by", "additional reporting", "writing by", "our standards", "associated press writer", "ap writer", "with inputs from", "with input from", "previous article", "next article", "[td_", "views:", "hits:", "shares", "font size", "text size", "listen to", "print this", "email this", "add as a preferred", "follow on", "we have recently", "save article", "show more", "show less", "search for", "search here"}

// endWords end the article when they stand alone or begin a short line.
var endWords = wordSet(`related|related news|related stories|related articles|related posts|related content|related topics|related:|more stories|more news|more from|most read|most popular|most viewed|popular|popular posts|
	comments|comments:|leave a comment|leave a reply|post a comment|add a comment|add comment|comment here|post your comment|you may also like|you might also like|recommended|recommended stories|recommended for you|tags|tags:|
	topics|topics:|read more stories|more in this section|also in the news|latest stories|trending stories|about the author|about author|next article|previous article|next story|previous story|
	top stories|editor's choice|editors' choice|more on this story|more like this|what to read next|from our partners|sponsored content|around the web|what's new|recent posts|recent stories|latest posts|other stories|explore more|sponsored links|in other news|read these next|more headlines`)

var endStarts = [...]string{"leave a comment", "leave a reply", "tags:", "tags :", "tagged:", "filed under", "related news", "related stories", "more stories from", "more from ", "you may also like", "you might also like",
	"please enter your comment", "your email address will not", "this site uses akismet", "related articles", "comments (", "topics:", "categories:", "next post", "previous post", "originally posted on",
	"most read in", "recommended stories", "join the conversation", "post a comment", "post your comment", "be the first to comment", "keywords:"}

func wordSet(list string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.SplitSeq(list, "|") {
		m[strings.TrimSpace(w)] = true
	}
	return m
}

func endLine(low string, words int) bool {
	if words <= 5 && endWords[strings.TrimRight(low, " .:»>")] {
		return true
	}
	if words > 14 {
		return false
	}
	for _, s := range endStarts {
		if strings.HasPrefix(low, s) {
			return true
		}
	}
	return false
}

func furniture(low string, words int) bool {
	bare := strings.Trim(low, " .:|»>!…-–—")
	if bare == "" || furnitureWords[bare] || furnitureWords[low] {
		return true
	}
	if words <= 30 {
		for _, s := range furnitureStarts {
			if strings.HasPrefix(low, s) {
				return true
			}
		}
	}
	if words <= 6 && (strings.HasSuffix(low, "min read") || strings.HasSuffix(low, "mins read") || strings.HasSuffix(low, "minute read") || strings.HasSuffix(low, "minutes read") ||
		strings.HasSuffix(low, " comments") || strings.HasSuffix(low, " views") || strings.HasSuffix(low, " shares") || strings.HasSuffix(low, " ago") || strings.HasSuffix(low, "read more")) {
		return true
	}
	// A row of links: Home | World | Sports, Home News Politics Business Sports.
	if seps := strings.Count(low, " | ") + strings.Count(low, " · ") + strings.Count(low, " » ") + strings.Count(low, " › ") + strings.Count(low, " > "); seps >= 2 && words <= 8*(seps+1) && !hasDate(low) {
		return true
	}
	if words >= 3 && words <= 16 {
		n := 0
		for w := range strings.FieldsSeq(low) {
			if sectionWords[strings.Trim(w, "|,/&•")] || furnitureWords[strings.Trim(w, "|,")] || w == "&" {
				n++
			}
		}
		if n*4 >= words*3 && n >= 3 {
			return true
		}
	}
	return strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "www.") && words == 1
}

var sectionWords = wordSet(`world|news|politics|business|sports|sport|national|international|pakistan|india|asia|europe|africa|americas|us|uk|usa|opinion|editorial|technology|tech|science|health|
	entertainment|lifestyle|culture|economy|markets|finance|energy|local|metro|city|region|regional|middle east|crime|education|travel|environment|climate|weather|law|security|defence|defense|
	diplomacy|migration|cricket|football|tennis|aviation|oil|commodities|companies|society|top|front|page|stories|story|headlines|headline|newspaper|latest|features|analysis|magazine|home|
	videos|video|blogs|blog|cities|punjab|sindh|kp|balochistan|islamabad|karachi|lahore|nation|state|states|federal|government|eu|affairs|foreign|general|economics|banking|property|motoring|arts|books|food|
	style|life|people|weird|asia-pacific|south|north|east|west|central|global|live|breaking|press|release|releases|multimedia|disasters|accidents|court|courts|legal|courts & law|
	polityka|społeczeństwo|kraj|świat|gospodarka|wiadomości|politik|wirtschaft|gesellschaft|ausland|inland|panorama|politique|économie|société|monde|política|politica|economía|economia|sociedad|
	società|mundo|mondo|internacional|internazionale|esteri|cronaca|в мире|политика|экономика|общество|siyaset|ekonomi|dünya|gündem`)

// sectionName says whether a short line is the name of a paper's section.
func sectionName(low string) bool {
	n := 0
	for w := range strings.FieldsSeq(low) {
		w = strings.Trim(w, "|,/&:-–>»")
		switch w {
		case "", "and", "section", "in", "i", "und", "et", "y", "e", "ve", "и":
			continue
		}
		if !sectionWords[w] && !(n == 0 && w == "published") {
			return false
		}
		n++
	}
	return n > 0
}

func bylineStart(low string, words int) bool {
	if strings.HasSuffix(low, ".") && words > 6 && !strings.HasPrefix(low, "by ") {
		return false
	}
	for _, s := range [...]string{"by ", "by:", "from our ", "written by ", "reported by ", "author:", "author ", "story by ", "words by ", "reporter:", "edited by ", "posted by ", "by-", "par ", "por ", "von "} {
		if strings.HasPrefix(low, s) && words >= 2 {
			return true
		}
	}
	return false
}

func copyrightLine(low string) bool {
	return len(low) < 200 && (strings.HasPrefix(low, "©") || strings.HasPrefix(low, "copyright") || strings.HasPrefix(low, "(c) ") || strings.HasSuffix(low, "all rights reserved") || strings.HasSuffix(low, "all rights reserved."))
}

// mastheadLine is a domain name, or the text of a logo.
func mastheadLine(s, low string) bool {
	if strings.HasSuffix(low, " logo") {
		return true
	}
	if strings.ContainsRune(s, ' ') || strings.HasSuffix(low, ".") {
		return false
	}
	i := strings.LastIndexByte(low, '.')
	if i < 2 || len(low)-i > 6 || len(low)-i < 3 {
		return false
	}
	for _, r := range low[i+1:] {
		if !unicode.IsLetter(r) {
			return false
		}
	}
	return true
}

// captionLine says whether a line is the caption or the credit of a photo.
func captionLine(s, low string, words int) bool {
	for _, p := range [...]string{"photo:", "photo by", "photo credit", "photo courtesy", "photograph:", "image:", "image credit", "image source", "image courtesy", "picture:", "file photo", "file image", "credit:", "photo /", "photo/",
		"photographer:", "photograph by", "photos by", "illustration:", "graphic:", "caption:", "representative image", "representational image", "photos:", "courtesy:", "courtesy ", "(photo", "[photo", "a file photo", "an undated", "screengrab", "screenshot", "pic:", "representational"} {
		if strings.HasPrefix(low, p) && words <= 45 {
			return true
		}
	}
	if words <= 45 && captionStart(low) {
		return true
	}
	before, agency := creditEnd(s)
	if words <= 45 && officeCredit(s) {
		return true
	}
	if agency == "" || words > 45 {
		return false
	}
	// "… border control. (ANSA)" is a paragraph with its agency's signature.
	return !(strings.HasSuffix(s, ")") && strings.HasSuffix(before, ".") && words > 12)
}

// captionStart says whether a line says of itself that it is a picture: "A drone photo shows …", "In this handout image, …".
func captionStart(low string) bool {
	ws := strings.Fields(low)
	for i, w := range ws[:min(len(ws), 6)] {
		switch strings.Trim(w, ",.:") {
		case "a", "an", "the", "in", "this", "drone", "aerial", "file", "handout", "undated", "combination", "general", "satellite", "video", "still", "screen", "from", "of", "press", "pool", "released":
		case "photo", "photograph", "picture", "image", "view", "screengrab", "grab", "frame", "photos", "pictures", "images":
			return i > 0 && i+1 < len(ws) && (ws[0] == "in" || captionVerb(ws[i+1]))
		default:
			return false
		}
	}
	return false
}

func captionVerb(w string) bool {
	switch strings.Trim(w, ",.:") {
	case "shows", "show", "showing", "taken", "released", "provided", "made", "obtained", "from", "of":
		return true
	}
	return false
}

// officeCredit says whether a line ends in the credit of somebody who is no agency: "— PID", "—File", "– Photo by author".
func officeCredit(s string) bool {
	i := max(strings.LastIndex(s, "—"), strings.LastIndex(s, "–"))
	if i <= 0 || wordCount(s[:i]) < 5 {
		return false
	}
	tail := strings.Trim(s[i:], "—– .")
	low := strings.ToLower(tail)
	return acronymLine(tail) || low == "file" || low == "file photo" || low == "screengrab" || low == "supplied" || low == "handout" || strings.HasPrefix(low, "photo") || strings.HasPrefix(low, "courtesy") || low == "x" || low == "facebook" || low == "instagram"
}

// creditEnd cuts the photo credit off the end of a caption: "— APP", "(AP/Fareed Khan)", "Photo: AFP", "/AFP", "Getty Images".
// It returns what stands before the credit, and the credited agency.
func creditEnd(s string) (caption, credit string) {
	t := strings.TrimRight(s, " .")
	// — APP, – Reuters, -AFP
	for _, dash := range [...]string{"—", "–", " - ", " -", "|"} {
		if i := strings.LastIndex(t, dash); i > 0 {
			if c := creditName(t[i+len(dash):]); c != "" {
				return strings.TrimSpace(t[:i]), c
			}
		}
	}
	if strings.HasSuffix(t, ")") || strings.HasSuffix(t, "]") {
		if i := strings.LastIndexAny(t, "(["); i > 0 {
			if c := creditName(t[i+1 : len(t)-1]); c != "" && (i > 0) {
				return strings.TrimSpace(t[:i]), c
			}
		}
	}
	for _, label := range [...]string{"Photo:", "Photo by", "Photo Credit:", "Photo credit:", "PHOTO:", "Credit:", "Image:", "Picture:", "Photograph:", "Photo/", "Photo ", "Source:"} {
		if i := strings.LastIndex(t, label); i >= 0 {
			if c := creditName(t[i+len(label):]); c != "" {
				return strings.TrimSpace(t[:i]), c
			}
		}
	}
	return s, ""
}

// creditName finds the agency in a credit: "AP/Fareed Khan", "Greg Nash/Pool via AP", "AFP/Getty Images", "APP".
func creditName(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || wordCount(s) > 8 {
		return ""
	}
	if a := agencyName(s); a != "" {
		return a
	}
	low := strings.ToLower(s)
	if low == "file" || low == "file photo" || low == "courtesy" || strings.HasPrefix(low, "courtesy ") || low == "pid" || low == "x" || low == "supplied" || low == "handout" {
		return ""
	}
	for _, p := range [...]string{"/", " via ", ",", ":"} {
		if strings.Contains(s, p) {
			for part := range strings.SplitSeq(s, p) {
				part = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(part), "Photo by "))
				part = strings.TrimSuffix(strings.TrimPrefix(part, "File photo "), " Photo")
				if a := agencyName(part); a != "" && (a == "dpa" || a == strings.ToUpper(a[:1])+a[1:]) {
					return a
				}
			}
		}
	}
	if strings.HasSuffix(s, " Photo") {
		return agencyName(strings.TrimSuffix(s, " Photo"))
	}
	return ""
}
