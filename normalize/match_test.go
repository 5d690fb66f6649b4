package normalize

import (
	"testing"

	"wirefold/internal/news"
)

func TestMatches(t *testing.T) {
	article := news.Article{Feed: "harbour", Lang: "pt-BR", Title: "Ministers meet in Łódź",
		Text: "Human-smuggling gangs were named in Nu’amani’s report. The strait’s café reopened. Zwölf Straßen. ﬁnal １２３. 北京会谈. اجتماعُ الوزراء"}
	tests := []struct {
		name string
		m    news.Match
		want bool
	}{
		{"an empty query takes all", news.Match{}, true},
		{"a whole word", news.Match{Any: []string{"gangs"}}, true},
		{"no part of a word", news.Match{Any: []string{"gang"}}, false},
		{"no stemming", news.Match{Any: []string{"minister"}}, false},
		{"a prefix with a star", news.Match{Any: []string{"minist*"}}, true},
		{"a prefix may be the whole word", news.Match{Any: []string{"gangs*"}}, true},
		{"a star alone matches nothing", news.Match{Any: []string{"*"}}, false},
		{"case does not matter", news.Match{Any: []string{"MINISTERS"}}, true},
		{"diacritics do not matter", news.Match{Any: []string{"lodz"}}, true},
		{"nor in the query", news.Match{Any: []string{"cafè"}}, true},
		{"a phrase", news.Match{Any: []string{"human smuggling"}}, true},
		{"a phrase in order only", news.Match{Any: []string{"smuggling human"}}, false},
		{"a phrase with a prefix inside", news.Match{Any: []string{"hum* smuggling gan*"}}, true},
		{"a phrase does not cross from title to text", news.Match{Any: []string{"lodz human"}}, false},
		{"a possessive is its word", news.Match{Any: []string{"strait"}}, true},
		{"sharp s is ss", news.Match{Any: []string{"strassen"}}, true},
		{"compatibility forms", news.Match{All: []string{"final", "123"}}, true},
		{"a Chinese word is a phrase of characters", news.Match{Any: []string{"北京"}}, true},
		{"Arabic without vowel signs", news.Match{Any: []string{"اجتماع"}}, true},
		{"all need every term", news.Match{All: []string{"gangs", "bridge"}}, false},
		{"none forbids", news.Match{Any: []string{"gangs"}, None: []string{"report"}}, false},
		{"another feed", news.Match{Feeds: []news.FeedID{"river"}}, false},
		{"its feed", news.Match{Feeds: []news.FeedID{"river", "harbour"}}, true},
		{"a language takes its varieties", news.Match{Languages: []string{"pt"}}, true},
		{"another language", news.Match{Languages: []string{"p"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Matches(tt.m, &article); got != tt.want {
				t.Errorf("Matches(%+v) = %v, want %v; words %q", tt.m, got, tt.want, ArticleWords(&article))
			}
		})
	}
}
