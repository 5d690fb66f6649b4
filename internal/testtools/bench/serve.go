package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"wirefold/internal/testtools/gen"
)

const (
	// served is how many texts there are, of which a few look alike, for a feed of 100 entries; with headlines and texts of so
	// few words it is about 100 kB.
	served, servedWords = 110, 6
	// wrkTime and wrkConns are of one round; its connections are spread over as many threads as half of the processors.
	wrkTime, wrkConns = 3 * time.Second, 64
)

// serve compares the server with nginx, which serves the same bytes from files, and with bare gin, plain, gzip (pre-compressed) and 304, by
// turns. Both have all processors, and so has wrk.
func (b *bench) serve() error {
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		return fmt.Errorf("serving: %w", err)
	}
	wrk, err := exec.LookPath("wrk")
	if err != nil {
		return fmt.Errorf("serving: %w", err)
	}
	config, err := b.servedTopic()
	if err != nil {
		return err
	}
	site := filepath.Join(filepath.Dir(config), "site")
	if _, err := must(b.wirefold, "publish", "-c", config, "--out", site); err != nil {
		return err
	}
	theirs, stopNginx, err := b.startNginx(nginx, site)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopNginx()) }()
	ours, stop, err := b.startOurs(config, "--no-fetch")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()

	const path = "/topics/all/feed.atom"
	bare, stopBare, err := startBare(site, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopBare()) }()
	size, err := ours.fetch(path, nil)
	if err != nil {
		return err
	}
	fmt.Printf("\nserving %d kB of %d entries, %d connections; requests/s and CPU µs/request, medians of %d rounds by turns\n"+
		"%-38s %12s %12s %8s %10s %10s %6s %12s %8s\n", len(size.body)>>10, bytes.Count(size.body, []byte("<entry")), wrkConns, b.rounds, "", "wirefold", "nginx", "ratio", "CPU µs", "nginx µs", "ratio", "bare gin", "/ nginx")
	for _, c := range []struct {
		name, aim string
		header    http.Header
		validate  bool
	}{
		{"200, plain", ">= 1.0", nil, false},
		{"200, gzip", ">= 0.5", http.Header{"Accept-Encoding": {"gzip"}}, false},
		{"304", ">= 0.5", nil, true},
	} {
		if err := b.race(c.name, c.aim, wrk, path, c.header, c.validate, ours, theirs, bare); err != nil {
			return err
		}
	}
	if err := b.pace("while refreshes run", config, ours, path, func() error {
		_, err := must(b.wirefold, "refresh", "-c", config)
		return err
	}); err != nil {
		return err
	}
	alone, stopAlone, err := b.startOurs(config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopAlone()) }()
	return b.pace("while it refreshes itself", config, alone, path, func() error {
		time.Sleep(ownRefresh)
		return nil
	})
}

func (b *bench) startOurs(config string, more ...string) (target, func() error, error) {
	cmd := exec.Command(b.wirefold, append([]string{"serve", "-c", config}, more...)...)
	url, stop, err := start(cmd)
	if err != nil {
		return target{}, nil, err
	}
	return target{url, []int{cmd.Process.Pid}}, stop, nil
}

// target is a server: where it is and its processes.
type target struct {
	url  string
	pids []int
}

type answer struct {
	etag string
	body []byte
}

func (t target) fetch(path string, h http.Header) (answer, error) {
	req, err := http.NewRequest(http.MethodGet, t.url+path, nil)
	if err != nil {
		return answer{}, err
	}
	for k, v := range h {
		req.Header[k] = v
	}
	res, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s%s: %s", t.url, path, res.Status)
	}
	return answer{res.Header.Get("Etag"), body}, err
}

var rateLine = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)

