package store_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"wirefold/internal/news"
	"wirefold/internal/store"
	"wirefold/internal/store/storetest"
)

// The test binary is its own helper: with WIREFOLD_STORE_HELPER set it is another process on the same store.
func TestMain(m *testing.M) {
	switch os.Getenv("WIREFOLD_STORE_HELPER") {
	case "":
		os.Exit(m.Run())
	case "refresh":
		end(refreshOnce(os.Getenv("WIREFOLD_STORE"), os.Stdout))
	case "hold":
		end(holdAll(os.Getenv("WIREFOLD_STORE"), os.Stdout))
	case "endless":
		end(refreshForEver(os.Getenv("WIREFOLD_STORE"), os.Getenv("WIREFOLD_ROUND"), os.Stdout))
	}
}

func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func helper(t *testing.T, what, dsn string, env ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe)
	c.Env = append(os.Environ(), append(env, "WIREFOLD_STORE_HELPER="+what, "WIREFOLD_STORE="+dsn)...)
	return c
}

// feedsOf are what a helper's refresh brings: 10 feeds of 5 articles, each on another of the 5 events of that name.
func feedsOf(round, events string) []news.Batch {
	sum := sha256.Sum256([]byte(events))
	first := binary.BigEndian.Uint64(sum[:])
	var out []news.Batch
	for f := range 10 {
		b := news.Batch{State: news.FeedState{Feed: news.FeedID(fmt.Sprint("feed", f))}, At: storetest.T0}
		for i := range 5 {
			b.Articles = append(b.Articles, storetest.Article(b.State.Feed, fmt.Sprintf("%s-%d-%d", round, f, i), news.MakeKey(first+uint64(i+1)<<8, 3)))
		}
		out = append(out, b)
	}
	return out
}

// refreshOnce does what a refresh does: claim what is due, save, place.
func refreshOnce(dsn string, out io.Writer) error {
	ctx := context.Background()
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return err
	}
	for _, b := range feedsOf("once", "") {
		claimed, err := s.Claim(ctx, time.Now(), []news.FeedID{b.State.Feed}, time.Minute)
		if err != nil {
			return err
		}
		if len(claimed) == 0 {
			continue
		}
		saved, err := s.Save(ctx, b)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, "saved", saved.New)
		if err := placeAll(ctx, s); err != nil {
			return err
		}
	}
	return s.Close()
}

func placeAll(ctx context.Context, s *store.Store) error {
	for {
		p, err := s.Place(ctx, storetest.T0, storetest.Rules())
		if err != nil || !p.More {
			return err
		}
	}
}

// holdAll takes a lease and claims, says so, and waits to be killed.
func holdAll(dsn string, out io.Writer) error {
	ctx := context.Background()
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return err
	}
	if _, err := s.Lease(ctx, "place", time.Hour); err != nil {
		return err
	}
	if _, err := s.Claim(ctx, time.Now(), []news.FeedID{"a", "b"}, time.Hour); err != nil {
		return err
	}
	fmt.Fprintln(out, "held")
	select {}
}

// refreshForEver saves, many feeds at once, and places, and says what was acknowledged, until it is killed.
func refreshForEver(dsn, round string, out io.Writer) error {
	ctx := context.Background()
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		var saves errgroup.Group
		for _, b := range feedsOf(fmt.Sprint(round, ".", i), round) {
			saves.Go(func() error {
				if _, err := s.Save(ctx, b); err != nil {
					return err
				}
				for _, a := range b.Articles {
					fmt.Fprintln(out, "saved", a.Key)
				}
				return nil
			})
		}
		if err := saves.Wait(); err != nil {
			return err
		}
		if _, err := s.Place(ctx, storetest.T0, storetest.Rules()); err != nil {
			return err
		}
	}
}

// TestManyProcessesOnOneFile: a server and twenty refreshes, each article once, no error.
func TestManyProcessesOnOneFile(t *testing.T) {
	ctx := context.Background()
	s, dsn := openSQLite(t, filepath.Join(t.TempDir(), "w.db"), store.Options{})
	var news atomicSum
	var work sync.WaitGroup
	for range 20 {
		c := helper(t, "refresh", dsn)
		work.Go(func() {
			out, err := c.Output()
			if err != nil {
				var exit *exec.ExitError
				if errors.As(err, &exit) {
					err = fmt.Errorf("%w: %s", err, exit.Stderr)
				}
				t.Error(err)
			}
			for line := range strings.Lines(string(out)) {
				n, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "saved")))
				if err != nil {
					t.Error(err)
				}
				news.add(n)
			}
		})
	}
	work.Go(func() { // the server
		for range 20 {
			for _, b := range feedsOf("server", "") {
				saved, err := s.Save(ctx, b)
				if err != nil {
					t.Error(err)
				}
				news.add(saved.New)
			}
			if err := placeAll(ctx, s); err != nil {
				t.Error(err)
			}
		}
	})
	work.Wait()
	if got := news.sum(); got != 100 {
		t.Errorf("%d articles were called new, want each of 100 once", got)
	}
	if err := placeAll(ctx, s); err != nil {
		t.Fatal(err)
	}
	stories, err := s.Entries(ctx, "all", 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(stories) != 5 {
		t.Errorf("%d stories, want 5", len(stories))
	}
	sound(t, s)
}

type atomicSum struct {
	mu sync.Mutex
	n  int
}

func (a *atomicSum) add(n int) { a.mu.Lock(); a.n += n; a.mu.Unlock() }
func (a *atomicSum) sum() int  { a.mu.Lock(); defer a.mu.Unlock(); return a.n }

