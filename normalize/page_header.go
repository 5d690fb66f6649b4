package normalize

import (
	"strings"
	"time"

	"wirefold/internal/news"
)

// readHeader gives the lines before the body their meaning: title, standfirst, decks, byline, section, dates.
func (r *pageReader) readHeader() {
	var candidates []int
	for i := range r.lines[:r.body] {
		l := &r.lines[i]
		switch l.kind {
		case lineDate, lineByline:
			r.takeDateLine(i)
		case lineAgency:
			r.setAgency(l.text)
		case lineCaption:
			if _, c := creditEnd(l.text); c != "" && r.page.Facts.Agency == "" {
				r.page.Facts.Agency = c
			}
		case lineSection:
			if r.page.Facts.Section == "" {
				r.page.Facts.Section = strings.TrimPrefix(l.text, "Published in ")
			}
		case lineOutlet:
			r.setOutlet(l.text)
		case lineBullet:
			r.decks = append(r.decks, l.text)
		case lineText:
			if acronymLine(l.text) {
				if i+3 >= r.body && r.page.Facts.Byline == "" {
					r.page.Facts.Byline, r.page.Facts.Outlet = l.text, l.text
				}
				continue
			}
			if d := readDateLine(l.text); len(d) > 0 && wordCount(l.text) < 14 && wordCount(d[0].rest) <= 4 {
				r.takeDateLine(i)
				continue
			}
			candidates = append(candidates, i)
		}
	}
	r.chooseTitle(candidates)
}

// chooseTitle finds headline and standfirst among the lines of text before the body.
func (r *pageReader) chooseTitle(candidates []int) {
	body := r.bodySample()
	best := 0.0
	score := make([]float64, len(candidates))
	count := make(map[string]int)
	for k, i := range candidates {
		s := r.lines[i].text
		count[foldKey(s)]++
		if titleLike(s) {
			score[k] = overlap(s, body)
			if count[foldKey(s)] > 1 {
				score[k]++
			}
			best = max(best, score[k])
		}
	}
	title := -1
	for k, i := range candidates {
		if r.page.Title != "" {
			if sameLine(r.lines[i].text, r.page.Title) {
				title = k
			}
			continue
		}
		s := score[k]
		if count[foldKey(r.lines[i].text)] > 1 && s > 0 && s < 1 {
			s++
		}
		if s > 0 && s >= 0.55*best && (s >= 0.25 || len(candidates) <= 2) {
			title = k
			break
		}
	}
	if title < 0 && r.page.Title == "" {
		for k, i := range candidates {
			if titleLike(r.lines[i].text) && !endsSentence(r.lines[i].text) {
				title = k
				break
			}
		}
	}
	rest := candidates
	if title >= 0 {
		if r.page.Title == "" {
			r.page.Title = trimTitle(r.lines[candidates[title]].text)
		}
		rest = candidates[title+1:]
	}
	var loose []string
	for _, i := range rest {
		s := r.lines[i].text
		_, name := nameLine(s)
		if sameLine(s, r.page.Title) || wordCount(s) < 5 || name {
			if person, ok := nameLine(s); ok && !sameLine(s, r.page.Title) && r.page.Facts.Byline == "" {
				r.page.Facts.Byline = person
			}
			continue
		}
		loose = append(loose, s)
	}
	switch {
	case title < 0 && r.page.Title == "" && len(loose) > 1 && wordCount(loose[0]) <= 24:
		// Highlights without bullets: several one-line sentences before the text.
		r.decks = append(r.decks, loose...)
	case len(loose) > 0 && r.page.Standfirst == "":
		r.page.Standfirst = loose[0]
		r.decks = append(r.decks, loose[1:]...)
	}
}

// nameLine says whether a short line is a person's name and nothing else: a byline without "By".
func nameLine(s string) (string, bool) {
	whole := trimSeparators(s)
	s = whole
	for _, at := range [...]string{" at ", " in ", " @ "} {
		s, _, _ = strings.Cut(s, at) // Jane Doe at the Arena
	}
	n := wordCount(s)
	if n < 2 || n > 4 {
		return "", false
	}
	lex := newsWords()
	toks := splitTokens(s, lex)
	given := false
	for i := range toks {
		t := &toks[i]
		if !t.word() || !t.capital() && !t.has(classParticle) || t.has(classCommon|classOrg|classTopic|classRole) && !t.has(classGiven) {
			return "", false
		}
		given = given || t.has(classGiven)
	}
	return whole, given
}

