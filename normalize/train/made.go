package main

import (
	"fmt"
	"strings"
)

// In a stream of one agency's short notes, hundreds of events are told in the same words and only names, places and numbers tell them apart. No labelled
// set has that, and joins that never saw it take the words for the event. So some are made up, from syllables: what is learned is that shape.

const (
	// madeEvents is how many events the largest made-up set has: enough that everything resembles everything.
	madeEvents = 80
	madeWeight = 0.2
	// madeKnownWeight is that of a made-up set for pairs of which enough is known: with less of it, and four kinds of notes, fifteen look-alike meetings came together.
	madeKnownWeight = 0.6
)

// madeSizes are how many events the made-up sets of one kind have: what everything around there resembles changes with it.
var madeSizes = [...]int{madeEvents, 30, 15, 6}

// madeNotes are kinds of short notes: what two outlets write of one event, headline and text. {1} to {4} are names, {n} is a number.
var madeNotes = []struct {
	name     string
	tellings [2][2]string
}{
	{"matches", [2][2]string{
		{"{1} beat {2} {n}-{m} in the cup", "{1} reached the next round of the cup on Saturday with a {n}-{m} win over {2} in {3}, where {4} scored twice."},
		{"Cup: {4} sinks {2}", "{3}: Two goals by {4} took {1} past {2} and into the next round of the cup on Saturday."}}},
	{"orders", [2][2]string{
		{"{1} orders {n}0 trucks from {2}", "The carrier {1} has ordered {n}0 trucks from {2}, the companies said in {3}. Its chief executive {4} called it the largest order so far."},
		{"{2} wins order for {n}0 trucks", "{2} will deliver {n}0 trucks to {1}, whose chief executive {4} signed the contract in {3}."}}},
	{"verdicts", [2][2]string{
		{"Court in {3} jails {1} for {n} years", "A court in {3} sentenced the former mayor {1} to {n} years in prison on Tuesday. The judge, {2}, spoke of bribes from the builder {4}."},
		{"{n} years for ex-mayor {1}", "The builder {4} had paid him: {1} must go to prison for {n} years, the judge {2} ruled in {3} on Tuesday."}}},
	{"visits", [2][2]string{
		{"President {1} arrives in {3}", "President {1} arrived in {3} for a state visit, the first since {n} years, and was received by Prime Minister {2}. They will sign an agreement on {4}."},
		{"{2} receives {1}, accord on {4} expected", "Prime Minister {2} received President {1} in {3}. The accord on {4} will be signed at the end of the visit."}}},
	{"appointments", [2][2]string{
		{"{1} to lead {2}", "{1} will take over as head of {2} in {3}, its board said on Monday. {4}, who has led it for {n} years, retires."},
		{"{4} leaves {2} after {n} years", "Change at the top of {2} in {3}: {4} retires and {1} takes over, the board said on Monday."}}},
	{"loans", [2][2]string{
		{"{1} lends {3} {n}0 million", "{1} has granted {3} a loan of {n}0 million for the {4} dam, its envoy {2} said on 5 May."},
		{"{3} gets {n}0 million for the {4} dam", "Money for the {4} dam: {2}, the envoy of {1}, signed a loan of {n}0 million to {3} on 5 May."}}},
	{"rescues", [2][2]string{
		{"{n}0 saved from ferry {1}", "Coastguards saved {n}0 people from the ferry {1} off {3} on Sunday. Captain {2} said that it had struck the {4} reef."},
		{"Ferry {1} runs aground off {3}", "The ferry {1} ran aground on the {4} reef off {3} on Sunday. All {n}0 on board are safe, said Captain {2}."}}},
	{"signings", [2][2]string{
		{"{2} sign {1} from {3}", "{2} have signed the striker {1} from {3} for {n} million. Coach {4} called him the man that he wanted."},
		{"{1} leaves {3} for {2}", "The striker {1} goes from {3} to {2}, who pay {n} million. He will play under {4}, with whom he has worked before."}}},
	{"talks", [2][2]string{
		{"{1} and {2} talk about {4}", "{3}: {1} and {2} spoke about the {4} border on 9 June, for the first time in {n} years."},
		{"Talks on {4} in {3}", "The {4} border was the subject when {2} met {1} in {3} on 9 June. No date was set for another round."}}},
}

// madeSets are made-up notes, sets of several sizes of each kind and one of all kinds with a day, told twice except for every fourth event.
func madeSets() []*set {
	var out []*set
	var all []line
	for k, kind := range madeNotes {
		for i, n := range madeSizes {
			w := weights{known: madeKnownWeight}
			if n == madeEvents {
				w[scant] = madeWeight
			}
			out = append(out, newSet(fmt.Sprintf("made %s %d", kind.name, n), w, madeLines(k, i, n, ""), false))
		}
		all = append(all, madeLines(k, 0, madeEvents, "2025-03-04")[:madeEvents]...)
	}
	out = append(out, newSet("made notes of a day", weights{scant: madeWeight, known: madeKnownWeight}, all, false))
	for _, s := range out {
		s.quiet, s.weight = true, weights{} // what words and names say is not learned from it
	}
	return out
}

func madeLines(kind, draw, events int, day string) []line {
	var out []line
	for e := range events {
		for t, telling := range madeNotes[kind].tellings {
			if t == 1 && e%4 == 3 {
				continue
			}
			id := fmt.Sprintf("made %d %d", kind, draw*madeEvents+e)
			fill := strings.NewReplacer("{1}", madeName(id, 1), "{2}", madeName(id, 2), "{3}", madeName(id, 3), "{4}", madeName(id, 4),
				"{n}", fmt.Sprint(2+mix(eventHash(id+"n"))%4), "{m}", fmt.Sprint(mix(eventHash(id+"m"))%2))
			out = append(out, line{ID: fmt.Sprint(id, " ", t), Title: fill.Replace(telling[0]), Text: fill.Replace(telling[1]), Published: day, Lang: "en", Event: id})
		}
	}
	return out
}

// madeName is one of a few thousand names: some recur, as names do.
func madeName(event string, n int) string {
	h := mix(eventHash(fmt.Sprint(event, "/", n)))
	on, end := strings.Fields("Al Bren Cass Dur Ev Fal Gor Hul Ist Jan Kov Lem Mir Nol Pas Rud"), strings.Fields("ber der din ges kin lo man nik ra sen ta wic")
	return on[h%16] + end[h>>8%uint32(len(end))] + end[h>>16%uint32(len(end))]
}
