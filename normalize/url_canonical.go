package normalize

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// tracking are query parameters that say how a reader came to a page, never which page it is.
var tracking = map[string]bool{
	"fbclid": true, "gclid": true, "gclsrc": true, "dclid": true, "gbraid": true, "wbraid": true, "msclkid": true, "yclid": true,
	"twclid": true, "ttclid": true, "igshid": true, "igsh": true, "li_fat_id": true, "mc_cid": true, "mc_eid": true, "mkt_tok": true,
	"_hsenc": true, "_hsmi": true, "__hstc": true, "__hsfp": true, "__hssc": true, "hsctatracking": true, "vero_id": true, "vero_conv": true,
	"_openstat": true, "wickedid": true, "oly_anon_id": true, "oly_enc_id": true, "rb_clickid": true, "s_cid": true, "ml_subscriber": true,
	"ml_subscriber_hash": true, "ns_mchannel": true, "ns_source": true, "ns_campaign": true, "ns_linkname": true, "ns_fee": true,
	"at_medium": true, "at_campaign": true, "at_link_id": true, "at_link_type": true, "at_link_origin": true, "at_format": true,
	"at_ptr_name": true, "at_bbc_team": true, "at_custom1": true, "at_custom2": true, "at_custom3": true, "at_custom4": true,
	"ocid": true, "cmpid": true, "ncid": true, "smid": true, "partner_source": true, "feedtype": true, "__twitter_impression": true,
	"guccounter": true, "guce_referrer": true, "guce_referrer_sig": true, "epik": true, "srsltid": true, "sc_cid": true, "yptr": true,
}

// trackingPrefixes begin families of such parameters.
var trackingPrefixes = []string{"utm_", "hsa_", "pk_", "mtm_", "matomo_", "piwik_", "itm_", "ga_campaign", "ga_source", "ga_medium", "traffic_source", "wt.mc_", "wt_mc"}

// CanonicalURL is the form of an address that all addresses of one page share: written by the rules of the URL Standard,
// without fragment, default port, tracking parameters, AMP and the wrappers that carry the address inside of
// themselves. It is false for what is no absolute http(s) URL. Parameters keep their order, the path its case and its
// slash, http is not https and www is not nothing: two pages that may differ never share a form.
func CanonicalURL(s string) (string, bool) {
	if isCanonical(s) {
		return s, true
	}
	return canonicalSlow(s)
}

func canonicalSlow(s string) (string, bool) {
	for range maxWrappers {
		u, err := whatwg.Parse(s)
		if err != nil || u.Scheme() != "http" && u.Scheme() != "https" || u.Hostname() == "" {
			return "", false
		}
		inner := unwrap(u)
		if inner == "" {
			return canonical(u), true
		}
		s = inner
	}
	return "", false
}

// isCanonical recognises the addresses that most articles have, which are canonical as they stand: a plain host, and a
// path of unreserved characters. It saves parsing them again at every fetch.
func isCanonical(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(s, "http://"); !ok {
			return false
		}
	}
	slash := strings.IndexByte(rest, '/')
	if slash < 3 || slash > 100 {
		return false
	}
	host, path := rest[:slash], rest[slash:]
	for i := 0; i < len(host); i++ {
		if c := host[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' {
			return false
		}
	}
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '/', c == '-', c == '_', c == '~':
		case c == '.' && path[i-1] != '/':
		default:
			return false
		}
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last != "" && last[0] >= 'a' && last[0] != 'x' && host[0] != '.' && !strings.Contains(host, "..") && !strings.Contains(host, "--") &&
		!strings.Contains(host, "google") && !strings.Contains(host, "ampproject") && !strings.Contains(path, "/amp")
}

// maxWrappers bounds how many wrappers may lie around an address.
const maxWrappers = 4

func canonical(u *whatwg.Url) string {
	if q := u.Query(); q != "" {
		u.SetSearch(strings.Join(withoutTracking(u.Hostname(), strings.Split(q, "&")), "&"))
	}
	if f := u.Fragment(); f != "" && !strings.HasPrefix(f, "!") && !strings.HasPrefix(f, "/") { // "#!/page" is a page of its own
		u.SetHash("")
	}
	u.SetUsername("")
	u.SetPassword("")
	if p := u.Pathname(); p != "" {
		u.SetPathname(withoutAMP(upperEscapes(p)))
	}
	out := u.Href(u.Fragment() == "")
	return strings.TrimSuffix(strings.TrimSuffix(out, "#"), "?")
}

var (
	ampTail = regexp.MustCompile(`^(.*/([^/]+)/)amp/?$`)
	slug    = regexp.MustCompile(`-[^-]+-|\d{4}`)
)