func trimTitle(s string) string {
	for _, p := range [...]string{"BREAKING:", "Breaking:", "UPDATE:", "EXCLUSIVE:"} {
		s = strings.TrimPrefix(s, p)
	}
	return strings.TrimSpace(s)
}

// takeDateLine reads dates and a byline out of one line.
func (r *pageReader) takeDateLine(i int) {
	s := r.lines[i].text
	ds := readDateLine(s)
	for _, d := range ds {
		r.dates = append(r.dates, placedDate{d, i})
	}
	rest := s
	if len(ds) > 0 {
		rest = ds[0].rest
	}
	r.takeCredit(rest)
}

// takeCredit reads a byline, a section or an agency out of what stood beside a date or in a line of its own.
func (r *pageReader) takeCredit(s string) {
	for part := range strings.SplitSeq(s, "|") {
		part = trimSeparators(part)
		low := strings.ToLower(part)
		switch {
		case part == "":
		case strings.HasPrefix(low, "share") || strings.HasSuffix(low, "min read") || furniture(low, wordCount(part)):
		case agencyName(part) != "":
			r.setAgency(part)
		case sectionName(low):
			if r.page.Facts.Section == "" {
				r.page.Facts.Section = part
			}
		case deskLine(part) || bylineStart(low, wordCount(part)):
			if a := agencyName(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(part, "By "), "BY "), "by ")); a != "" {
				r.setAgency(a)
			}
			if r.page.Facts.Byline == "" {
				r.page.Facts.Byline = part
			}
		case acronymLine(part):
			if r.page.Facts.Byline == "" {
				r.page.Facts.Byline, r.page.Facts.Outlet = part, part
			}
		default:
			if wordCount(part) == 1 && strings.Contains(part, ".") {
				r.setOutlet(part)
			} else if _, ok := nameLine(part); ok && r.page.Facts.Byline == "" {
				r.page.Facts.Byline = part
			} else if d := wordCount(part); d >= 2 && d <= 4 && r.page.Facts.Byline == "" && allCapitalised(part) {
				r.page.Facts.Byline = part
			}
		}
	}
}

func allCapitalised(s string) bool {
	for w := range strings.FieldsSeq(s) {
		if !isUpperStart(w) && !(len(w) <= 3) {
			return false
		}
	}
	return true
}

func (r *pageReader) setAgency(s string) {
	// What the text says of its agency weighs more than the credit of a photo.
	r.page.Facts.Agency = strings.Trim(s, " .-–—()")
}

// setOutlet reads the name of the outlet out of a masthead or a copyright line: "© 2026 Dawn. All rights reserved."
func (r *pageReader) setOutlet(s string) {
	if r.page.Facts.Outlet != "" {
		return
	}
	low := strings.ToLower(s)
	if strings.HasSuffix(low, " logo") {
		r.page.Facts.Outlet = strings.TrimSpace(s[:len(s)-len(" logo")])
		return
	}
	if !copyrightLine(low) {
		r.page.Facts.Outlet = s
		return
	}
	if len(low) != len(s) {
		return
	}
	for _, cut := range [...]string{"all rights reserved", "all rights", "unauthorized", "reproduction", "powered by", "designed by", "developed by", "terms of", "privacy"} {
		if i := strings.Index(low, cut); i >= 0 {
			low, s = low[:i], s[:i]
		}
	}
	for _, cut := range [...]string{"copyright", "(c)", "©", "&copy;"} {
		if i := strings.Index(low, cut); i >= 0 {
			s = s[:i] + " " + s[i+len(cut):]
			low = strings.ToLower(s)
		}
	}
	var words []string
	for w := range strings.FieldsSeq(s) {
		t := strings.Trim(w, ".,;:-–—|")
		if len(words) > 0 && strings.HasSuffix(w, ".") && isAllDigits(t) {
			break
		}
		if t == "" || isAllDigits(strings.NewReplacer("-", "", "–", "").Replace(t)) || strings.EqualFold(t, "by") && len(words) == 0 {
			continue
		}
		words = append(words, t)
		if strings.HasSuffix(w, ".") && len(t) > 3 && !strings.Contains(t, ".") {
			break
		}
	}
	if name := strings.Join(words, " "); len(words) > 0 && len(words) <= 6 {
		if agencyName(name) == "" {
			r.page.Facts.Outlet = name
		} else if r.page.Facts.Agency == "" {
			r.page.Facts.Agency = name
		}
	}
}

