package normalize

import (
	"strings"
)

// readBody takes the paragraphs from the body's first line on: captions, links and furniture are left out, and the article ends
// where related stories, comments or the footer begin.
func (r *pageReader) readBody() {
	var paras []string
	ended := false
	for i := r.body; i < len(r.lines); i++ {
		l := r.lines[i]
		if ended {
			r.readFooter(l)
			continue
		}
		switch l.kind {
		case lineEnd:
			r.readFooter(l)
			ended = len(paras) > 0
		case lineFurniture, lineSection:
		case lineCaption:
			before, c := creditEnd(l.text)
			if c != "" && r.page.Facts.Agency == "" {
				r.page.Facts.Agency = c
			}
			if c != "" && len(paras) > 0 && endsSentence(before) && r.lastText(i) {
				paras = append(paras, before) // the last paragraph, signed by its agency
			}
		case lineOutlet:
			r.setOutlet(l.text)
			ended = len(paras) > 1
		case lineAgency:
			r.setAgency(l.text)
		case lineByline:
			if r.page.Facts.Byline == "" {
				r.takeCredit(l.text)
			}
		case lineDate:
			r.readFooter(l)
		case lineBullet:
			paras = append(paras, "• "+l.text)
		default:
			if sameLine(l.text, r.page.Title) || acronymLine(l.text) {
				continue
			}
			if r.publishedIn(l.text) {
				continue
			}
			if before, c := creditEnd(l.text); c != "" && strings.HasSuffix(l.text, ")") && strings.HasSuffix(before, ".") {
				l.text = before
				if r.page.Facts.Agency == "" {
					r.page.Facts.Agency = c
				}
			}
			paras = append(paras, l.text)
		}
	}
	if len(paras) > 0 {
		d := splitDateline(paras[0])
		if d.end > 0 && d.sure(paras[0]) {
			r.useDateline(d)
		}
		paras[len(paras)-1] = r.endCredit(paras[len(paras)-1])
	}
	r.page.Body = strings.Join(paras, "\n\n")
}

// lastText says whether no text of the article follows line i.
func (r *pageReader) lastText(i int) bool {
	for _, l := range r.lines[i+1:] {
		switch l.kind {
		case lineEnd:
			return true
		case lineText:
			return hasDate(l.text) && wordCount(l.text) < 14
		}
	}
	return true
}

// readFooter reads what a page says of itself behind its article: "Published in Dawn, October 26th, 2025", "© 2026 …".
func (r *pageReader) readFooter(l line) {
	switch {
	case l.kind == lineOutlet:
		r.setOutlet(l.text)
	case copyrightLine(strings.ToLower(l.text)):
		r.setOutlet(l.text)
	default:
		if r.publishedIn(l.text) {
			return
		}
		if l.kind == lineDate {
			for _, d := range readDateLine(l.text) {
				if d.use != dateUnlabelled {
					r.dates = append(r.dates, placedDate{d, len(r.lines)})
				}
			}
		}
	}
}

// publishedIn reads "Published in OUTLET, DATE", "This article first appeared in OUTLET on DATE".
func (r *pageReader) publishedIn(s string) bool {
	low := strings.ToLower(s)
	if wordCount(s) > 22 || len(low) != len(s) {
		return false
	}
	for _, lead := range [...]string{"first published in ", "originally published in ", "published in ", "originally appeared in ", "first appeared in ", "originally published by ", "first published by ", "published by "} {
		i := strings.Index(low, lead)
		if i < 0 || i > 40 {
			continue
		}
		rest := s[i+len(lead):]
		if ds := readDateLine(s); len(ds) > 0 {
			r.dates = append(r.dates, placedDate{pageDate{use: datePublished, date: ds[0].date}, len(r.lines)})
		}
		name := outletName(rest)
		if name != "" && r.page.Facts.Outlet == "" && !sectionName(strings.ToLower(name)) {
			r.page.Facts.Outlet = name
		}
		return name != ""
	}
	return false
}

// outletName is the capitalised name at the head of s.
func outletName(s string) string {
	var words []string
	for w := range strings.FieldsSeq(s) {
		t := strings.TrimRight(w, ",.;:)")
		if !isUpperStart(t) && !(len(words) > 0 && (t == "of" || t == "and" || t == "&")) || t == "" {
			break
		}
		if len(words) > 0 && monthName(t) {
			break
		}
		words = append(words, t)
		if t != w {
			break
		}
	}
	if len(words) > 6 {
		return ""
	}
	return strings.Join(words, " ")
}

