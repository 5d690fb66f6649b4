package normalize

import (
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/testtools/meter"
)

// A large page takes little work, whatever its lines are: that of a line is bounded. CPU time is measured, which a busy machine does not stretch.
func TestHostilePagesTakeLittleWork(t *testing.T) {
	const size = 1 << 16
	for _, unit := range []string{"Related\n", "a\n", "© 2026 x\n", "A b. C d e f g h i j k l m n.\n", "Caption here – AFP\n", "By A\n", "26 October 2025\n", "- x y z\n", "\n", "X",
		"Today : Oct 27, 2025 ", "Minister for and ", "AAAA (", "12 ", "Mr ", "<div>", "<p>a", "**[a](", "# x\n", "ISLAMABAD: ", "Read more\nThe minister said on Monday that it was so, and it was.\n", "2026-02-", "\"", "it’s ", "a.b.c."} {
		for _, f := range []news.SeedFormat{news.SeedText, news.SeedHTML, news.SeedMarkdown} {
			start := meter.Self()
			ReadPage(strings.Repeat(unit, size/len(unit)), f)
			if d := meter.Self() - start; d > 5*time.Second {
				t.Errorf("64 KiB of %q as %s took %v", unit, f, d)
			}
		}
	}
}