// setDates decides which of the dates of the page is its publication.
func (r *pageReader) setDates() {
	var unlabelled []placedDate
	for _, d := range r.dates {
		switch d.use {
		case datePublished:
			if !r.page.Published.Known() || r.page.Published.DayOnly && !d.date.DayOnly && sameDay(r.page.Published, d.date) {
				r.page.Published = d.date
			}
		case dateUpdated:
			r.page.Updated = d.date
		case dateUnlabelled:
			unlabelled = append(unlabelled, d)
		}
	}
	if r.page.Published.Known() || len(unlabelled) == 0 {
		return
	}
	defer r.distrustDate()
	// The nearest to the body: dates in a masthead above are the day on which the page was made.
	r.page.Published = unlabelled[len(unlabelled)-1].date
	if len(unlabelled) > 1 {
		for _, d := range unlabelled {
			if d.line < r.body && (r.titleLine() < 0 || d.line > r.titleLine()) {
				r.page.Published = d.date
				return
			}
		}
		for _, d := range unlabelled {
			if d.line < r.body {
				r.page.Published = d.date
			}
		}
	}
}

// distrustDate drops an unlabelled date that the dateline contradicts: it is the day on which the page was printed.
func (r *pageReader) distrustDate() {
	d := splitDateline(r.page.Body).date
	if d.month == 0 || d.day == 0 {
		return
	}
	if filed := d.date(r.page.Published); filed.Known() && filed.Time.Sub(r.page.Published.Time).Abs() > maxFiledBefore {
		r.page.Published = news.Date{}
		if d.full() {
			r.page.Published = filed
		}
	}
}

// maxFiledBefore is how long before its publication a report may be filed.
const maxFiledBefore = 7 * 24 * time.Hour

func (r *pageReader) titleLine() int {
	for i, l := range r.lines {
		if r.page.Title != "" && sameLine(l.text, r.page.Title) {
			return i
		}
	}
	return -1
}

func sameDay(a, b news.Date) bool {
	return a.Time.Format("2006-01-02") == b.Time.Format("2006-01-02")
}

// bodySample is the beginning of the body, against which headlines are weighed.
func (r *pageReader) bodySample() string {
	var b strings.Builder
	for i := r.body; i < len(r.lines) && b.Len() < 2000; i++ {
		if r.lines[i].kind == lineText {
			b.WriteString(r.lines[i].text)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// overlap is the share of the content words of a line that the text has, too.
func overlap(line, text string) float64 {
	have := contentStems(text)
	n, hit := 0, 0
	for w := range contentStems(line) {
		n++
		if have[w] {
			hit++
		}
	}
	if n == 0 {
		return 0
	}
	return float64(hit) / float64(n)
}

func sharedWords(a, b string) int {
	have, n := contentStems(b), 0
	for w := range contentStems(a) {
		if have[w] {
			n++
		}
	}
	return n
}

// contentStems are the words of a text that carry meaning, cut to six bytes so that endings do not matter.
func contentStems(s string) map[string]bool {
	out := make(map[string]bool)
	toks := splitTokens(s, newsWords())
	for i := range toks {
		if t := &toks[i]; t.word() && len(t.low) > 3 && !t.has(classFunction) {
			out[t.low[:min(6, len(t.low))]] = true
		}
	}
	return out
}

func foldKey(s string) string { return FoldWords(s) }

func sameLine(a, b string) bool { return a != "" && FoldWords(a) == FoldWords(b) }
