//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/store"
	"wirefold/internal/store/storetest"
)

// TestKilledAtAnyMomentOfAnyCommand kills refresh, publish and correct at random moments, one after the other on the same
// installation, and looks after each kill: the store is sound, everything acknowledged is there, nothing is there twice,
// no published file is half written. At the end the stories are those of an installation that nobody disturbed.
// WIREFOLD_KILL_ROUNDS=500 (make soak) makes it long; PostgreSQL gets a fifth of the rounds.
func TestKilledAtAnyMomentOfAnyCommand(t *testing.T) {
	t.Parallel()
	rounds := 50
	if n, err := strconv.Atoi(os.Getenv("WIREFOLD_KILL_ROUNDS")); err == nil {
		rounds = n
	}
	bin := crashBinary(t)
	t.Run("sqlite", func(t *testing.T) { newKilling(t, bin, "data/wirefold.db").rounds(rounds) })
	t.Run("postgres", func(t *testing.T) { newKilling(t, bin, storetest.StartPostgres(t).NewDSN(t)).rounds(rounds / 5) })
}

// killing is an installation whose commands are killed, and what it has acknowledged so far.
type killing struct {
	*victim
	rnd     *rand.Rand
	web     *tellers
	dsn     string
	ackFile string
	acked   []news.ArticleKey
	ackRead int // bytes of ackFile that are in acked
	// corrected are the corrections whose command ended well; asked also those that may have been killed.
	corrected, asked []string
	seen             map[news.StoryID]bool // published stories that somebody may have read
	took             map[string]time.Duration
	killed, ended    map[string]int
}

func newKilling(t *testing.T, bin, dsn string) *killing {
	t.Helper()
	web := newTellers(t, 3)
	k := &killing{
		victim: webVictim(t, bin, dsn, web, ""), rnd: rand.New(rand.NewPCG(11, uint64(len(dsn)))), web: web, dsn: dsn,
		seen: map[news.StoryID]bool{}, took: map[string]time.Duration{}, killed: map[string]int{}, ended: map[string]int{},
	}
	if !strings.HasPrefix(dsn, "postgres") {
		k.dsn = filepath.Join(k.dir, dsn)
	}
	k.ackFile = filepath.Join(k.dir, "acknowledged")
	return k
}

