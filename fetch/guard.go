package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// ErrRefused is in the chain of every error about an address that the guard does not connect to.
var ErrRefused = errors.New("address refused")

// nextAddressAfter is how long one address of a name may take before the next is tried beside it (RFC 8305 section 5).
const nextAddressAfter = 300 * time.Millisecond

// Resolver finds the addresses of a name. *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Guard makes every outgoing connection of the program. It resolves the name itself, checks each address that the name
// has at this moment, and connects to the checked address, so a name that changes its answer between a check and the
// connection gains nothing. Its zero value refuses everything that is not public. It is safe for concurrent use.
type Guard struct {
	// Allow are exceptions for private feeds: "host:port", compared with what the URL says. Nothing else is opened by it:
	// another port or another name of the same machine stays refused. It is read once, at the first connection.
	Allow []string
	// Resolver answers for names; nil is the system's.
	Resolver Resolver
	// Dial connects to an address that has been checked, always "IP:port" unless it is an exception; nil is the system's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	read    sync.Once
	allowed map[string]bool // Allow, in small letters
}

// Allows reports whether host and port are one of the exceptions.
func (g *Guard) Allows(host, port string) bool {
	if len(g.Allow) == 0 {
		return false
	}
	g.read.Do(func() {
		g.allowed = make(map[string]bool, len(g.Allow))
		for _, a := range g.Allow {
			g.allowed[strings.ToLower(a)] = true
		}
	})
	return g.allowed[strings.ToLower(net.JoinHostPort(host, port))]
}

// CheckHost refuses what no lookup is needed for: literal addresses that are not public, odd spellings of IPv4 addresses
// that some resolvers still understand, and names that mean the own machine or network. The host of a proxied request
// is checked with this alone, because the proxy does the lookup.
func (g *Guard) CheckHost(host, port string) error {
	if g.Allows(host, port) {
		return nil
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if name == "" {
		return fmt.Errorf("%w: no host", ErrRefused)
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		if !Public(ip) {
			return fmt.Errorf("%w: %s is not a public address", ErrRefused, ip)
		}
		return nil
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	if endsInNumber(last) {
		return fmt.Errorf("%w: %q is an odd spelling of an address", ErrRefused, host)
	}
	for _, special := range [...]string{"localhost", "local", "internal", "home.arpa"} {
		if name == special || strings.HasSuffix(name, "."+special) {
			return fmt.Errorf("%w: %q names the own machine or network", ErrRefused, host)
		}
	}
	return nil
}

// endsInNumber is the WHATWG URL standard's test of a host that is to be read as an IPv4 address: 127.1, 0x7f.1, 2130706433.
func endsInNumber(label string) bool {
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return label != "" && strings.Trim(label, "0123456789") == ""
}

// DialContext connects to address ("host:port") if the guard lets it. It is what http.Transport.DialContext wants.
func (g *Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is not host:port", ErrRefused, address)
	}
	if g.Allows(host, port) {
		return g.dial(ctx, network, address)
	}
	if err := g.CheckHost(host, port); err != nil {
		return nil, err
	}
	ips, err := g.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	var public []string
	for _, ip := range ips {
		if Public(ip) {
			public = append(public, net.JoinHostPort(ip.Unmap().String(), port))
		}
	}
	if len(public) == 0 {
		return nil, &privateError{host}
	}
	return g.race(ctx, network, public)
}

// privateError refuses a name all of whose addresses are private.
type privateError struct{ host string }

func (e *privateError) Error() string {
	return fmt.Sprintf("%v: %s has no public address", ErrRefused, e.host)
}
func (e *privateError) Unwrap() error { return ErrRefused }

func (g *Guard) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(strings.TrimSuffix(host, ".")); err == nil {
		return []netip.Addr{ip}, nil
	}
	var r Resolver = net.DefaultResolver
	if g.Resolver != nil {
		r = g.Resolver
	}
	return r.LookupNetIP(ctx, "ip", host)
}

func (g *Guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if g.Dial != nil {
		return g.Dial(ctx, network, address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// race tries the addresses one after the other, each a little before the last one has given up, and keeps the first
// connection: a site whose IPv6 address leads nowhere still answers over IPv4.
func (g *Guard) race(ctx context.Context, network string, addresses []string) (net.Conn, error) {
	if len(addresses) == 1 {
		return g.dial(ctx, network, addresses[0])
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		conn net.Conn
		err  error
	}
	results := make(chan result)
	try := func(address string) {
		conn, err := g.dial(ctx, network, address)
		select {
		case results <- result{conn, err}:
		case <-ctx.Done():
			if conn != nil {
				conn.Close()
			}
		}
	}
	var first error
	started, failed := 0, 0
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			if started < len(addresses) {
				go try(addresses[started])
				started++
				timer.Reset(nextAddressAfter)
			}
		case r := <-results:
			if r.err == nil {
				return r.conn, nil
			}
			first = errors.Join(first, r.err)
			if failed++; failed == len(addresses) {
				return nil, first
			}
			timer.Reset(0)
		case <-ctx.Done():
			return nil, errors.Join(first, ctx.Err())
		}
	}
}
