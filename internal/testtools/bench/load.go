package main

import (
	"bufio"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"wirefold/internal/testtools/feedload"
	"wirefold/internal/testtools/meter"
)

// serveFeeds is the load server. It is a process of its own: a measured process starts with the peak memory of the
// process that started it, so the measuring one must stay small. Each line on stdin is an order, answered by one line.
func serveFeeds(o feedload.Options) error {
	s, err := feedload.Start(o)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Println("ready", strings.Join(s.Hosts(), " "))
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		switch orders.Text() {
		case "urls":
			fmt.Println(strings.Join(s.URLs(), " "))
		case "add":
			if err := s.Add(); err != nil {
				return err
			}
			fmt.Println("ok")
		case "validators on", "validators off":
			s.SetValidators(orders.Text() == "validators on")
			fmt.Println("ok")
		case "faults on":
			s.SetFaults(faults)
			fmt.Println("ok")
		case "html":
			fmt.Println(s.HTMLBytes())
		case "counts":
			fmt.Println(s.Full.Swap(0), s.NotModified.Swap(0), s.Failed.Swap(0))
		default:
			return fmt.Errorf("unknown order %q", orders.Text())
		}
	}
	return orders.Err()
}

// loader talks to the load server.
type loader struct {
	in  io.WriteCloser
	out *bufio.Reader
	cmd *exec.Cmd
}

func startLoader(more ...string) (*loader, []string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	l := &loader{cmd: exec.Command(self, append([]string{"-serve-feeds"}, more...)...)}
	l.cmd.Stderr = os.Stderr
	if l.in, err = l.cmd.StdinPipe(); err != nil {
		return nil, nil, err
	}
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	l.out = bufio.NewReader(out)
	if err := l.cmd.Start(); err != nil {
		return nil, nil, err
	}
	line, err := l.out.ReadString('\n')
	if err != nil {
		return nil, nil, errors.Join(err, l.stop())
	}
	return l, strings.Fields(line)[1:], nil
}

func (l *loader) ask(order string) (string, error) {
	if _, err := io.WriteString(l.in, order+"\n"); err != nil {
		return "", err
	}
	line, err := l.out.ReadString('\n')
	return strings.TrimSpace(line), err
}

func (l *loader) stop() error {
	return errors.Join(l.in.Close(), l.cmd.Wait())
}

// load measures refreshes of many feeds: the first, one with nothing new, one with a new item in each feed, and one where
// the servers send the same bodies again because they know no validators.
func (b *bench) load() (err error) {
	if b.feeds == 0 {
		return nil
	}
	l, hosts, err := startLoader("-feeds", strconv.Itoa(b.feeds))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.stop()) }()
	runs, err := b.runs("load", l, hosts)
	if err != nil {
		return err
	}
	items := b.feeds * 30
	phases := []struct {
		name, order, aim string
		same             bool // no article changes
	}{
		{"first full refresh", "", "ratio < 6, aim 3.5", false},
		{"nothing changed (304)", "", "< 0.100 s", true},
		{"one new item in each feed", "add", "ratio < 1.5", false},
		{"same bodies without validators", "validators off", "< 0.3 of floor's first", true},
	}
	var first meter.Cost
	for i, p := range phases {
		var before string
		if p.same {
			if before, err = runs[0].articleBytes(); err != nil {
				return err
			}
		}
		if p.order != "" {
			if _, err := l.ask(p.order); err != nil {
				return err
			}
		}
		w, f, err := b.both(b.rounds, func(i int) (meter.Cost, error) { return runs[i].wirefold() }, func(i int) (meter.Cost, error) { return runs[i].floor() })
		if err != nil {
			return err
		}
		row(fmt.Sprintf("%d feeds: %s", b.feeds, p.name), w, f, p.aim)
		if i == 0 {
			first = f
			rate("  articles from bytes to story", items, w)
			if err := runs[0].check(items, w); err != nil {
				fmt.Printf("  WRONG: %v\n", err)
			}
		}
		if p.same {
			after, err := runs[0].articleBytes()
			if err != nil {
				return err
			}
			said := "the same bytes"
			if after != before {
				said = "WRONG: other bytes than before"
			}
			fmt.Printf("%-38s %s\n", "  articles, bodies, marks", said)
		}
		if p.order == "validators off" {
			fmt.Printf("%-38s %25s %8.2f\n", "  of floor's first full refresh", "", float64(w.CPU)/float64(first.CPU))
		}
	}
	return nil
}