func sound(t *testing.T, s *store.Store) {
	t.Helper()
	problems, err := s.Integrity(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("integrity: %s", p)
	}
}

// TestDeadHolderIsReplacedAtOnce kills a process that holds the lease and claims for an hour.
func TestDeadHolderIsReplacedAtOnce(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { replaceDeadHolder(t, filepath.Join(t.TempDir(), "w.db"), true) })
	server := storetest.StartPostgres(t)
	t.Run("postgres", func(t *testing.T) { replaceDeadHolder(t, server.NewDSN(t), true) })
	// Some databases that speak PostgreSQL's protocol grant every advisory lock to everybody: there only time tells.
	t.Run("postgres whose locks lock nothing", func(t *testing.T) {
		dsn := server.NewDSN(t)
		server.Exec(t, dsn, `CREATE SCHEMA fake;
			CREATE FUNCTION fake.pg_advisory_lock(bigint) RETURNS void LANGUAGE sql AS '';
			CREATE FUNCTION fake.pg_try_advisory_xact_lock(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'`)
		replaceDeadHolder(t, dsn+"&search_path=fake,pg_catalog,public", false)
	})
}

func replaceDeadHolder(t *testing.T, dsn string, atOnce bool) {
	ctx := context.Background()
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := helper(t, "hold", dsn)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("helper said %q, %v", line, err)
	}
	if _, err := s.Lease(ctx, "place", time.Minute); !errors.Is(err, news.ErrBusy) {
		t.Errorf("Lease while the holder lives = %v, want ErrBusy", err)
	}
	if got, err := s.Claim(ctx, time.Now(), []news.FeedID{"a"}, time.Minute); err != nil || len(got) != 0 {
		t.Errorf("Claim while the claimant lives = %v, %v", got, err)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil {
		t.Error("the helper ended well, it was to be killed")
	}
	if !atOnce {
		if _, err := s.Lease(ctx, "place", time.Minute); !errors.Is(err, news.ErrBusy) {
			t.Errorf("Lease of a holder that nobody can know dead = %v, want ErrBusy", err)
		}
		return
	}
	l, err := soon(t, func() (*store.Lease, error) { return s.Lease(ctx, "place", time.Minute) })
	if err != nil {
		t.Fatalf("Lease of a dead holder = %v", err)
	}
	if err := l.Release(ctx); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Claim(ctx, time.Now(), []news.FeedID{"a", "b"}, time.Minute); err != nil || len(got) != 2 {
		t.Errorf("Claim of a dead claimant's feeds = %v, %v, want both", got, err)
	}
}

// soon takes a lease while a server notices that a connection ended, which it does within moments.
func soon(t *testing.T, lease func() (*store.Lease, error)) (*store.Lease, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		l, err := lease()
		if !errors.Is(err, news.ErrBusy) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-tick.C:
		}
	}
}

// TestKilledAtAnyMoment kills a process that saves and places, again and again: the file is whole, what was
// acknowledged is there, and nothing is there twice. WIREFOLD_KILL_ROUNDS=500 makes it long.
func TestKilledAtAnyMoment(t *testing.T) {
	rounds := 5
	if n, err := strconv.Atoi(os.Getenv("WIREFOLD_KILL_ROUNDS")); err == nil {
		rounds = n
	}
	t.Run("sqlite", func(t *testing.T) { killRounds(t, filepath.Join(t.TempDir(), "w.db"), rounds) })
	t.Run("postgres", func(t *testing.T) { killRounds(t, storetest.StartPostgres(t).NewDSN(t), max(rounds/5, 2)) })
}

func killRounds(t *testing.T, dsn string, rounds int) {
	ctx := context.Background()
	var acknowledged []news.ArticleKey
	for round := range rounds {
		before := len(acknowledged)
		c := helper(t, "endless", dsn, fmt.Sprint("WIREFOLD_ROUND=", round))
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		c.Stderr = &said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		stopAfter := rand.IntN(400)
		killed := false
		for n := 0; lines.Scan(); n++ {
			if key, ok := strings.CutPrefix(lines.Text(), "saved "); ok && len(key) == 64 {
				acknowledged = append(acknowledged, news.ArticleKey(key))
			}
			if n >= stopAfter && !killed {
				killed = true
				if err := c.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := c.Wait(); !killed {
			t.Fatalf("round %d: the helper ended by itself: %v %s", round, err, said.String())
		}
		checkAfterKill(t, dsn, acknowledged[before:])
	}
	checkAfterKill(t, dsn, acknowledged)
	t.Logf("%d rounds, %d articles acknowledged", rounds, len(acknowledged))
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := placeAll(ctx, s); err != nil {
		t.Fatal(err)
	}
	stories, err := s.Entries(ctx, "all", 0)
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.AllArticles(ctx, "all", 0)
	if err != nil {
		t.Fatal(err)
	}
	// Each round tells 5 events of its own: a key that thousands hold would say nothing any more.
	events := map[string]bool{}
	for _, a := range all {
		round, rest, _ := strings.Cut(strings.TrimPrefix(a.Article.GUID, "guid:"), ".")
		events[round+rest[strings.LastIndexByte(rest, '-'):]] = true
	}
	if len(stories) != len(events) || len(all) < len(acknowledged) {
		t.Errorf("%d stories of %d events, %d articles of %d that were acknowledged", len(stories), len(events), len(all), len(acknowledged))
	}
	sound(t, s)
}

func checkAfterKill(t *testing.T, dsn string, acknowledged []news.ArticleKey) {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sound(t, s)
	for _, k := range acknowledged {
		if _, err := s.Article(ctx, k); err != nil {
			t.Errorf("an acknowledged article is lost: %v", err)
		}
	}
}