// withoutAMP drops the last segment "amp" behind the slug of an article. Behind anything else it may be a word.
func withoutAMP(path string) string {
	m := ampTail.FindStringSubmatch(path)
	if m == nil || !slug.MatchString(m[2]) {
		return path
	}
	if strings.HasSuffix(path, "/") {
		return m[1]
	}
	return strings.TrimSuffix(m[1], "/")
}

func withoutTracking(host string, params []string) []string {
	kept := params[:0:0]
	for _, p := range params {
		name, _, _ := strings.Cut(p, "=")
		if un, err := url.QueryUnescape(name); err == nil {
			name = un
		}
		name = strings.ToLower(name)
		if p == "" || tracking[name] || hasAnyPrefix(name, trackingPrefixes) || name == "amp" || name == "outputtype" && strings.HasSuffix(p, "=amp") {
			continue
		}
		if name == "si" && (host == "youtu.be" || strings.HasSuffix(host, "youtube.com")) {
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// upperEscapes writes percent escapes in capitals, and those of letters, digits, "-", "_", "." and "~" as the character
// (RFC 3986 section 6.2.2).
func upperEscapes(p string) string {
	if !strings.Contains(p, "%") {
		return p
	}
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		if p[i] != '%' || i+2 >= len(p) || !isHex(p[i+1]) || !isHex(p[i+2]) {
			b.WriteByte(p[i])
			continue
		}
		c := unhex(p[i+1])<<4 | unhex(p[i+2])
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '~' {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(p[i : i+3]))
		}
		i += 2
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// wrappers carry the address of the page in one of their parameters: host → path prefix → names of the parameter.
var wrappers = []struct {
	host, path string
	names      []string
}{
	{"news.google.com", "/news/url", []string{"url"}},
	{"www.google.com", "/url", []string{"url", "q"}},
	{"google.com", "/url", []string{"url", "q"}},
	{"www.bing.com", "/news/apiclick.aspx", []string{"url"}},
	{"l.facebook.com", "/l.php", []string{"u"}},
	{"lm.facebook.com", "/l.php", []string{"u"}},
	{"l.instagram.com", "/", []string{"u"}},
	{"out.reddit.com", "/", []string{"url"}},
	{"www.youtube.com", "/redirect", []string{"q"}},
	{"go.redirectingat.com", "/", []string{"url"}},
	{"click.linksynergy.com", "/", []string{"murl"}},
	{"getpocket.com", "/redirect", []string{"url"}},
	{"feedproxy.google.com", "/", []string{"url"}},
}

var ampCache = regexp.MustCompile(`^[a-z0-9-]+\.cdn\.ampproject\.org$`)

// unwrap gives the address that a wrapper carries, "" if u is none. It asks nobody.
func unwrap(u *whatwg.Url) string {
	host, path := u.Hostname(), u.Pathname()
	for _, w := range wrappers {
		if host != w.host || !strings.HasPrefix(strings.ToLower(path), w.path) {
			continue
		}
		for _, name := range w.names {
			if inner := u.SearchParams().Get(name); isWeb(inner) {
				return inner
			}
		}
	}
	switch {
	case host == "news.google.com":
		return googleNews(path)
	case ampCache.MatchString(host) || host == "www.google.com" && strings.HasPrefix(path, "/amp/"):
		return fromAMPCache(path, u.Search())
	}
	return ""
}

func isWeb(s string) bool { return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") }

// fromAMPCache reads an address of an AMP cache: /c/s/HOST/PATH, where s says https.
func fromAMPCache(path, search string) string {
	rest := strings.TrimPrefix(path, "/amp")
	for _, kind := range []string{"/c/", "/v/", "/i/", "/wp/"} {
		rest = strings.Replace(rest, kind, "/", 1)
		if !strings.HasPrefix(rest, kind) {
			break
		}
	}
	rest = strings.TrimPrefix(rest, "/")
	scheme := "http://"
	if after, ok := strings.CutPrefix(rest, "s/"); ok {
		scheme, rest = "https://", after
	}
	host, _, _ := strings.Cut(rest, "/")
	if !strings.Contains(host, ".") {
		return ""
	}
	return scheme + rest + search
}

// googleNews reads the older article ids of Google News, which hold the address in base64. The newer ones name a page
// only to Google, and stay as they are.
func googleNews(path string) string {
	i := strings.LastIndex(path, "/articles/")
	if i < 0 {
		return ""
	}
	id := strings.TrimRight(path[i+len("/articles/"):], "=")
	b, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return ""
	}
	start := strings.Index(string(b), "http")
	if start < 0 {
		return ""
	}
	end := start
	for end < len(b) && b[end] > 0x20 && b[end] < 0x7F {
		end++
	}
	if inner := string(b[start:end]); isWeb(inner) {
		return inner
	}
	return ""
}
