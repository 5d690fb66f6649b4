package evilfeed

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// identity are feeds whose ids and dates lie.
func (sv *Server) identity() (cs []Case) {
	add := adder(&cs, "Identity and dates")
	add("/id/churn", "the same 5 stories with a new guid on every fetch", "5 stories after any number of fetches (fall back to link and content)", xmlBody(func(q *http.Request) string {
		n := sv.nth(q)
		return sv.rss("churn", seq(5, func(i int) string {
			return item(fmt.Sprintf("churn-%d-%d", n, i), fmt.Sprint("Churn story ", i), fmt.Sprintf("http://x/churn/%d", i), fmt.Sprint("the same text ", i), "")
		})...)
	}))
	add("/id/link-churn", "the same 5 stories, links with a new session id and utm tag on every fetch, no guid", "5 stories", xmlBody(func(q *http.Request) string {
		n := sv.nth(q)
		return sv.rss("lchurn", seq(5, func(i int) string {
			return fmt.Sprintf("<item><title>Link churn story %d</title><link>http://x/lc/%d?utm_source=rss&amp;sid=%d</link><description>same text %d</description></item>", i, i, n, i)
		})...)
	}))
	add("/id/flap", "one story whose title and body flip on every fetch, same guid and date", "updated in place, at most one stored revision per change, no new-item event each time", xmlBody(func(q *http.Request) string {
		return sv.rss("flap", item("flap-1", fmt.Sprint("Flapping title v", sv.nth(q)), "http://x/flap", fmt.Sprint("body v", sv.nth(q)), ""))
	}))
	add("/id/dup", "10 different stories that share one guid", "10 stories, or a documented rule; never a silent loss of 9", fixed(func() string {
		return sv.rss("dup", seq(10, func(i int) string {
			return item("same-guid", fmt.Sprint("Distinct story ", i), fmt.Sprintf("http://x/dup/%d", i), fmt.Sprint("text ", i), "")
		})...)
	}))
	add("/id/victim", "an honest feed with 2 stories", "2 stories, never changed by /id/hijack", fixed(func() string {
		return sv.rss("victim", item("http://victim.example/1", "Victim story one", "http://victim.example/1", "the real text", ""), item("http://victim.example/2", "Victim story two", "http://victim.example/2", "the real text", ""))
	}))
	add("/id/hijack", "another feed that uses the victim's guids, links and channel title, later dates, its own text and links", "guids count only within their own feed; the victim's stories keep their text, link and credit", fixed(func() string {
		d := "Tue, 03 Mar 2026 10:00:00 GMT"
		return sv.rss("victim", item("http://victim.example/1", "HIJACKED one", "http://evil.example/1", "HIJACKED", d), item("http://victim.example/2", "Victim story two", "http://evil.example/2", "HIJACKED", d))
	}))
	add("/id/none", "items with no guid, no link, no title, in several combinations", "stable ids from what there is; an item with nothing is dropped and counted", fixed(func() string {
		return sv.rss("none", "<item><description>only text</description></item>", "<item><title>only title</title></item>", "<item><link>http://x/only</link></item>", "<item></item>", "<item><guid></guid><title> </title></item>")
	}))
	add("/id/many", "-many items (100 000) in one feed", "a cap on items per fetch, bounded memory and transaction; other feeds not starved", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, strings.TrimSuffix(sv.rss("many"), "</channel></rss>\n"))
		for i := range sv.o.Many {
			if _, err := io.WriteString(w, item(fmt.Sprint("m", i), fmt.Sprint("Story number ", i), fmt.Sprintf("http://x/m/%d", i), "text", "")); err != nil {
				return
			}
		}
		_, _ = io.WriteString(w, "</channel></rss>")
	})
	add("/id/flood", "200 new stories on every fetch, all near copies of one story", "the topic feed is not pushed out by one source: per-source cap, near-duplicates merged", xmlBody(func(q *http.Request) string {
		n := sv.nth(q)
		return sv.rss("flood", seq(200, func(i int) string {
			return item(fmt.Sprintf("fl-%d-%d", n, i), fmt.Sprintf("City council approves budget (%d)", n*1000+i), fmt.Sprintf("http://x/fl/%d/%d", n, i), fmt.Sprintf("The city council approved the budget on Monday. ref %d", n*1000+i), time.Now().UTC().Format(time.RFC1123))
		})...)
	}))
	add("/id/shrink", "5 items on the first fetch, 1 on the second, 0 on the third, 5 on the fourth", "items that fall off stay; they are not new again when they come back", xmlBody(func(q *http.Request) string {
		return sv.good("shrink", []int{5, 1, 0, 5}[min(sv.nth(q)-1, 3)])
	}))
	add("/date/future", "items dated 2099, 9999 and one hour ahead", "clamped to the fetch time for sorting; not on top for ever; the published date is not in the future", fixed(func() string {
		return sv.rss("future", item("f1", "From 2099", "http://x/f1", "d", "Thu, 01 Jan 2099 00:00:00 GMT"), item("f2", "From 9999", "http://x/f2", "d", "Fri, 31 Dec 9999 23:59:59 GMT"), item("f3", "In an hour", "http://x/f3", "d", time.Now().Add(time.Hour).UTC().Format(time.RFC1123)))
	}))
	add("/date/odd", "year 0, negative, 1970, 29 Feb 2025, 61 seconds, odd zones, other languages, empty, 1 MB of digits", "no crash; unparsable means fetch time or unknown, never year 1", fixed(func() string {
		ds := []string{"0000-00-00 00:00:00", "-1", "Thu, 01 Jan 1970 00:00:00 GMT", "Sat, 29 Feb 2025 10:00:00 GMT", "Mon, 02 Mar 2026 10:00:61 GMT", "Mon, 02 Mar 2026 10:00:00 XYZ", "Mon, 02 Mar 2026 10:00:00 +9999", "lun, 02 mars 2026 10:00:00 +0100", "2026-W10-1", "1772445600", "yesterday", " ", strings.Repeat("9", 1<<20)}
		return sv.rss("dates", seq(len(ds), func(i int) string {
			return item(fmt.Sprint("od", i), fmt.Sprint("odd date ", i), fmt.Sprintf("http://x/od/%d", i), "d", ds[i])
		})...)
	}))
	add("/date/churn", "the same story dated now on every fetch", "not re-announced; not moved to the top each time", fixed(func() string {
		return sv.rss("dchurn", item("dc", "Always now", "http://x/dc", "same text", time.Now().UTC().Format(time.RFC1123)))
	}))
	return cs
}
