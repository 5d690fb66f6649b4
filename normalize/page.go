package normalize

import (
	"strings"

	"wirefold/internal/news"
)

// Page is a seed's text taken apart: what a reader would call its headline, its body and its facts. What the page does
// not state stays empty.
type Page struct {
	Title      string // the printed headline; "" when the page prints none
	Headline   string // always: the title, or the best printed line
	Standfirst string
	Body       string // the clean text, paragraphs separated by a blank line
	Published  news.Date
	Updated    news.Date
	Lang       string // as the markup states it, "" otherwise
	Image      string
	Link       string // canonical address, if the markup states one
	Facts      news.Facts
}

// ReadPage takes the text of a seed apart. It never fails: the worst page is one of which only the body is known.
func ReadPage(text string, f news.SeedFormat) Page {
	switch f {
	case news.SeedHTML:
		return readHTMLPage(text)
	case news.SeedMarkdown:
		return readMarkdownPage(text)
	}
	return readPageText(text, Page{})
}

// pageReader holds the lines of a page while their roles are found.
type pageReader struct {
	page  Page
	lines []line
	dates []placedDate
	body  int // the line at which the body begins
	// decks are highlights before the body, standing for a headline when there is none.
	decks []string
}

// placedDate is a date with the line that it stood in; -1 for the "date …" prefix of a crawler's dump.
type placedDate struct {
	pageDate
	line int
}

// readPageText takes a plain text apart. What the markup stated before (known) is kept.
func readPageText(text string, known Page) Page {
	r := &pageReader{page: known}
	text = r.crawlDate(strings.TrimPrefix(text, "\ufeff"))
	r.lines = classifyLines(text)
	r.markFirstCaption()
	r.body = r.findBody()
	r.readHeader()
	r.readBody()
	r.setDates()
	r.setHeadline()
	r.setFacts()
	return r.page
}

