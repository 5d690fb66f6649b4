//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/refresh"
	"wirefold/internal/store"
	"wirefold/internal/store/storetest"
)

const (
	companyFeeds = 12
	// companyInterval is how often each feed is asked; a tenth is added to part them.
	companyInterval = 4 * time.Second
	companyLongest  = companyInterval + companyInterval/10
	// companyKill is how often a server dies.
	companyKill = 3 * time.Second
	// companyCron is how often each cron job comes.
	companyCron = 6 * time.Second
	// companySlow is how long a feed takes to answer, so that who asks is often killed meanwhile.
	companySlow = 100 * time.Millisecond
	// takeover is how long work may lie while its holder is held alive: the longest lease.
	takeover = store.DefaultLease
)

// TestCompanyOnOnePostgreSQL: three servers and two cron jobs share one database. Every few seconds a server is killed, one
// that asks a feed just then if there is one: while it waits for the answer or works on it. It starts again. Every feed is asked on time and by one only, every event is one story, and in the end all
// machines publish the same bytes. 30 seconds; five minutes with WIREFOLD_SOAK.
func TestCompanyOnOnePostgreSQL(t *testing.T) {
	t.Parallel() // it waits most of the time
	lasts := 30 * time.Second
	if os.Getenv("WIREFOLD_SOAK") != "" {
		lasts = 5 * time.Minute
	}
	c := &company{t: t, bin: crashBinary(t), dsn: storetest.StartPostgres(t).NewDSN(t), web: newTellers(t, companyFeeds), asks: make(chan string)}
	c.web.slow, c.web.asks = companySlow, c.asks
	var servers []*member
	for i := range 3 {
		servers = append(servers, c.newMember(c.dsn, "", fmt.Sprintf("server %d", i)))
		servers[i].start()
	}
	ctx, stop := context.WithTimeout(t.Context(), lasts)
	defer stop()
	var work sync.WaitGroup
	work.Go(func() { c.live(ctx) })
	work.Go(func() { c.killAgain(ctx, servers) })
	crons := []*member{c.newMember(c.dsn, "", "cron"), c.newMember(c.dsn, "", "cron")}
	for _, m := range crons {
		work.Go(func() { m.cron(ctx) })
	}
	work.Wait()
	if t.Failed() {
		return
	}
	c.settle(servers, crons)
	c.onTimeAndOnce()
	for _, s := range servers {
		s.end()
	}
	want := c.undisturbed()
	if diff := cmp.Diff(want, partition(t, c.dsn)); diff != "" {
		t.Errorf("stories differ from those of one refresh of all (-one +company):\n%s", diff)
	}
	if whole := slices.DeleteFunc(want, func(s string) bool { return len(strings.Fields(s)) != 3 }); len(whole) != c.events {
		t.Errorf("%d of %d events are one story of three tellings", len(whole), c.events)
	}
	t.Logf("%d events, %d kills", c.events, len(c.kills))
}

// company is a number of machines on one database.
type company struct {
	t      *testing.T
	bin    string
	dsn    string
	web    *tellers
	events int
	kills  []time.Time
	asks   chan string // who asks a feed
}

// member is one machine.
type member struct {
	*victim
	cmd *exec.Cmd
	url string
}

// newMember lays out a machine; query is what it appends to the addresses of the feeds.
func (c *company) newMember(dsn, query, name string) *member {
	c.t.Helper()
	m := &member{victim: &victim{t: c.t, bin: c.bin, dir: c.t.TempDir()}}
	m.config = filepath.Join(m.dir, "feeds.yaml")
	var b strings.Builder
	b.WriteString("site: {title: Company, url: \"http://news.example\", author: A, authority: \"company.example,2026\", admin: none}\n")
	fmt.Fprintf(&b, "store: %q\nfetch: {min_interval: %s, user_agent: %q, allow: [%s]}\n", dsn, companyInterval, name, strings.Join(c.web.hosts(), ", "))
	b.WriteString("publish: {entries: 1000, window: 1000d}\ntopics:\n  - {slug: all, title: All}\nfeeds:\n")
	for i, s := range c.web.servers {
		fmt.Fprintf(&b, "  - {id: web%d, url: %q, interval: %s, backfill: true}\n", i, s.URL+"/feed.rss"+query, companyInterval)
	}
	if err := os.WriteFile(m.config, []byte(b.String()), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return m
}

// live lets an event happen every second: one outlet tells it at once, the others a second later each.
func (c *company) live(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		for k := range min(3, n+1) {
			c.web.tell(n-k, k)
		}
		c.events = n + 1
		select {
		case <-ctx.Done():
			for k := 1; k < 3; k++ { // what is half told is told to its end
				for e := max(0, n-k+1); e <= n; e++ {
					c.web.tell(e, k)
				}
			}
			return
		case <-tick.C:
		}
	}
}

// killAgain kills the server that asks a feed next, or any when none does, again and again.
func (c *company) killAgain(ctx context.Context, servers []*member) {
	tick := time.NewTicker(companyKill)
	defer tick.Stop()
	rnd := rand.New(rand.NewPCG(5, 5))
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		i := -1
		for patience := time.After(companyKill / 2); i < 0; {
			select {
			case <-ctx.Done():
				return
			case who := <-c.asks:
				i = slices.Index([]string{"server 0", "server 1", "server 2"}, who)
			case <-patience:
				i = rnd.IntN(len(servers))
			}
		}
		// Some die before the answer comes, some while they store it or place what it brought.
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(rnd.Int64N(int64(3 * companySlow)))):
		}
		m := servers[i]
		if err := m.cmd.Process.Kill(); err != nil {
			c.t.Error(err)
			return
		}
		m.cmd.Wait() // says that it was killed
		c.kills = append(c.kills, time.Now())
		if !m.start() {
			return
		}
	}
}

