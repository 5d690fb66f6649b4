package evilfeed

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// markup are documents that hurt parsers: entities, depth, encodings, broken markup, odd JSON and OPML.
func (sv *Server) markup() (cs []Case) {
	add := adder(&cs, "XML")
	add("/xml/entity-bomb", "billion laughs in an internal DTD", "refuse custom entities; flat memory", fixed(func() string {
		var d strings.Builder
		d.WriteString("<?xml version=\"1.0\"?>\n<!DOCTYPE rss [<!ENTITY l0 \"lol\">")
		for i := 1; i <= 9; i++ {
			fmt.Fprintf(&d, "<!ENTITY l%d \"%s\">", i, strings.Repeat(fmt.Sprintf("&l%d;", i-1), 10))
		}
		d.WriteString(`]><rss version="2.0"><channel><title>&l9;</title><item><title>&l9;</title></item></channel></rss>`)
		return d.String()
	}))
	add("/xml/entity-quadratic", "one 1 MB entity used 1000 times", "as /xml/entity-bomb", fixed(func() string {
		return "<?xml version=\"1.0\"?>\n<!DOCTYPE rss [<!ENTITY a \"" + strings.Repeat("a", 1<<20) + "\">]><rss version=\"2.0\"><channel><title>q</title><item><title>" + strings.Repeat("&a;", 1000) + `</title></item></channel></rss>`
	}))
	add("/xml/xxe-file", "external entity file:///etc/passwd in title and description", "never read a local file; text shows no `root:`", fixed(func() string {
		return `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY xxe SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]><rss version="2.0"><channel><title>xxe &xxe;</title><item><guid>xxe</guid><title>t &xxe;</title><description>&xxe;</description></item></channel></rss>`
	}))
	add("/xml/xxe-http", "external entity and DTD at the canary", "never contact it", fixed(func() string {
		return sv.withCanary(`<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://CANARY/evil.dtd" [<!ENTITY xxe SYSTEM "http://CANARY/xxe">]><rss version="2.0"><channel><title>xxe &xxe;</title><item><title>&xxe;</title></item></channel></rss>`)
	}))
	add("/xml/xinclude", "xi:include of file:///etc/passwd, and an xml-stylesheet PI", "ignored, and not copied into the published feed", fixed(func() string {
		return `<?xml version="1.0"?><?xml-stylesheet href="javascript:alert(1)" type="text/xsl"?><rss version="2.0" xmlns:xi="http://www.w3.org/2001/XInclude"><channel><title>xi</title><item><guid>xi</guid><title>xi</title><description><xi:include href="file:///etc/passwd" parse="text"/></description></item></channel></rss>`
	}))
	add("/xml/deep-10k", "10 000 nested elements", "refuse or skip, no crash; a depth limit", fixed(func() string { return deepXML(10000) }))
	add("/xml/deep-1m", "1 000 000 nested elements (7 MB)", "as /xml/deep-10k; Go cannot recover from stack exhaustion", fixed(func() string { return deepXML(1000000) }))
	add("/xml/deep-html", "200 000 nested divs in a description", "HTML depth limit; no quadratic time", fixed(func() string {
		return sv.rss("deep html", item("dh", "deep html", "http://x/", strings.Repeat("<div>", 200000)+"x", ""))
	}))
	add("/xml/html-quadratic", "100 000 unclosed formatting tags and a table in a description", "bounded time", fixed(func() string {
		return sv.rss("q", item("hq", "html quadratic", "http://x/", "<table>"+strings.Repeat("<b><i><a>", 35000)+strings.Repeat("<svg><desc>", 5000), ""))
	}))
	add("/xml/many-attrs", "one element with 200 000 attributes", "bounded time and memory", fixed(func() string {
		var b strings.Builder
		for i := range 200000 {
			fmt.Fprintf(&b, ` a%d="v"`, i)
		}
		return hdr + `<rss version="2.0"><channel><title>attrs</title><item` + b.String() + `><guid>at</guid><title>attrs</title></item></channel></rss>`
	}))
	add("/xml/many-ns", "50 000 nested namespace declarations", "bounded time and memory", fixed(func() string {
		var b strings.Builder
		for i := range 50000 {
			fmt.Fprintf(&b, `<a xmlns:n%d="urn:%d">`, i, i)
		}
		return hdr + `<rss version="2.0"><channel><title>ns</title><item><guid>ns</guid><title>ns</title>` + b.String() + strings.Repeat("</a>", 50000) + `</item></channel></rss>`
	}))
	add("/xml/controls", "NUL, C0 and C1 controls, U+FFFE, lone surrogates (as bytes and as references)", "items survive with the characters removed; the published feed is well-formed", fixed(func() string {
		s := sv.rss("controls", item("c1", "controls A-B", "http://x/1", "body C-D", ""), item("c2", "fine", "http://x/2", "fine", ""))
		s = strings.Replace(s, "A-B", "A\x00\x01\x08\x0b\x0c\x1b[31m\x7f\u0085\ufffe\xed\xa0\x80B", 1)
		return strings.Replace(s, "C-D", "C&#0;&#1;&#x1b;&#xFFFE;&#xD800;&#55296;D", 1)
	}))
	add("/xml/bad-utf8", "overlong, truncated and stray UTF-8 bytes in a title", "replaced, never stored raw; published feed valid UTF-8", fixed(func() string {
		return strings.Replace(sv.rss("u", item("u1", "bad MARK end", "http://x/", "d", "")), "MARK", "\xff\xfe\xc0\xaf\xe2\x82\xf0\x9f\x98 \x80", 1)
	}))
	add("/xml/cdata-end", "text holding `]]>`, `-->`, `?>`, `<![CDATA[` through CDATA tricks", "published feed well-formed and the text round-trips", fixed(func() string {
		return hdr + `<rss version="2.0"><channel><title>cd</title><item><guid>cd</guid><title><![CDATA[a ]]]]><![CDATA[> b --> ?> &amp; <b>]]></title><description><![CDATA[x ]]]]><![CDATA[><script>alert(1)</script>]]></description></item></channel></rss>`
	}))
	add("/xml/latin1-as-utf8", "ISO-8859-1 bytes declared as UTF-8", "\"café\" or a replacement, flagged; no raw bytes", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		_, _ = io.WriteString(w, strings.ReplaceAll(sv.rss("l1", item("l1", "caf# r#sum#", "http://x/", "d", "")), "#", "\xe9"))
	})
	add("/xml/charset-conflict", "header says ISO-8859-1, declaration says windows-1251, bytes are UTF-8", "documented precedence (RFC 7303: header over declaration, BOM over both), stable over fetches", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml; charset=ISO-8859-1")
		_, _ = io.WriteString(w, strings.Replace(sv.rss("cc", item("cc", "naïve Привет", "http://x/", "d", "")), "UTF-8", "windows-1251", 1))
	})
	add("/xml/utf16-bom", "UTF-16LE with BOM", "1 item", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = w.Write(u16(strings.Replace(sv.rss("u16", item("u16", "UTF-16 tïtle", "http://x/", "d", "")), "UTF-8", "UTF-16", 1), false, true))
	})
	add("/xml/utf16-nobom", "UTF-16BE without BOM, declared utf-16", "1 item (detect `00 3C 00 3F`), else an error; no crash", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = w.Write(u16(strings.Replace(sv.rss("u16n", item("u16n", "UTF-16 no BOM", "http://x/", "d", "")), "UTF-8", "UTF-16", 1), true, false))
	})
	add("/xml/utf7", "declared utf-7 with a +ADw-script+AD4- title", "unknown charset error, or plain text; never a decoded tag in a page", fixed(func() string {
		return strings.Replace(sv.rss("u7", item("u7", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "http://x/", "d", "")), "UTF-8", "UTF-7", 1)
	}))
	add("/xml/unknown-charset", "declared encoding x-nonsense-42", "an error that names it, or UTF-8 fallback", fixed(func() string { return strings.Replace(sv.good("uc", 2), "UTF-8", "x-nonsense-42", 1) }))
	add("/xml/undefined-entity", "&nbsp; &eacute; &bogus; without a DTD", "1 item; HTML names resolved, the unknown one kept as text", fixed(func() string {
		return strings.Replace(sv.rss("ue", item("ue", "a MARK b", "http://x/", "d", "")), "MARK", "&nbsp;&eacute;&bogus;&amp", 1)
	}))
	add("/xml/leading-junk", "blank lines and a PHP warning before the XML declaration", "2 items or a clear error", fixed(func() string {
		return "\ufeff\n\n<br />\n<b>Warning</b>: foo() in /x.php on line 3<br />\n" + sv.good("lj", 2)
	}))
	add("/xml/trailing-junk", "a second document and HTML after </rss>", "the first document's items only", fixed(func() string { return sv.good("tj", 2) + "<script>alert(1)</script>" + sv.good("tj2", 5) }))
	add("/xml/unclosed", "mismatched and unclosed tags, unescaped ampersands", "an error or a reported lenient parse; stable over fetches", fixed(func() string {
		return hdr + `<rss version="2.0"><channel><title>AT&T & co <b>bold</title><item><guid>un</guid><title>un<item><title>two</channel>`
	}))
	add("/xml/wrong-root", "Atom entries inside RSS, RSS items inside Atom, no namespace", "no crash; documented result", fixed(func() string {
		return hdr + `<rss><channel><title>mix</title><entry><id>e1</id><title>entry</title></entry><item><title>item</title></item></channel></rss>`
	}))
	add("/json/null", "JSON Feed body `null`", "an error, no crash", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/feed+json")
		fmt.Fprint(w, "null")
	})
	add("/json/deep", "JSON Feed with 1 000 000 nested arrays in an extension", "an error, no crash", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/feed+json")
		fmt.Fprint(w, `{"version":"https://jsonfeed.org/version/1.1","title":"deep","_x":`+strings.Repeat("[", 1000000)+strings.Repeat("]", 1000000)+`,"items":[]}`)
	})
	add("/json/odd", "duplicate keys, numeric ids, huge numbers, null fields, wrong types", "no crash; good items kept", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/feed+json")
		fmt.Fprint(w, `{"version":"https://jsonfeed.org/version/1.1","title":"a","title":"b","items":[{"id":1e400,"title":null},{"id":7,"title":["x"]},null,{"id":"ok","url":"http://x/","title":"ok","content_html":"<img src=x onerror=alert(1)>","date_published":"9999-99-99T99:99:99Z"}]}`)
	})
	add("/opml/evil", "OPML with a bomb DTD, 50 000 outlines, javascript: and canary URLs, deep nesting", "size and count limits, address rules, nothing fetched before the user agrees", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/x-opml")
		fmt.Fprint(w, sv.withCanary(`<?xml version="1.0"?><opml version="2.0"><head><title>evil</title></head><body><outline text="js" xmlUrl="javascript:alert(1)"/><outline text="f" xmlUrl="file:///etc/passwd"/><outline text="c" xmlUrl="http://CANARY/"/><outline type="include" url="http://`+sv.Addr+`/opml/evil"/>`)+strings.Repeat("<outline text='d'>", 5000)+strings.Repeat("</outline>", 5000)+strings.Join(seq(50000, func(i int) string { return fmt.Sprintf(`<outline text="o%d" xmlUrl="http://127.0.0.1:1/%d"/>`, i, i) }), "")+`</body></opml>`)
	})
	return cs
}