// crawlDate takes the "date 2026-02-27" off that crawlers put before the text of a page.
func (r *pageReader) crawlDate(text string) string {
	t := strings.TrimLeft(text, " \t\r\n")
	rest, ok := cutPrefixFold(t, "date")
	if !ok {
		return text
	}
	rest = strings.TrimLeft(rest, " \t:")
	n := 0
	for n < len(rest) && (rest[n] >= '0' && rest[n] <= '9' || rest[n] == '-') {
		n++
	}
	switch n {
	case len("2026-02-27"):
		d, err := news.ParseDate(rest[:n])
		if err != nil || !d.Known() {
			return text
		}
		r.dates = append(r.dates, placedDate{pageDate{use: datePublished, date: d}, -1})
	case len("2026-02"): // a month is no date
		if d, err := news.ParseDate(rest[:n] + "-01"); err != nil || !d.Known() {
			return text
		}
	default:
		return text
	}
	return strings.TrimLeft(rest[n:], " \t")
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// markFirstCaption finds the long caption that opens a page: it ends in a credit, and text follows.
func (r *pageReader) markFirstCaption() {
	for i := range r.lines {
		l := &r.lines[i]
		if l.kind != lineText {
			continue
		}
		if _, credit := creditEnd(l.text); credit != "" && i < 3 && len(l.text) < 500 && splitDateline(l.text).end == 0 && i+1 < len(r.lines) {
			l.kind = lineCaption
		}
		if i > 4 {
			break
		}
	}
}

// findBody is the index of the first line of the body: the first line with a dateline, else the first paragraph.
func (r *pageReader) findBody() int {
	for i, l := range r.lines {
		if l.kind == lineEnd && i > 0 && r.hasTextBefore(i) {
			break
		}
		if l.kind != lineText && l.kind != lineBullet {
			continue
		}
		if d := splitDateline(l.text); d.end > 0 && len(l.text)-d.end >= 60 && wordCount(l.text) >= 14 && d.sure(l.text) {
			return i
		}
	}
	for i, l := range r.lines {
		if l.kind != lineText {
			continue
		}
		if paragraphLike(l.text) && !r.standfirstAt(i) {
			return r.shortLead(i)
		}
	}
	// Only short lines: the first that is a sentence is the body.
	for i, l := range r.lines {
		if l.kind == lineText && wordCount(l.text) > 12 && endsSentence(l.text) {
			return i
		}
	}
	return len(r.lines)
}

// How many words a lead of one sentence has at least: behind a byline or a date, and where no headline is printed.
const (
	minLead     = 10
	minBareLead = 12
)

// shortLead gives the line before the paragraph at i when that is the report's first sentence: behind the byline or the date no
// standfirst stands any more, and without a headline it is a standfirst only when a byline follows.
func (r *pageReader) shortLead(i int) int {
	if i == 0 || r.lines[i-1].kind != lineText {
		return i
	}
	s := r.lines[i-1].text
	if !endsSentence(s) || wordCount(s) < minLead {
		return i
	}
	if !r.titleBefore(i - 1) {
		if wordCount(s) >= minBareLead && !r.hasLinesBefore(i-1) {
			return i - 1
		}
		return i
	}
	for k := i - 2; k >= 0; k-- {
		switch r.lines[k].kind {
		case lineFurniture, lineCaption:
		case lineDate, lineByline, lineSection:
			return i - 1
		default:
			return i
		}
	}
	return i
}

// hasLinesBefore says whether any line of text stands before line i.
func (r *pageReader) hasLinesBefore(i int) bool {
	for _, l := range r.lines[:i] {
		if l.kind == lineText || l.kind == lineBullet || l.kind == lineCaption {
			return true
		}
	}
	return false
}

func (r *pageReader) hasTextBefore(i int) bool {
	for _, l := range r.lines[:i] {
		if l.kind == lineText && paragraphLike(l.text) {
			return true
		}
	}
	return false
}

// sure says whether what looks like a dateline can be believed at the head of a line: it is in capitals, or a known place, and
// what follows begins a sentence.
func (d dateline) sure(text string) bool {
	rest := text[d.end:]
	return rest != "" && (isUpperStart(rest) || rest[0] == '"' || strings.HasPrefix(rest, "“") || strings.HasPrefix(rest, "‘") || rest[0] >= '0' && rest[0] <= '9' || !caseScriptText(rest))
}

func isUpperStart(s string) bool {
	t := splitTokens(cutBytes(s, 40), &lexicon{})
	return len(t) > 0 && t[0].capital()
}

func caseScriptText(s string) bool {
	t := splitTokens(cutBytes(s, 40), &lexicon{})
	return len(t) > 0 && t[0].word() && caseScript(t[0].low)
}

// paragraphLike says whether a line is running text: sentences, not a headline.
func paragraphLike(s string) bool {
	w := wordCount(s)
	return w >= 18 && endsSentence(s) || w >= 45 || w >= 12 && sentences(s) >= 2
}

func endsSentence(s string) bool {
	t := strings.TrimRight(s, " \"”’')»]")
	return strings.HasSuffix(t, ".") && !strings.HasSuffix(t, "...") || strings.HasSuffix(t, "!") || strings.HasSuffix(t, "?") || strings.HasSuffix(t, "۔") || strings.HasSuffix(t, "…")
}

// sentences counts the sentences of a line.
func sentences(s string) int {
	n := 0
	toks := splitTokens(s, newsWords())
	for i := range toks {
		if toks[i].flags&tokFirst != 0 && toks[i].capital() {
			n++
		}
	}
	return n
}

// standfirstAt says whether the paragraph at i only announces the text that follows: one sentence, then a byline, a date or
// a dateline, or a longer paragraph that tells the same again.
func (r *pageReader) standfirstAt(i int) bool {
	s := r.lines[i].text
	if sentences(s) > 2 || wordCount(s) > 48 {
		return false
	}
	seenTitle := r.titleBefore(i)
	for j := i + 1; j < len(r.lines); j++ {
		l := r.lines[j]
		switch l.kind {
		case lineByline, lineDate, lineAgency:
			return true
		case lineCaption, lineFurniture, lineSection, lineOutlet, lineBullet:
			continue
		case lineEnd:
			return false
		}
		if acronymLine(l.text) {
			return true
		}
		if splitDateline(l.text).end > 0 && wordCount(l.text) > 14 {
			return true
		}
		if !seenTitle {
			return false
		}
		return sentences(s) == 1 && sentences(l.text) >= 2 && wordCount(l.text) > wordCount(s) && sharedWords(s, l.text) >= 3 && !attributed(s)
	}
	return false
}

func (r *pageReader) titleBefore(i int) bool {
	for _, l := range r.lines[:i] {
		if l.kind == lineText && titleLike(l.text) {
			return true
		}
	}
	return false
}

// attributed says whether a sentence reports speech or its own day, as a first paragraph does and a standfirst seldom.
func attributed(s string) bool {
	for i, toks := 0, splitTokens(s, newsWords()); i < len(toks); i++ {
		switch toks[i].low {
		case "said", "told", "announced", "according":
			return true
		}
		if toks[i].has(classWeekday) && toks[i].capital() {
			return true
		}
	}
	return false
}

// titleLike says whether a line can be a headline.
func titleLike(s string) bool {
	w := wordCount(s)
	if w < 3 || w > 32 || len(s) > 260 {
		return false
	}
	if strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "...") && !strings.HasSuffix(s, "U.S.") && !strings.HasSuffix(s, "U.K.") {
		return false
	}
	return !strings.HasSuffix(s, ":") && !strings.HasSuffix(s, ",")
}

// acronymLine says whether a line is one short word of capitals: an agency or an outlet that signs so.
func acronymLine(s string) bool {
	if len(s) < 2 || len(s) > 6 {
		return false
	}
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}
