package main

import (
	"fmt"
	"strings"
	"time"
)

// Outlets put the same words into all they publish: that a text is for subscribers only, where else to follow them, a tag before each headline. In no labelled set
// is that left in, and a model that learned from those alone takes it for what is told. So labelled articles are also learned from as items of made-up
// outlets, cut short, with what their outlet puts around everything.

// outletsOf are the files that are learned from so. Events are dealt out to weeks, articles to the outlets of the week.
var outletsOf = map[string][]region{
	"ecbplus":          {{"of outlets", 9, 2, outletItem}},
	"allsides2021_rss": {{"of outlets", 30, 2, outletItem}},
	"allsides_full":    {{"of outlets", 60, 2, outletItem}},
}

// outletWeight is the least that is enough. With twice as much for pairs of which little is known, two hundred of 15,000 unrelated articles come together.
var outletWeight = weights{scant: 0.1, known: 0.2}

// outletTags stand before or after each headline (%s) of an outlet. {o} is its name.
var outletTags = []string{"", "", "", "", "[{o}] %s", "Video: %s", "%s - {o}", "%s | {o} News", "{o} HN: %s", "Opinion: %s", "%s (podcast)", "[Bug] %s"}

// outletLines stand around each text of an outlet. {o} is its name, {p} and {q} are people, {t} is the headline, {n} a number of the item.
var outletLines = []string{
	"This article is for subscribers only. Log in to read it in full.",
	"The post {t} appeared first on {o}.",
	"Continue reading at {o}.",
	"Sign up for our newsletter and support independent journalism.",
	"Comments",
	"Read more",
	"submitted by /u/{n} [link] [comments]",
	"Points: {n} Comments: {n}",
	"Subscribe to {o} on YouTube, follow us on Instagram, Facebook and X. Our app is in the App Store and on Google Play.",
	"All rights reserved. No part of this may be reproduced without the permission of {o}.",
	"{o} is supported by its readers. When you buy through links on our site, we may earn a commission.",
	"Get the best of {o} in your inbox every morning: what matters, explained by our reporters in Washington, London and Delhi.",
	"Have a tip? Write to {p} or call our desk in New York.",
	"Follow our live coverage of the war in Ukraine, the talks in Geneva and the election here.",
	"Listen to the {o} podcast with {p} and {q} wherever you get your podcasts.",
	"Music by {p}. Camera: Sony, microphone: Rode. 00:00 Intro 01:{n} Part two",
	"Our terms of use and our privacy policy changed on 1 May.",
	"Photo: {p} / {o}",
	"By {p} and {q}, {o}",
	"To comment, you must have an account at {o}. Please be kind; comments close after three days.",
}

// outletItem is an article as the item of an outlet in the n-th week: a headline and the first words of the text, with the words of the outlet around them. Every
// fifth week has no dates.
func outletItem(l line, n uint32) line {
	h := mix(eventHash("outlet" + l.ID))
	dice := func(bits int, sides uint32) uint32 { return h >> bits % sides }
	outlet := fmt.Sprint("outlet ", n, " ", h%(1+mix(n)%6))
	of := func(what string) uint32 { return mix(eventHash(outlet + what)) }
	fill := strings.NewReplacer("{o}", madeName(outlet, 1), "{p}", madeName(outlet, 2)+" "+madeName(outlet, 3), "{q}", madeName(outlet, 4)+" "+madeName(outlet, 5),
		"{t}", l.Title, "{n}", fmt.Sprint(10+(h>>8)%90))
	title := headlineOf(l)
	if tag := outletTags[of("tag")%uint32(len(outletTags))]; tag != "" {
		title = fmt.Sprintf(fill.Replace(tag), title)
	}
	text := []string{strings.Join(firstWords(l, h>>12), " ")}
	for k := range 1 + of("lines")%4 {
		said := fill.Replace(outletLines[of(fmt.Sprint("line", k))%uint32(len(outletLines))])
		if k == 2 {
			text = append([]string{said}, text...)
		} else {
			text = append(text, said)
		}
	}
	day := time.Date(2025, 3, 1+20*int(n), 6+int(dice(4, 14)), 0, 0, 0, time.UTC).AddDate(0, 0, int(mix(eventHash("day"+l.Event))%4))
	out := line{ID: l.ID, Title: title, Text: strings.Join(text, " "), Published: day.Format(time.RFC3339), Lang: l.Lang, Event: l.Event}
	if n%5 == 4 {
		out.Published = ""
	}
	return out
}