// race lets wrk ask the servers by turns and prints the medians.
func (b *bench) race(name, aim, wrk, path string, h http.Header, validate bool, ours, theirs, bare target) error {
	type result struct{ rate, cpu []float64 }
	var rs [3]result
	for range b.rounds {
		for i, t := range []target{ours, theirs, bare} {
			a, err := t.fetch(path, h)
			if err != nil {
				return err
			}
			args := []string{"-t", strconv.Itoa(max(1, runtime.NumCPU()/2)), "-c", strconv.Itoa(wrkConns), "-d", strconv.Itoa(int(wrkTime / time.Second))}
			for k, v := range h {
				args = append(args, "-H", k+": "+v[0])
			}
			if validate {
				args = append(args, "-H", "If-None-Match: "+a.etag)
			}
			before, err := spent(t.pids)
			if err != nil {
				return err
			}
			out, err := exec.Command(wrk, append(args, t.url+path)...).CombinedOutput()
			m := rateLine.FindSubmatch(out)
			if err != nil || m == nil {
				return fmt.Errorf("wrk: %w\n%s", err, out)
			}
			after, err := spent(t.pids)
			if err != nil {
				return err
			}
			rate, err := strconv.ParseFloat(string(m[1]), 64)
			if err != nil {
				return err
			}
			rs[i].rate = append(rs[i].rate, rate)
			rs[i].cpu = append(rs[i].cpu, float64((after-before).Microseconds())/(rate*wrkTime.Seconds()))
		}
	}
	w, n := middle(rs[0].rate), middle(rs[1].rate)
	cw, cn := middle(rs[0].cpu), middle(rs[1].cpu)
	g := middle(rs[2].rate)
	fmt.Printf("%-38s %12.0f %12.0f %8.2f %10.1f %10.1f %6.2f %12.0f %8.2f   %s\n", name, w, n, w/n, cw, cn, cw/cn, g, g/n, aim)
	return nil
}

func middle(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// spent is the CPU time of processes so far, user and system (Linux, where a tick is 10 ms).
func spent(pids []int) (time.Duration, error) {
	var ticks int64
	for _, pid := range pids {
		raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		if err != nil {
			return 0, err
		}
		_, rest, _ := strings.Cut(string(raw), ") ")
		fields := strings.Fields(rest)
		for _, i := range []int{11, 12} {
			n, err := strconv.ParseInt(fields[i], 10, 64)
			if err != nil {
				return 0, err
			}
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// servedTopic makes a store with a topic of so many entries.
func (b *bench) servedTopic() (string, error) {
	config, err := b.config("serve", "feeds: [{id: seeds, seeds: \"texts/*.txt\"}]\n")
	if err != nil {
		return "", err
	}
	if err := writeTexts(filepath.Dir(config), 0, served, servedWords); err != nil {
		return "", err
	}
	_, err = must(b.wirefold, "refresh", "-c", config)
	return config, err
}

// writeTexts writes seed files, each on something of its own.
func writeTexts(dir string, from, n, words int) error {
	dir = filepath.Join(dir, "texts")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	v := gen.NewVocab(20_000, 1)
	for i := from; i < from+n; i++ {
		r := rand.New(rand.NewPCG(uint64(i), 5))
		text := strings.TrimSuffix(v.Sentence(r, min(words, 8)), ".") + "\n\n" + v.Sentence(r, min(words, 20)) + " " + v.Article(r, words-20)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.txt", i)), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// startNginx serves a folder as a host would that knows its trade: sendfile, pre-compressed siblings, no access log.
func (b *bench) startNginx(nginx, site string) (target, func() error, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return target{}, nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return target{}, nil, err
	}
	dir := filepath.Dir(site)
	user := ""
	if os.Getuid() == 0 {
		user = "user root;\n"
	}
	conf := user + fmt.Sprintf(`daemon off; pid %[1]s/nginx.pid; error_log %[1]s/nginx.log; worker_processes auto;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; gzip_static on; open_file_cache max=1000;
 types { application/atom+xml atom; } client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
 server { listen %[2]s; root %[3]s; } }
`, dir, addr, site)
	name := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(name, []byte(conf), 0o644); err != nil {
		return target{}, nil, err
	}
	cmd := exec.Command(nginx, "-c", name)
	if err := cmd.Start(); err != nil {
		return target{}, nil, err
	}
	stop := func() error {
		err := cmd.Process.Signal(os.Interrupt)
		return errors.Join(err, cmd.Wait())
	}
	t := target{"http://" + addr, []int{cmd.Process.Pid}}
	for range 100 {
		if _, err = t.fetch("/topics/all/feed.atom", nil); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		return t, nil, errors.Join(err, stop())
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", t.pids[0], t.pids[0]))
	for _, f := range strings.Fields(string(raw)) {
		pid, err := strconv.Atoi(f)
		if err != nil {
			return t, nil, errors.Join(err, stop())
		}
		t.pids = append(t.pids, pid)
	}
	return t, stop, err
}
