package normalize

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

func TestTextOfHTML(t *testing.T) {
	tests := []struct{ name, in, html, text string }{
		{"paragraphs", "<p>One\n two.</p><p>Three<br>four</p>", "<p>One\n two.</p><p>Three<br>four</p>", "One two.\n\nThree\nfour"},
		{"lists and tables", "<ul><li>a<li>b</ul><table><tr><td>c<td>d</table>", "<ul><li>a</li><li>b</li></ul><table><tbody><tr><td>c</td><td>d</td></tr></tbody></table>", "a\nb\n\nc d"},
		{"unknown elements give way", "<section><blink>a</blink> <font color=red>b</font></section>", "a b", "a b"},
		{"relative addresses", `<a href="/x?a=1&amp;b=2" onclick=x()>a</a><img src="i.png" width=9 class=y>`, `<a href="https://h.example/x?a=1&amp;b=2">a</a><img src="https://h.example/d/i.png" width="9">`, "a"},
		{"a frame written the XML way", `<p>a</p><iframe src="https://x.example/" /><p>b</p>`, "<p>a</p><p>b</p>", "a\n\nb"},
		{"a script written the XML way", `a<script src="x.js"/>b`, "ab", "ab"},
		{"no-break spaces", "a&nbsp;b", "a\u00a0b", "a b"},
		{"a counting pixel", `a<img src="https://t.example/1.gif" width="1" height="1">`, "a", "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Clean(news.Text{Value: tt.in, Type: news.HTML, Base: "https://h.example/d/"})
			if diff := cmp.Diff(Cleaned{HTML: tt.html, Text: tt.text}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNestingTooDeepKeepsTheWords(t *testing.T) {
	got := Clean(news.Text{Value: strings.Repeat("<div>", 3000) + "still <b>here</b><script>not()</script>", Type: news.HTML})
	if got.Text != "still here" && got.Text != "still  here" {
		t.Errorf("text %.80q, want the words", got.Text)
	}
}

func TestAnItemBecomesAnArticle(t *testing.T) {
	it := news.Item{
		GUID: "g", Title: news.Text{Value: "The <b>ferry</b>\n runs &amp; runs", Type: news.HTML}, Link: "https://h.example/n?utm_source=x",
		Summary: news.Text{Value: "Short.", Type: news.HTML}, Content: news.Text{Value: "<p>Long text.</p>", Type: news.HTML, Language: "en_gb"},
		Published: news.Date{Time: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), DayOnly: true}, Updated: news.Date{Time: time.Unix(0, 0).UTC()},
		Categories: []news.Category{{Term: " sea\x1b[31m "}}, Enclosures: []news.Enclosure{{URL: "javascript:x"}, {URL: "https://h.example/a.mp3", Type: "audio/mpeg", Length: "x"}},
	}
	a := Article(news.Feed{ID: "f"}, &news.Document{Title: news.Text{Value: "Harbour News"}, Authors: []news.Author{{Name: "Desk"}}}, it)
	got := []any{a.Title, a.Headline, a.Link, a.URL, a.Summary, a.HTML, a.Text, a.Lang, a.Outlet, a.Published.String(), a.Updated.Known(), a.Tags[0].Term, a.Files, a.Authors}
	want := []any{"The ferry runs & runs", "The ferry runs & runs", "https://h.example/n?utm_source=x", "https://h.example/n", "Short.", "<p>Long text.</p>", "Long text.", "en-GB", "Harbour News",
		"2026-03-02", false, "sea[31m", []news.Enclosure{{URL: "https://h.example/a.mp3", Type: "audio/mpeg"}}, []news.Author{{Name: "Desk"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := json.Marshal(a); err != nil {
		t.Error(err)
	}
}

func TestAHeadlineIsAlwaysThere(t *testing.T) {
	tests := []struct {
		it   news.Item
		want string
	}{
		{item("1", "", "", "First line of it. More"), "First line of it. More"},
		{item("1", "", "https://h.example/n", ""), "https://h.example/n"},
		{item("1", "<script>x</script>", "", ""), "<script>x</script>"}, // a plain title is text
	}
	for _, tt := range tests {
		if got := Article(news.Feed{ID: "f"}, nil, tt.it).Headline; got != tt.want {
			t.Errorf("headline %q, want %q", got, tt.want)
		}
	}
}

func TestAMovedBylineIsNoRevisionOfTheText(t *testing.T) {
	a := item("1", "t", "", `<p class="a">same <b>words</b></p>`)
	b := item("1", "t", "", `<p class="b">same  <i>words</i></p>`)
	c := item("1", "t", "", `<p>other words</p>`)
	if textHash(a) != textHash(b) || textHash(a) == textHash(c) {
		t.Error("TextHash must follow the words and nothing else")
	}
}

func TestLanguages(t *testing.T) {
	tests := []struct{ stated, text, want string }{
		{"de", "The harbour", "de"}, {"pt_BR", "", "pt-BR"}, {"nonsense!", "", ""},
		{"", "The ferry was out of service for the third time this week and the harbour said that it will return", "en"},
		{"", "Die Fähre ist nicht mehr auf dem Weg und der Hafen wird von der Stadt für die Gäste geöffnet", "de"},
		{"", "Le bac est une fois de plus dans le port et les voyageurs sont sur les quais avec des bagages", "fr"},
		{"", "ok", ""},
	}
	for _, tt := range tests {
		if got := languageOf(tt.stated, tt.text); got != tt.want {
			t.Errorf("languageOf(%q, %.30q) = %q, want %q", tt.stated, tt.text, got, tt.want)
		}
	}
}