// start runs the member's server; false when it does not come up.
func (m *member) start() bool {
	m.t.Helper()
	m.cmd = exec.Command(m.bin, "serve", "-c", m.config, "--listen", "127.0.0.1:0")
	stderr, err := m.cmd.StderrPipe()
	if err != nil {
		m.t.Error(err)
		return false
	}
	if err := m.cmd.Start(); err != nil {
		m.t.Error(err)
		return false
	}
	lines := bufio.NewScanner(stderr)
	var said strings.Builder
	for lines.Scan() {
		if u, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			m.url = u
			go io.Copy(io.Discard, stderr) // ends with the process
			return true
		}
		fmt.Fprintln(&said, lines.Text())
	}
	m.t.Errorf("a server did not start: %s", said.String())
	return false
}

// end stops the member's server as systemd would.
func (m *member) end() {
	m.t.Helper()
	if err := m.cmd.Process.Signal(os.Interrupt); err != nil {
		m.t.Fatal(err)
	}
	if err := m.cmd.Wait(); err != nil {
		m.t.Errorf("a server ended with %v", err)
	}
}

// cron refreshes now and then.
func (m *member) cron(ctx context.Context) {
	tick := time.NewTicker(companyCron)
	defer tick.Stop()
	for {
		if out, err := m.run(0, nil, "refresh"); err != nil || out != "" {
			m.t.Errorf("a cron job: %v\n%s", err, out)
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// companyPages are what must be the same on all machines.
var companyPages = []string{"/topics/all/feed.atom", "/topics/all/feed.rss", "/topics/all/feed.json", "/topics/all/updates.atom", "/topics/all/all.json",
	"/topics/all/digest.rss", "/topics/all/", "/", "/opml.xml"}

// settle waits until all that was told is published everywhere, and compares the machines byte by byte.
func (c *company) settle(servers, crons []*member) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 3*time.Minute)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		if crons[0].must("refresh"); c.settled(servers) {
			break
		}
		select {
		case <-ctx.Done():
			c.t.Fatalf("the machines do not agree on %d events", c.events)
		case <-tick.C:
		}
	}
	site := filepath.Join(crons[1].dir, "site")
	crons[1].must("publish", "--out", site)
	files := filesOf(c.t, site)
	for _, page := range companyPages {
		file := page
		if strings.HasSuffix(page, "/") {
			file += "index.html"
		}
		for i, s := range servers {
			if got := s.get(page); got != files[file] {
				c.t.Errorf("%s of server %d differs from that of the cron job's site (-site +server):\n%s", page, i, cmp.Diff(files[file], got))
			}
		}
	}
}

// settled says that every telling is stored and placed, and that the servers have seen it.
func (c *company) settled(servers []*member) bool {
	c.t.Helper()
	s, err := store.Open(context.Background(), c.dsn, store.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	defer s.Close()
	st, err := s.Stats(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	all, err := s.AllArticles(context.Background(), "all", 0)
	if err != nil {
		c.t.Fatal(err)
	}
	if len(all) > 3*c.events {
		c.t.Fatalf("%d articles of %d tellings", len(all), 3*c.events)
	}
	if st.Unplaced > 0 || len(all) < 3*c.events {
		return false
	}
	first := servers[0].get("/topics/all/all.json")
	return strings.Count(first, `"content_html"`) == 3*c.events && servers[1].get("/topics/all/all.json") == first && servers[2].get("/topics/all/all.json") == first
}

func (m *member) get(path string) string {
	m.t.Helper()
	r, err := http.Get(m.url + path)
	if err != nil {
		m.t.Fatal(err)
	}
	defer r.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil || r.StatusCode != http.StatusOK {
		m.t.Fatalf("%s answers %d, %v", path, r.StatusCode, err)
	}
	return b.String()
}

// onTimeAndOnce looks at when the feeds were asked: never again before the interval is over, unless the one who asked was
// killed before it could store the answer, and never much later than it.
func (c *company) onTimeAndOnce() {
	c.t.Helper()
	const latest = companyLongest + refresh.Tick + takeover
	var gaps []time.Duration
	again := 0
	for i, times := range c.web.asked {
		for j := 1; j < len(times); j++ {
			gap := times[j].Sub(times[j-1])
			gaps = append(gaps, gap)
			switch {
			case gap > latest:
				c.t.Errorf("feed %d was not asked for %v, want %v at most", i, gap, latest)
			case gap < companyInterval-companyInterval/20:
				if !slices.ContainsFunc(c.kills, func(k time.Time) bool { return !k.Before(times[j-1]) && !k.After(times[j]) }) {
					c.t.Errorf("feed %d was asked twice within %v, and nobody died in between", i, gap)
				}
				again++
			}
		}
	}
	if len(gaps) == 0 {
		c.t.Fatal("no feed was asked twice")
	}
	slices.Sort(gaps)
	c.t.Logf("%d fetches of %d feeds; between two of one feed %v in the median, %v for 99 of 100, %v at most; %d asked again after a kill",
		len(gaps)+companyFeeds, companyFeeds, gaps[len(gaps)/2], gaps[len(gaps)*99/100], gaps[len(gaps)-1], again)
}

// undisturbed is the partition that one refresh of everything comes to.
func (c *company) undisturbed() []string {
	c.t.Helper()
	m := c.newMember("data/wirefold.db", "?all", "peace")
	m.must("refresh", "--force")
	return partition(c.t, filepath.Join(m.dir, "data/wirefold.db"))
}
