package fetch

import "strings"

// core says which namespaces hold the elements of the feed formats themselves. Besides the official ones these are
// addresses that real feeds put there.
var core = map[string]bool{
	"http://backend.userland.com/rss":                 true,
	"http://backend.userland.com/rss2":                true,
	"http://blogs.law.harvard.edu/tech/rss":           true,
	"http://purl.org/rss/1.0":                         true,
	"http://purl.org/rss/2.0":                         true,
	"http://purl.org/net/rss1.1#":                     true,
	"http://purl.org/rss/1.0/modules/rss091#":         true,
	"http://my.netscape.com/rdf/simple/0.9":           true,
	"http://channel.netscape.com/rdf/simple/0.9":      true,
	"http://my.netscape.com/publish/formats/rss-0.91": true,
	"http://example.com/newformat#":                   true,
	"http://example.com/necho":                        true,
	"http://purl.org/echo":                            true,
	"uri/of/echo/namespace#":                          true,
	"http://purl.org/pie":                             true,
	"http://www.rssboard.org/rss-specification":       true,
	"http://cyber.law.harvard.edu/rss/rss.html":       true,
	"http://cyber.harvard.edu/rss/rss.html":           true,
	"http://www.microsoft.com/standards/channels.dtd": true,
}

// atomSpaces are Atom's namespaces: 1.0, 0.3, and drafts and misspellings that are still served.
var atomSpaces = map[string]bool{
	"http://www.w3.org/2005/atom":  true,
	"https://www.w3.org/2005/atom": true,
	"http://purl.org/atom/ns#":     true,
	"http://purl.org/atom/ns":      true,
	"http://www.w3.org/2005/atom#": true,
}

// modules maps the namespaces of feed extensions to their usual prefix.
var modules = map[string]string{
	"http://www.w3.org/1999/02/22-rdf-syntax-ns#":              "rdf",
	"http://purl.org/dc/elements/1.1":                          "dc",
	"http://purl.org/dc/elements/1.0":                          "dc",
	"http://purl.org/metadata/dublin_core#":                    "dc",
	"http://purl.org/dc/terms":                                 "dcterms",
	"http://purl.org/rss/1.0/modules/dcterms":                  "dcterms",
	"http://purl.org/rss/1.0/modules/content":                  "content",
	"http://www.itunes.com/dtds/podcast-1.0.dtd":               "itunes",
	"http://example.com/dtds/podcast-1.0.dtd":                  "itunes",
	"http://search.yahoo.com/mrss":                             "media",
	"http://www.rssboard.org/media-rss":                        "media",
	"http://tools.search.yahoo.com/mrss":                       "media",
	"http://rssnamespace.org/feedburner/ext/1.0":               "feedburner",
	"http://purl.org/rss/1.0/modules/syndication":              "sy",
	"http://webns.net/mvcb":                                    "admin",
	"http://wellformedweb.org/commentapi":                      "wfw",
	"http://purl.org/rss/1.0/modules/slash":                    "slash",
	"http://www.w3.org/1999/xhtml":                             "xhtml",
	"http://www.w3.org/xhtml":                                  "xhtml",
	"http://www.w3.org/1999/xlink":                             "xlink",
	"http://www.w3.org/2000/svg":                               "svg",
	"http://www.w3.org/1998/math/mathml":                       "math",
	"http://www.w3.org/xml/1998/namespace":                     "xml",
	"http://www.google.com/schemas/play-podcasts/1.0":          "googleplay",
	"http://www.google.com/schemas/play-podcasts/1.0/play.xsd": "googleplay",
	"http://purl.org/rss/1.0/modules/link":                     "l",
	"http://purl.org/rss/1.0/modules/annotate":                 "annotate",
	"http://purl.org/rss/1.0/modules/image":                    "image",
	"http://prismstandard.org/namespaces/basic/2.0":            "prism",
	"http://prismstandard.org/namespaces/1.2/basic":            "prism",
	"http://www.livejournal.org/rss/lj/1.0":                    "lj",
	"http://purl.org/syndication/thread/1.0":                   "thr",
	"http://schemas.google.com/g/2005":                         "gd",
	"http://purl.org/syndication/history/1.0":                  "fh",
	"http://my.theinfo.org/changed/1.0/rss":                    "cp",
	"http://madskills.com/public/xml/rss/module/pingback":      "pingback",
	"http://madskills.com/public/xml/rss/module/trackback":     "trackback",
	"http://xmlns.com/foaf/0.1":                                "foaf",
	"http://www.w3.org/2003/01/geo/wgs84_pos#":                 "geo",
	"http://www.georss.org/georss":                             "georss",
	"http://www.opengis.net/gml":                               "gml",
	"http://podlove.org/simple-chapters":                       "psc",
	"http://backend.userland.com/creativecommonsrssmodule":     "creativecommons",
	"http://web.resource.org/cc":                               "cc",
	"http://purl.org/rss/1.0/modules/taxonomy":                 "taxo",
	"http://purl.org/rss/1.0/modules/threading":                "thr",
	"http://purl.org/rss/1.0/modules/reference":                "ref",
	"http://purl.org/rss/1.0/modules/textinput":                "ti",
	"http://purl.org/rss/1.0/modules/email":                    "email",
	"http://purl.org/rss/1.0/modules/event":                    "ev",
	"http://purl.org/rss/1.0/modules/company":                  "co",
	"http://purl.org/rss/1.0/modules/search":                   "search",
	"http://purl.org/rss/1.0/modules/servicestatus":            "ss",
	"http://purl.org/rss/1.0/modules/subscription":             "sub",
	"http://purl.org/rss/1.0/modules/richequiv":                "reqv",
	"http://purl.org/rss/1.0/modules/wiki":                     "wiki",
	"http://purl.org/rss/1.0/modules/audio":                    "audio",
	"http://purl.org/rss/1.0/modules/aggregation":              "ag",
	"http://a9.com/-/spec/opensearch/1.1":                      "opensearch",
	"http://www.blogger.com/atom/ns#":                          "blogger",
	"http://www.rawvoice.com/rawvoicerssmodule":                "rawvoice",
	"https://podcastindex.org/namespace/1.0":                   "podcast",
	"http://www.pheedo.com/namespace/pheedo":                   "pheedo",
	"http://www.w3.org/2001/xinclude":                          "xi",
	"http://www.w3.org/2001/xmlschema-instance":                "xsi",
	"http://purl.org/atompub/tombstones/1.0":                   "at",
	"http://www.w3.org/2007/app":                               "app",
}

// spaceOf gives the usual prefix of a namespace; atom says that it is one of Atom's. What nobody knows keeps its own
// prefix, so that a feed with a misspelt or made-up namespace is still read (and a foreign "title" is not the title).
func spaceOf(prefix, uri string) (space string, atom bool) {
	key := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(uri)), "/")
	if atomSpaces[key] {
		return "", true
	}
	if core[key] {
		return "", false
	}
	if short, ok := modules[key]; ok {
		return short, false
	}
	switch p := strings.ToLower(prefix); p {
	case "atom", "atom10", "atom03", "a10":
		return "", true
	case "rss", "rss10":
		return "", false
	default:
		return p, false
	}
}
