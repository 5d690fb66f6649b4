package fetch

import "net/netip"

// refusedPrefixes are the IPv4 blocks that no feed lives in: the IANA IPv4 Special-Purpose Address Registry, multicast
// (RFC 5771) and the reserved class E (RFC 1112 section 4). Globally reachable special blocks (AS112, AMT) are refused
// too: they serve infrastructure, not news.
var refusedPrefixes = prefixes(
	"0.0.0.0/8",          // this network, RFC 791; 0.0.0.0 reaches the own machine on Linux
	"10.0.0.0/8",         // private, RFC 1918
	"100.64.0.0/10",      // carrier-grade NAT, RFC 6598
	"127.0.0.0/8",        // loopback, RFC 1122
	"169.254.0.0/16",     // link-local and cloud metadata, RFC 3927
	"172.16.0.0/12",      // private, RFC 1918
	"192.0.0.0/24",       // IETF protocol assignments, RFC 6890
	"192.0.2.0/24",       // documentation, RFC 5737
	"192.31.196.0/24",    // AS112, RFC 7535
	"192.52.193.0/24",    // AMT, RFC 7450
	"192.88.99.0/24",     // 6to4 relays, deprecated by RFC 7526
	"192.168.0.0/16",     // private, RFC 1918
	"192.175.48.0/24",    // AS112, RFC 7534
	"198.18.0.0/15",      // benchmarking, RFC 2544
	"198.51.100.0/24",    // documentation, RFC 5737
	"203.0.113.0/24",     // documentation, RFC 5737
	"224.0.0.0/4",        // multicast, RFC 5771
	"240.0.0.0/4",        // reserved, RFC 1112
	"255.255.255.255/32", // limited broadcast, RFC 8190
)

// global6 is all that IANA has opened for global unicast IPv6. What lies outside is refused without a list: ::1, ::,
// mapped and compatible IPv4, NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), 100::/64, 5f00::/16, unique local fc00::/7,
// link-local fe80::/10, site-local fec0::/10, multicast ff00::/8. NAT64 is refused whole although it may lead to a public
// address: it would lead to a private one as well, and only the translator knows which.
var global6 = netip.MustParsePrefix("2000::/3")

// refusedPrefixes6 are the special blocks inside global6 (IANA IPv6 Special-Purpose Address Registry).
var refusedPrefixes6 = prefixes(
	"2001::/23",         // IETF protocol assignments, RFC 2928: Teredo, benchmarking, AMT, ORCHID, drones
	"2001:db8::/32",     // documentation, RFC 3849
	"2002::/16",         // 6to4, RFC 3056: carries an IPv4 address of anybody's choice
	"2620:4f:8000::/48", // AS112, RFC 7534
	"3fff::/20",         // documentation, RFC 9637
	"3ffe::/16",         // 6bone, returned by RFC 3701
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// Public reports whether an address may be a feed's: global unicast, in no special-purpose block.
func Public(ip netip.Addr) bool {
	if ip.Zone() != "" {
		return false
	}
	ip = ip.Unmap()
	list := refusedPrefixes
	if ip.Is6() {
		if !global6.Contains(ip) {
			return false
		}
		list = refusedPrefixes6
	}
	for _, p := range list {
		if p.Contains(ip) {
			return false
		}
	}
	return ip.IsValid()
}
