package fetch

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"wirefold/internal/news"
)

func TestOnlyGlobalUnicastIsPublic(t *testing.T) {
	tests := []struct {
		why   string
		addrs string
		want  bool
	}{
		{"ordinary hosts", "1.1.1.1 8.8.8.8 93.184.215.14 192.0.1.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 198.17.0.1 198.20.0.1 223.255.255.255 2606:2800:21f:cb07::1 2a00:1450::1 2003::1 2001:200::1", true},
		{"this network", "0.0.0.0 0.1.2.3", false},
		{"private", "10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 fc00::1 fd00:ec2::254", false},
		{"carrier-grade NAT", "100.64.0.1 100.127.255.255", false},
		{"loopback", "127.0.0.1 127.255.255.254 ::1", false},
		{"link-local, cloud metadata", "169.254.169.254 fe80::1 febf::1", false},
		{"site-local", "fec0::1 feff::1", false},
		{"protocol assignments", "192.0.0.1 192.0.0.170 2001::1 2001:1::1 2001:2::1 2001:20::1 2001:1ff:ffff::1", false},
		{"documentation", "192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 3fff::1", false},
		{"benchmarking", "198.18.0.1 198.19.255.255", false},
		{"infrastructure anycast", "192.31.196.1 192.52.193.1 192.88.99.1 192.175.48.1 2620:4f:8000::1", false},
		{"multicast", "224.0.0.1 239.255.255.255 ff02::1", false},
		{"reserved, broadcast", "240.0.0.1 255.255.255.255", false},
		{"unspecified", "::", false},
		{"mapped IPv4 of a private address", "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe", false},
		{"compatible IPv4", "::127.0.0.1 ::8.8.8.8", false},
		{"translated IPv4", "::ffff:0:127.0.0.1", false},
		{"NAT64", "64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1", false},
		{"6to4", "2002:7f00:1:: 2002:808:808::1", false},
		{"Teredo", "2001:0:53aa:64c:0:fbff:80ff:fffe", false},
		{"discard only, SRv6, 6bone", "100::1 5f00::1 3ffe::1", false},
		{"outside of what IANA opened", "4000::1 8000::1 e000::1", false},
		{"a zone", "fe80::1%lo 2606:2800:21f:cb07::1%eth0", false},
	}
	for _, tt := range tests {
		for a := range strings.FieldsSeq(tt.addrs) {
			if got := Public(netip.MustParseAddr(a)); got != tt.want {
				t.Errorf("Public(%s) = %v, want %v: %s", a, got, tt.want, tt.why)
			}
		}
	}
	if Public(netip.Addr{}) {
		t.Error("Public of no address at all")
	}
}

// nameServer is a Resolver whose answers the test wrote down, one after the other.
type nameServer struct {
	mu      sync.Mutex
	answers map[string][]string // host → lists of addresses, separated by spaces
}

func (n *nameServer) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := n.answers[host]
	if len(list) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if len(list) > 1 {
		n.answers[host] = list[1:]
	}
	var out []netip.Addr
	for a := range strings.FieldsSeq(list[0]) {
		out = append(out, netip.MustParseAddr(a))
	}
	return out, nil
}

// dialled writes down what a guard would have connected to.
type dialled struct {
	mu sync.Mutex
	to []string
}

var errNotHere = errors.New("no network in this test")

func (d *dialled) dial(_ context.Context, _, address string) (net.Conn, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.to = append(d.to, address)
	return nil, &net.OpError{Op: "dial", Err: errNotHere}
}

