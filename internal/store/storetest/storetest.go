// Package storetest is one suite that proves that a store keeps its promises, run on every engine.
package storetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/store"
)

// Open opens a fresh, empty store that is closed at the end of the test, and the same store again for a second
// process when called with the dsn that it answered.
type Open func(t *testing.T, dsn string, o store.Options) (*store.Store, string)

// Run runs the whole suite.
func Run(t *testing.T, open Open) {
	for _, tt := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"what was saved is read back", savedIsRead},
		{"revisions keep key and first sight", revisionsAreKept},
		{"a revised article moves to its story", revisedMoves},
		{"future dates are clamped to first sight", futureDatesAreClamped},
		{"a renamed seed is the same article", renamedSeed},
		{"articles are found by reference", foundByReference},
		{"strange bytes are stored", strangeText},
		{"claims exclude each other", claimsExclude},
		{"subscribers are kept", subscribers},
		{"an article is placed once", placedOnce},
		{"every order of arrival gives the same stories", anyOrder},
		{"any articles in any order give the same stories", anyArticles},
		{"merged stories keep the older id", mergedKeepsOlder},
		{"aliases are flat", aliasesAreFlat},
		{"a part that leaves gets a new id", splitGetsNewID},
		{"closed stories stay closed", closedStaysClosed},
		{"full archives freeze", archivesFreeze},
		{"stories wake in time", storiesWake},
		{"a story that comes back to a topic keeps its number", leavesTopic},
		{"a topic lists every article and says which were taken out", listedArticles},
		{"a topic that a story left does not hear of its end", leftIsNotEnded},
		{"a late story is among the newest of its topic", lateIsAmongTheNewest},
		{"a new model marks again what can be reached", remarked},
		{"crowded keys are out of play", crowdedKeys},
		{"corrections rule", correctionsRule},
		{"corrections wait for their articles", correctionsWait},
		{"a dropped article changes", changedAfterDrop},
		{"contradictions are told", contradictionsAreTold},
		{"pins reach their stories", pinsReachStories},
		{"a purge takes the text", purgeTakesText},
		{"a purge reaches closed archives", purgeReachesArchives},
		{"a lease excludes others", leaseExcludes},
		{"long neighbourhoods are read to their bound", boundedRegion},
		{"what is saved while placing is placed again", savedWhilePlacing},
		{"many place at once", manyPlacers},
		{"a story is told from what another process saved", toldAfterAnother},
		{"a backup is restored", backedUp},
		{"a store moves with all ids", migrated},
		{"retention keeps identity", retentionKeepsIdentity},
		{"retention keeps archives, and every id that was ever given", retentionKeepsArchives},
		{"a neighbourhood is read", neighbours},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, open) })
	}
}

// T0 is when the tests begin.
var T0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Article makes an article whose guid, text and marks follow from name. Those with a key in common may be linked.
func Article(feed news.FeedID, name string, keys ...news.Key) news.Article {
	sum := sha256.Sum256([]byte(string(feed) + "\x00" + name))
	return news.Article{
		Key: news.ArticleKey(fmt.Sprintf("%x", sum)), Feed: feed, GUID: "guid:" + name, URL: "https://" + string(feed) + ".example/" + name,
		Title: "Title of " + name, Headline: "Title of " + name, Text: "Text of " + name, HTML: "<p>Text of " + name + "</p>",
		ItemHash: sum, TextHash: sum, Marks: news.Marks{Keys: keys},
	}
}

func savedIsRead(t *testing.T, open Open) {
	ctx := context.Background()
	s, _ := open(t, "", store.Options{})
	a, b := Article("one", "a"), Article("one", "b")
	a.Published = news.Date{Time: T0.Add(-time.Hour)}
	saved, err := s.Save(ctx, news.Batch{State: news.FeedState{Feed: "one", ETag: `"x"`}, Articles: []news.Article{a, b}, At: T0})
	if err != nil {
		t.Fatal(err)
	}
	if saved != (news.Saved{New: 2}) {
		t.Errorf("Save = %+v, want 2 new", saved)
	}
	got, err := s.Article(ctx, a.Key)
	if err != nil {
		t.Fatal(err)
	}
	a.Seen, a.Marks = T0, news.Marks{}
	if diff := cmp.Diff(a, got); diff != "" {
		t.Errorf("Article (-want +got):\n%s", diff)
	}
	known, err := s.Known(ctx, "one", []string{a.GUID, "guid:none"}, []string{b.URL}, [][32]byte{a.TextHash})
	if err != nil {
		t.Fatal(err)
	}
	if len(known) != 2 {
		t.Errorf("Known = %d articles, want 2", len(known))
	}
	states, err := s.FeedStates(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]news.FeedState{{Feed: "one", ETag: `"x"`}}, states); diff != "" {
		t.Errorf("FeedStates (-want +got):\n%s", diff)
	}
}