func monthName(s string) bool {
	t := splitTokens(s, newsWords())
	return len(t) == 1 && t[0].has(classMonth|classWeekday)
}

// endCredit takes an agency's signature off the last paragraph: "… of the world. – APP", "(dpa/NAN)", "PTI UZM AS AS".
func (r *pageReader) endCredit(p string) string {
	end := strings.LastIndexAny(p, ".!?\"”’)")
	if before, credit := creditEnd(p); credit != "" && before != "" && len(p)-len(before) < 60 {
		if r.page.Facts.Agency == "" {
			r.page.Facts.Agency = credit
		}
		return before
	}
	if end > 0 && end < len(p)-1 {
		tail := strings.Fields(p[end+1:])
		if len(tail) > 0 && len(tail) <= 5 && agencyName(tail[0]) != "" && strings.ToUpper(p[end+1:]) == p[end+1:] {
			if r.page.Facts.Agency == "" {
				r.page.Facts.Agency = tail[0]
			}
			return strings.TrimSpace(p[:end+1])
		}
	}
	return p
}

func (r *pageReader) useDateline(d dateline) {
	f := &r.page.Facts
	f.Dateline = d.place
	if d.agency != "" {
		if agencyName(d.agency) != "" || acronymLine(d.agency) {
			f.Agency = d.agency
		} else if f.Outlet == "" {
			f.Outlet = d.agency
		}
	}
	if d.byline != "" && f.Byline == "" {
		f.Byline = d.byline
	}
	if d.date.full() && len(r.dates) == 0 {
		r.dates = append(r.dates, placedDate{pageDate{use: datePublished, date: d.date.date(r.page.Published)}, r.body})
	}
}

// setHeadline makes sure that the page has one: the title, the first deck or standfirst, the first sentence.
func (r *pageReader) setHeadline() {
	switch {
	case r.page.Title != "":
		r.page.Headline = r.page.Title
	case r.page.Standfirst != "" && len(r.decks) == 0:
		r.page.Headline = r.page.Standfirst
	case len(r.decks) > 0:
		r.page.Headline = r.decks[0]
	case r.page.Standfirst != "":
		r.page.Headline = r.page.Standfirst
	default:
		text := r.page.Body
		if d := splitDateline(text); d.end > 0 {
			text = text[d.end:]
		}
		r.page.Headline = firstSentence(text)
	}
	if r.page.Body == "" {
		r.page.Body = strings.TrimSpace(r.page.Standfirst + "\n\n" + strings.Join(r.decks, "\n\n"))
		if len(r.decks) == 0 && r.page.Title == "" {
			r.page.Standfirst = ""
		}
		if r.page.Body == "" {
			r.page.Body = r.page.Headline
		}
	}
	if r.page.Headline == "" {
		for _, l := range r.lines {
			if l.kind == lineText || l.kind == lineCaption {
				r.page.Headline = l.text
				break
			}
		}
	}
}

// maxSentenceHeadline is the length of a headline made of a sentence, in bytes.
const maxSentenceHeadline = 300

// firstSentence is the first sentence of a text, for want of a headline.
func firstSentence(text string) string {
	para, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	toks := splitTokens(para, newsWords())
	for i := 1; i < len(toks); i++ {
		if toks[i].flags&tokFirst != 0 {
			para = para[:toks[i].start]
			break
		}
	}
	para = strings.TrimRight(strings.TrimSpace(para), "\"“‘'")
	if len(para) > maxSentenceHeadline {
		para = cutBytes(para, maxSentenceHeadline)
		if i := strings.LastIndexByte(para, ' '); i > 0 {
			para = para[:i] + " …"
		}
	}
	return strings.TrimSpace(para)
}

// setFacts reads people, numbers, venue and event date from the body, then from the lines above it.
func (r *pageReader) setFacts() {
	f := &r.page.Facts
	f.Standfirst = r.page.Standfirst
	body := r.page.Body
	if d := splitDateline(body); d.end > 0 && f.Dateline != "" {
		body = body[d.end:]
	}
	lex := newsWords()
	comma := false
	fillFacts(f, "", body, r.page.Published, comma)
	above := strings.Join(append(append([]string{}, r.page.Standfirst), r.decks...), "\n\n") + "\n\n" + r.page.Title
	toks := splitTokens(above, lex)
	f.Numbers = addNumbers(f.Numbers, numbersOf(above, toks, readNumbers(above, toks, lex, comma)))
	if f.Venue == "" {
		v := readVenue(above, toks, lex, "")
		f.Venue = v.city
	}
}