// loadRun is one round: a store of each contender.
type loadRun struct {
	bench               *bench
	l                   *loader
	config, list, store string
	code                int // that wirefold ends with
	workers             int // of floor; 0 = its own number
}

// runs prepares the rounds against a load server.
func (b *bench) runs(name string, l *loader, hosts []string) ([]loadRun, error) {
	urls, err := l.ask("urls")
	if err != nil {
		return nil, err
	}
	list := filepath.Join(b.dir, name+".urls")
	if err := os.WriteFile(list, []byte(strings.ReplaceAll(urls, " ", "\n")), 0o600); err != nil {
		return nil, err
	}
	var feeds strings.Builder
	fmt.Fprintf(&feeds, "fetch: {min_interval: 0s, allow: [\"%s\"]}\nfeeds:\n", strings.Join(hosts, `", "`))
	for i, u := range strings.Fields(urls) {
		fmt.Fprintf(&feeds, "  - {url: %q, outlet: \"Site %d\"}\n", u, i)
	}
	config, err := b.config(name, feeds.String())
	if err != nil {
		return nil, err
	}
	out := make([]loadRun, b.rounds)
	for i := range out {
		out[i] = loadRun{bench: b, l: l, config: config, list: list, store: filepath.Join(b.dir, fmt.Sprintf("%s%d.db", name, i))}
	}
	return out, nil
}

func (r loadRun) wirefold() (meter.Cost, error) {
	return mustEnd(r.code, []string{"WIREFOLD_STORE=" + r.store}, r.bench.wirefold, "refresh", "--force", "--json", "-c", r.config)
}

func (r loadRun) floor() (meter.Cost, error) {
	args := []string{"-db", r.store + ".floor", "-urls", r.list}
	if r.workers > 0 {
		args = append(args, "-workers", strconv.Itoa(r.workers))
	}
	return must(r.bench.floor, args...)
}

// articleBytes is a hash of all that the store holds of articles.
func (r loadRun) articleBytes() (hash string, err error) {
	db, err := sql.Open("sqlite", "file:"+r.store+"?mode=ro")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	h := sha256.New()
	for _, q := range []string{
		"SELECT key, item_hash || text_hash || seen || revision || guid || url FROM articles ORDER BY id",
		"SELECT article, body FROM bodies ORDER BY article", "SELECT article, data FROM marks ORDER BY article",
	} {
		rows, err := db.Query(q)
		if err != nil {
			return "", err
		}
		for rows.Next() {
			var id, data sql.RawBytes
			if err := rows.Scan(&id, &data); err != nil {
				return "", errors.Join(err, rows.Close())
			}
			fmt.Fprintf(h, "%d %x %d ", len(id), id, len(data))
			h.Write(data)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// check says how many of the items were stored, and how large the database is beside the HTML in it.
func (r loadRun) check(items int, c meter.Cost) error {
	var report struct {
		New     int `json:"articles_new"`
		Stories int `json:"stories_new"`
	}
	if err := json.Unmarshal(c.Out, &report); err != nil {
		return fmt.Errorf("report of refresh: %w", err)
	}
	said, err := r.l.ask("html")
	if err != nil {
		return err
	}
	html, err := strconv.ParseInt(said, 10, 64)
	if err != nil {
		return err
	}
	var size int64
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(r.store + suffix); err == nil {
			size += info.Size()
		}
	}
	fmt.Printf("%-38s %d of %d articles, %d stories; database %.1f MB, %.2f of the HTML's bytes (aim < 2)\n", "  stored", report.New, items, report.Stories,
		mb(size), float64(size)/float64(html))
	if report.New != items {
		return fmt.Errorf("%d of %d articles were stored", report.New, items)
	}
	return nil
}