func TestTheGuardConnectsToCheckedAddressesOnly(t *testing.T) {
	tests := []struct {
		name    string
		answers map[string][]string
		allow   []string
		dial    []string
		want    string // what was connected to
	}{
		{"a public name", map[string][]string{"a.example": {"93.184.215.14"}}, nil, []string{"a.example:80"}, "93.184.215.14:80"},
		{"a public IPv6 name", map[string][]string{"a.example": {"2606:2800::1"}}, nil, []string{"a.example:443"}, "[2606:2800::1]:443"},
		{"a mapped public address", map[string][]string{"a.example": {"::ffff:93.184.215.14"}}, nil, []string{"a.example:80"}, "93.184.215.14:80"},
		{"a name of the own machine", map[string][]string{"a.example": {"127.0.0.1"}}, nil, []string{"a.example:80"}, ""},
		{"a name that changes its mind", map[string][]string{"a.example": {"93.184.215.14", "127.0.0.1"}}, nil, []string{"a.example:80", "a.example:80"}, "93.184.215.14:80"},
		{"one public and one private address", map[string][]string{"a.example": {"10.0.0.7 93.184.215.14"}}, nil, []string{"a.example:80"}, "93.184.215.14:80"},
		{"two private addresses", map[string][]string{"a.example": {"10.0.0.7 fd00::1"}}, nil, []string{"a.example:80"}, ""},
		{"special names, whatever a resolver says", map[string][]string{"localhost": {"93.184.215.14"}, "x.localhost": {"93.184.215.14"}, "metadata.google.internal": {"93.184.215.14"}, "printer.local": {"93.184.215.14"}}, nil,
			[]string{"localhost:80", "LOCALHOST.:80", "x.localhost:80", "metadata.google.internal:80", "printer.local:80"}, ""},
		{"spellings that a resolver may read as an address", map[string][]string{"127.1": {"93.184.215.14"}, "0x7f.1": {"93.184.215.14"}, "2130706433": {"93.184.215.14"}, "1.2.3.256": {"93.184.215.14"}}, nil,
			[]string{"127.1:80", "0x7f.1:80", "2130706433:80", "1.2.3.256:80", "0177.0.0.1:80"}, ""},
		{"an exception, and only that port and name", map[string][]string{"intranet.example": {"10.0.0.7"}}, []string{"127.0.0.1:8999", "intranet.example:80"},
			[]string{"127.0.0.1:8999", "127.0.0.1:9000", "127.0.0.2:8999", "intranet.example:80", "intranet.example:81"}, "127.0.0.1:8999 intranet.example:80"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &dialled{}
			g := &Guard{Allow: tt.allow, Resolver: &nameServer{answers: tt.answers}, Dial: d.dial}
			for _, address := range tt.dial {
				_, err := g.DialContext(t.Context(), "tcp", address)
				if !errors.Is(err, ErrRefused) && !errors.Is(err, errNotHere) {
					t.Errorf("DialContext(%s): %v, want a refusal or a dial", address, err)
				}
			}
			if got := strings.Join(d.to, " "); got != tt.want {
				t.Errorf("connected to %q, want %q", got, tt.want)
			}
		})
	}
}

func TestASiteWithADeadAddressIsReachedByItsOther(t *testing.T) {
	live, far := net.Pipe()
	defer far.Close()
	g := &Guard{
		Resolver: &nameServer{answers: map[string][]string{"a.example": {"2606:2800::1 93.184.215.14"}}},
		Dial: func(ctx context.Context, _, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "[") {
				<-ctx.Done() // answers nothing, for ever
				return nil, ctx.Err()
			}
			return live, nil
		},
	}
	got, err := g.DialContext(t.Context(), "tcp", "a.example:80")
	if err != nil || got != live {
		t.Fatalf("DialContext = %v, %v, want the live connection", got, err)
	}
	got.Close()
}

// hostileAddresses are spellings of addresses that no feed may have, in our own words; those of ../shared are used too
// where they are.
var hostileAddresses = []string{
	"http://127.0.0.1:80/", "http://localhost/", "http://127.1/", "http://0x7f.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://user@localhost/", "http:localhost", "//localhost/x",
	"http://１２７.0.0.1/", "http://[fe80::1%25eth0]/", "http://metadata.google.internal/", "http://192.168.1.1/", "file:///etc/hostname", "gopher://feed.example/", "javascript:0", "", "http://", "http:///x", "::",
}

func TestNoSpellingOfAPrivateAddressIsDialled(t *testing.T) {
	list := append(sharedAddresses(t), hostileAddresses...)
	for _, s := range list {
		d := &dialled{}
		g := &Guard{Dial: d.dial, Resolver: resolverOf(func(host string) []netip.Addr {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00::1")}
		})}
		c := NewClient(Options{Guard: g, Now: newClock().now})
		got := fetchOnce(t, c, feedAt(s), news.FeedState{})
		c.Close()
		if len(d.to) > 0 || got.Status != news.FetchFailed || !errors.Is(got.Err, ErrRefused) {
			t.Errorf("%q: status %s, error %v, dialled %v; want a refusal", s, got.Status, got.Err, d.to)
		}
	}
	t.Logf("%d spellings refused", len(list))
}

