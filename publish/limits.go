package publish

import (
	"container/list"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

const (
	// defaultRate and defaultBurst are far above what a reader needs (a few requests an hour) and a page load costs.
	defaultRate  = 50
	defaultBurst = 200
	// apiRate and apiBurst are for everybody together, loopback too: a token must not be guessed at speed.
	apiRate  = 1
	apiBurst = 30
	// maxGates bounds the addresses that are remembered; the one unseen for longest is forgotten.
	maxGates = 10_000
)

func (p *Publisher) rate() float64 {
	if p.o.RequestsPerSecond > 0 {
		return p.o.RequestsPerSecond
	}
	return defaultRate
}

func (p *Publisher) burst() int {
	if p.o.Burst > 0 {
		return p.o.Burst
	}
	return defaultBurst
}

// gate limits how often each address may pass.
type gate struct {
	rate  rate.Limit
	burst int
	now   func() time.Time

	mu    sync.Mutex
	by    map[netip.Prefix]*list.Element
	order *list.List // least recently seen first
}

type gateEntry struct {
	from    netip.Prefix
	limiter *rate.Limiter
}

func newGate(perSecond float64, burst int, now func() time.Time) *gate {
	return &gate{rate: rate.Limit(perSecond), burst: burst, now: now, by: map[netip.Prefix]*list.Element{}, order: list.New()}
}

// allow takes one from the bucket of an address. The zero Prefix is not limited.
func (g *gate) allow(from netip.Prefix) bool {
	if !from.IsValid() {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	el, ok := g.by[from]
	if ok {
		g.order.MoveToBack(el)
	} else {
		if g.order.Len() >= maxGates {
			oldest := g.order.Front()
			delete(g.by, g.order.Remove(oldest).(gateEntry).from)
		}
		el = g.order.PushBack(gateEntry{from, rate.NewLimiter(g.rate, g.burst)})
		g.by[from] = el
	}
	return el.Value.(gateEntry).limiter.AllowN(g.now(), 1)
}

// everybody is the bucket that all addresses share.
var everybody = netip.MustParsePrefix("::/0")

// bucket is the network that an address is limited with: an IPv4 address, or an IPv6 /64, which one subscriber has
// alone. Loopback and private addresses are not limited: there sit reverse proxies, who speak for many.
func bucket(a net.Addr) netip.Prefix {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Prefix{}
	}
	ip := ap.Addr().Unmap().WithZone("")
	if ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() {
		return netip.Prefix{}
	}
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	pfx, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return pfx
}

func tooMany(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "10")
	plain(w, http.StatusTooManyRequests, http.StatusText(http.StatusTooManyRequests)+"\n")
}

// logged writes one line for each request, with an id that the answer carries too.
func logged(next http.Handler, log *slog.Logger, now func() time.Time) http.Handler {
	var count atomic.Int64
	run := now().UnixNano()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := now()
		id := strconv.FormatInt(run, 36) + "-" + strconv.FormatInt(count.Add(1), 36)
		w.Header()["X-Request-Id"] = []string{id}
		rec := &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r)
		log.Info("request", "id", id, "method", r.Method, "path", r.URL.Path, "status", rec.status, "bytes", rec.bytes,
			"took", now().Sub(start), "from", r.RemoteAddr)
	})
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