// webVictim is an installation with a seed folder and one feed of each teller; query is what it appends to their addresses.
func webVictim(t *testing.T, bin, dsn string, web *tellers, query string) *victim {
	t.Helper()
	v := &victim{t: t, bin: bin, dir: t.TempDir()}
	v.config = filepath.Join(v.dir, "feeds.yaml")
	var b strings.Builder
	fmt.Fprintf(&b, "site: {title: Crash, url: \"http://127.0.0.1:1\", author: A, authority: \"crash.example,2026\", listen: \"127.0.0.1:0\", admin: none}\n")
	fmt.Fprintf(&b, "store: %q\nfetch: {min_interval: 1s, allow: [%s]}\n", dsn, strings.Join(web.hosts(), ", "))
	fmt.Fprintf(&b, "publish: {window: 1000d}\ntopics:\n  - {slug: all, title: All}\nfeeds:\n  - {id: desk, seeds: \"desk/*.txt\"}\n")
	for i, s := range web.servers {
		fmt.Fprintf(&b, "  - {id: web%d, url: %q, backfill: true}\n", i, s.URL+"/feed.rss"+query)
	}
	for name, text := range map[string]string{"feeds.yaml": b.String(), "desk/first.txt": web.seed(0)} {
		path := filepath.Join(v.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

// rounds kills a command in each round, and compares the end with an undisturbed installation.
func (k *killing) rounds(n int) {
	for _, action := range []string{"refresh", "publish", "correct"} {
		k.do(0, action, 0)
	}
	for i := 1; i <= n; i++ {
		k.news(i)
		action := []string{"refresh", "refresh", "refresh", "publish", "correct"}[k.rnd.IntN(5)]
		k.do(i, action, 1+time.Duration(k.rnd.Int64N(int64(k.took[action])*11/10)))
		k.look(i%25 == 0)
	}
	k.do(n, "refresh", 0)
	k.do(n, "publish", 0)
	k.look(true)
	k.t.Logf("killed %v, ended before that %v; %d articles acknowledged, %d stories seen, %d corrections acknowledged", k.killed, k.ended, len(k.acked), len(k.seen), len(k.corrected))
	if got := k.killed["refresh"] + k.killed["publish"] + k.killed["correct"]; got < n/2 {
		k.t.Errorf("only %d of %d rounds were killed", got, n)
	}
	k.sameAsUndisturbed(n)
}

// news lets the world go on: the event of this round is told by the desk and by a teller.
func (k *killing) news(round int) {
	k.t.Helper()
	if err := os.WriteFile(filepath.Join(k.dir, "desk", fmt.Sprintf("e%d.txt", round)), []byte(k.web.seed(round)), 0o600); err != nil {
		k.t.Fatal(err)
	}
	k.web.tell(round, 1)
}

// do runs a command that is killed after a while, or never when that is 0.
func (k *killing) do(round int, action string, killAfter time.Duration) {
	k.t.Helper()
	args := map[string][]string{"refresh": {"refresh", "--force"}, "publish": {"publish", "--out", k.site()}, "correct": k.correction(round)}[action]
	env := []string{"WIREFOLD_ACKNOWLEDGED=" + k.ackFile}
	start := time.Now()
	out, err := k.run(killAfter, env, args...)
	took := time.Since(start)
	text := strings.Join(args, " ")
	if action == "correct" {
		k.asked = append(k.asked, text)
	}
	switch {
	case killed(err):
		k.killed[action]++
		// A store that grows makes its commands slower: without this, kills would come ever earlier in their work.
		k.took[action] += k.took[action] / 20
		return
	case err != nil || out != "" && !strings.Contains(out, "holds when it comes"):
		k.t.Fatalf("round %d: wirefold %s: %v\n%s", round, text, err, out)
	}
	k.took[action] = took
	if killAfter > 0 {
		k.ended[action]++
	}
	if action == "correct" {
		k.corrected = append(k.corrected, text)
	}
}

func (k *killing) site() string { return filepath.Join(k.dir, "site") }

// correction is what a human says in a round: two events that the program keeps apart are one, or two tellings are not.
func (k *killing) correction(round int) []string {
	seed := func(n int) string {
		if n < 1 {
			return "desk/first.txt"
		}
		return fmt.Sprintf("desk/e%d.txt", n)
	}
	a, b := seed(round-2), seed(round-7)
	if a == b {
		return []string{"correct", "pin", a, "--lead"}
	}
	if round%2 == 0 {
		return []string{"correct", "split", a, b}
	}
	return []string{"correct", "merge", a, b}
}

// look checks what the commands left behind; with everything, also what was checked in earlier rounds.
func (k *killing) look(everything bool) {
	k.t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, k.dsn, store.Options{})
	if err != nil {
		k.t.Fatalf("open the store after a kill: %v", err)
	}
	defer s.Close()
	problems, err := s.Integrity(ctx)
	if err != nil || len(problems) > 0 {
		k.t.Fatalf("integrity: %v %v", err, problems)
	}
	fresh := k.acknowledgements()
	if everything {
		fresh = k.acked
	}
	for _, key := range fresh {
		if _, err := s.Article(ctx, key); err != nil {
			k.t.Fatalf("an acknowledged article is lost: %v", err)
		}
	}
	k.lookAtStories(ctx, s)
	k.lookAtCorrections(ctx, s)
	k.lookAtSite()
	if everything {
		k.lookForTwins(ctx, s)
	}
}

// acknowledgements reads which articles were acknowledged since the last look.
func (k *killing) acknowledgements() []news.ArticleKey {
	k.t.Helper()
	b, err := os.ReadFile(k.ackFile)
	if err != nil {
		k.t.Fatal(err)
	}
	before := len(k.acked)
	for _, line := range strings.Fields(string(b[k.ackRead:])) {
		k.acked = append(k.acked, news.ArticleKey(line))
	}
	k.ackRead = len(b)
	return k.acked[before:]
}

// lookAtStories: a story that was published is still there, or was merged into another.
func (k *killing) lookAtStories(ctx context.Context, s *store.Store) {
	k.t.Helper()
	list, err := s.Recent(ctx, 0)
	if err != nil {
		k.t.Fatal(err)
	}
	live := map[news.StoryID]bool{}
	for _, st := range list {
		live[st.ID] = true
	}
	for id := range k.seen {
		if live[id] {
			continue
		}
		if st, err := s.Story(ctx, id); err != nil || st.Life.State == news.Live {
			k.t.Fatalf("published story %s is lost: %v, %v", id, st.Life.State, err)
		}
	}
	for id := range live {
		k.seen[id] = true
	}
}

// lookAtCorrections: those whose command ended well are in force, and nothing else is than what was asked for.
func (k *killing) lookAtCorrections(ctx context.Context, s *store.Store) {
	k.t.Helper()
	list, err := s.Corrections(ctx)
	if err != nil {
		k.t.Fatal(err)
	}
	got := map[string]bool{}
	for _, c := range list {
		text := "correct " + c.Op
		for _, a := range c.Articles {
			text += " desk/" + filepath.Base(a)
		}
		if c.Lead {
			text += " --lead"
		}
		got[text] = true
		if !slices.Contains(k.asked, text) {
			k.t.Fatalf("nobody asked for %q", text)
		}
	}
	for _, c := range k.corrected {
		if !got[c] {
			k.t.Fatalf("an acknowledged correction is lost: %s", c)
		}
	}
}

// lookAtSite: every published file is whole.
func (k *killing) lookAtSite() {
	k.t.Helper()
	for name, body := range filesOf(k.t, k.site()) {
		whole := true
		switch filepath.Ext(name) {
		case ".atom":
			whole = strings.HasSuffix(strings.TrimSpace(body), "</feed>")
		case ".rss":
			whole = strings.HasSuffix(strings.TrimSpace(body), "</rss>")
		case ".json":
			whole = json.Valid([]byte(body))
		case ".html":
			whole = strings.HasSuffix(strings.TrimSpace(body), "</html>")
		}
		if !whole {
			k.t.Fatalf("%s is half written: it ends with %q", name, body[max(0, len(body)-80):])
		}
	}
}

// lookForTwins: each item of each feed is one article.
func (k *killing) lookForTwins(ctx context.Context, s *store.Store) {
	k.t.Helper()
	all, err := s.AllArticles(ctx, "all", 0)
	if err != nil {
		k.t.Fatal(err)
	}
	there := map[string]bool{}
	for _, a := range all {
		id := string(a.Article.Feed) + " " + a.Article.GUID
		if there[id] {
			k.t.Fatalf("%s is there twice", id)
		}
		there[id] = true
	}
}

// sameAsUndisturbed compares stories and site with an installation that reads the same outlets once, in peace, under
// the same corrections.
func (k *killing) sameAsUndisturbed(rounds int) {
	k.t.Helper()
	peace := webVictim(k.t, k.bin, "data/wirefold.db", k.web, "?all")
	for i := 1; i <= rounds; i++ {
		if err := os.WriteFile(filepath.Join(peace.dir, "desk", fmt.Sprintf("e%d.txt", i)), []byte(k.web.seed(i)), 0o600); err != nil {
			k.t.Fatal(err)
		}
	}
	text := bytes.ReplaceAll([]byte(k.must("correct", "export")), []byte(k.dir), []byte(peace.dir))
	if err := os.WriteFile(filepath.Join(peace.dir, "corrections.yaml"), text, 0o600); err != nil {
		k.t.Fatal(err)
	}
	peace.must("refresh", "--force")
	want, got := partition(k.t, filepath.Join(peace.dir, "data/wirefold.db")), partition(k.t, k.dsn)
	if len(want) < rounds/2 {
		k.t.Errorf("only %d stories of %d events: nothing was proven", len(want), rounds)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		k.t.Errorf("stories differ from those of an undisturbed installation (-undisturbed +killed):\n%s", diff)
	}
	again := filepath.Join(k.dir, "again")
	k.must("publish", "--out", again)
	if diff := cmp.Diff(filesOf(k.t, again), filesOf(k.t, k.site())); diff != "" {
		k.t.Errorf("the site that was killed so often differs from one that was written at once:\n%s", diff)
	}
}

// partition is which articles are one story, whatever the stories' ids.
func partition(t *testing.T, dsn string) (out []string) {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, err := s.Recent(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range list {
		var members []string
		for _, x := range st.Account.Tellings {
			members = append(members, string(x.Article[:12]))
		}
		slices.Sort(members)
		out = append(out, strings.Join(members, " "))
	}
	slices.Sort(out)
	return out
}