// TestLiteralAddressesAreRefusedWhateverAResolverSays runs the same spellings with a resolver that lies: it calls every
// name public. Only true names may then be dialled.
func TestLiteralAddressesAreRefusedWhateverAResolverSays(t *testing.T) {
	for _, s := range append(sharedAddresses(t), hostileAddresses...) {
		d := &dialled{}
		g := &Guard{Dial: d.dial, Resolver: resolverOf(func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("93.184.215.14")} })}
		c := NewClient(Options{Guard: g, Now: newClock().now})
		fetchOnce(t, c, feedAt(s), news.FeedState{})
		c.Close()
		if len(d.to) > 0 {
			t.Errorf("%q was dialled at %v", s, d.to)
		}
	}
}

type resolverOf func(host string) []netip.Addr

func (r resolverOf) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return r(host), nil
}

// sharedAddresses reads the address list that lies beside the repository, if it does.
func sharedAddresses(t *testing.T) (out []string) {
	f, err := os.Open(filepath.Join("..", "..", "shared", "attacks", "ssrf-urls.jsonl"))
	if err != nil {
		t.Log("without ../shared: own addresses only")
		return nil
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var row struct{ S string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.ReplaceAll(row.S, "%P", "8998"))
	}
	return out
}

func TestAProxyIsTheOnlyThingThatItsFeedDials(t *testing.T) {
	proxy := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Asked", r.URL.String())
		_, _ = w.Write([]byte(rssOf("through " + r.URL.Host)))
	})
	c := newTestClient(t, newClock(), nil) // the proxy is private and no exception
	f := feedAt("http://feed.example/rss")
	f.Proxy = proxy.URL
	if got := fetchOnce(t, c, f, news.FeedState{}); got.Status != news.FetchedNew || got.Document.Items[0].Title.Value != "through feed.example" {
		t.Errorf("through the proxy: %s, %v", got.Status, got.Err)
	}
	for _, inside := range []string{"http://127.0.0.1:1/", "http://localhost/", proxy.URL + "/admin", "http://10.0.0.1/"} {
		f.URL = inside
		if got := fetchOnce(t, c, f, news.FeedState{}); !errors.Is(got.Err, ErrRefused) {
			t.Errorf("%s through the proxy: %v, want a refusal", inside, got.Err)
		}
	}
	f = feedAt(proxy.URL)
	if got := fetchOnce(t, c, f, news.FeedState{}); !errors.Is(got.Err, ErrRefused) {
		t.Errorf("a feed without proxy reached the proxy's address: %v", got.Err)
	}
}

func TestTheEnvironmentNamesNoProxy(t *testing.T) {
	proxy := newSite(t, func(http.ResponseWriter, *http.Request) {})
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	d := &dialled{}
	c := newTestClient(t, newClock(), func(o *Options) {
		o.Guard.Dial, o.Guard.Resolver = d.dial, &nameServer{answers: map[string][]string{"feed.example": {"93.184.215.14"}}}
	})
	fetchOnce(t, c, feedAt("http://feed.example/"), news.FeedState{})
	if len(d.to) != 1 || d.to[0] != "93.184.215.14:80" || len(proxy.requests()) > 0 {
		t.Errorf("connected to %v, the proxy saw %d requests", d.to, len(proxy.requests()))
	}
}

func TestNobodyIsLedIntoAnException(t *testing.T) {
	private := newSite(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(rssOf("secret"))) })
	public := newSite(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, private.URL+"/", http.StatusFound) })
	// The public site has a public address, as the guard sees it; the connection is led to the test's server.
	c := newTestClient(t, newClock(), func(o *Options) {
		o.Guard.Resolver = &nameServer{answers: map[string][]string{"public.example": {"93.184.215.14"}}}
		o.Guard.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if address == "93.184.215.14:80" {
				address = public.host()
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
	}, private)
	if got := fetchOnce(t, c, feedAt("http://public.example/"), news.FeedState{}); !errors.Is(got.Err, ErrRefused) || len(private.requests()) > 0 {
		t.Errorf("a public feed was led to a private address: %v", got.Err)
	}
	if got := fetchOnce(t, c, feedAt(private.URL), news.FeedState{}); got.Status != news.FetchedNew {
		t.Errorf("the private feed itself: %v", got.Err)
	}
}
