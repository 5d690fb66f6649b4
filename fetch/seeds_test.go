package fetch

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

// folder is a folder of seed files with a memory: each look is given the state of the last.
type folder struct {
	t     *testing.T
	dir   string
	feed  news.Feed
	state news.FeedState
}

func newFolder(t *testing.T, pattern string) *folder {
	dir := t.TempDir()
	return &folder{t: t, dir: dir, feed: news.Feed{ID: "seeds", Seeds: filepath.Join(dir, filepath.FromSlash(pattern)), Root: dir, Enabled: true}}
}

func (f *folder) write(name, text string) {
	f.t.Helper()
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// look fetches the folder.
func (f *folder) look() news.Fetched {
	f.t.Helper()
	sd := &Seeds{Now: newClock().now}
	got := sd.Fetch(f.t.Context(), f.feed, f.state)
	f.state = got.State
	return got
}

func guids(d *news.Document) (out []string) {
	if d != nil {
		for _, it := range d.Items {
			out = append(out, it.GUID)
		}
	}
	return out
}

func TestEveryBadSeedFileIsNamedAndTheOthersAreRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("links and pipes are made on Unix only")
		return
	}
	f := newFolder(t, "*.txt")
	outside := filepath.Join(t.TempDir(), "secret.txt")
	f.must(os.WriteFile(outside, []byte("secret"), 0o644))
	f.write("00-good.txt", "An article.\n")
	f.write("01-bom.txt", "\ufeffWith a mark.\r\nTwo lines.\r\n")
	f.write("02-utf16.txt", "\xff\xfeA\x00b\x00c\x00\n\x00")
	f.write("10-invalid.txt", "line one\nbad \xff byte\n")
	f.write("11-empty.txt", "")
	f.write("12-blank.txt", " \n\t\r\n")
	f.write("13-binary.txt", "GIF89a\x00\x01")
	f.write("14-latin1.txt", "caf\xe9")
	f.must(os.WriteFile(filepath.Join(f.dir, "15-huge.txt"), nil, 0o644))
	f.must(os.Truncate(filepath.Join(f.dir, "15-huge.txt"), 20<<20))
	f.must(os.Mkdir(filepath.Join(f.dir, "16-folder.txt"), 0o755))
	f.must(syscall.Mkfifo(filepath.Join(f.dir, "17-pipe.txt"), 0o644))
	f.must(os.Symlink("18-loop.txt", filepath.Join(f.dir, "18-loop.txt")))
	f.must(os.Symlink(outside, filepath.Join(f.dir, "19-outside.txt")))
	f.must(os.Symlink("../"+filepath.Base(filepath.Dir(outside))+"/secret.txt", filepath.Join(f.dir, "20-outside.txt")))
	f.must(os.Symlink("nowhere", filepath.Join(f.dir, "21-dangling.txt")))
	socket, err := net.Listen("unix", filepath.Join(f.dir, "22-socket.txt"))
	f.must(err)
	defer socket.Close()
	f.must(os.Symlink("00-good.txt", filepath.Join(f.dir, "30-link-inside.txt")))
	f.write(".hidden.txt", "not an article")
	f.write("other.md", "not in the glob")

	got := f.look()
	want := []string{"00-good.txt", "01-bom.txt", "02-utf16.txt", "30-link-inside.txt"}
	if diff := cmp.Diff(want, guids(got.Document)); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	says := map[string]string{
		"10-invalid.txt": "byte 0xff in line 2", "11-empty.txt": "empty", "12-blank.txt": "empty", "13-binary.txt": "not text", "14-latin1.txt": "not UTF-8", "15-huge.txt": "too large: 20971520 bytes",
		"16-folder.txt": "a folder", "17-pipe.txt": "a pipe", "18-loop.txt": "loop", "19-outside.txt": "leaves the folder", "20-outside.txt": "leaves the folder", "21-dangling.txt": "leads nowhere", "22-socket.txt": "socket",
	}
	for name, text := range says {
		found := ""
		for _, p := range got.Problems {
			if strings.HasPrefix(p.Error(), name+": ") {
				found = p.Error()
			}
		}
		if !strings.Contains(found, text) {
			t.Errorf("of %s it says %q, want something about %q", name, found, text)
		}
	}
	if len(got.Problems) != len(says) || got.Status != news.FetchFailed || got.Err == nil || !strings.Contains(got.State.Error, "13 of 17") {
		t.Errorf("%d problems, status %s, %v; want %d, failed", len(got.Problems), got.Status, got.Err, len(says))
	}
	if text := got.Document.Items[1].Content.Value; text != "With a mark.\nTwo lines.\n" {
		t.Errorf("mark and line ends: %q", text)
	}
	if again := f.look(); again.Document != nil || len(again.Problems) != len(says) {
		t.Errorf("the second look brings %v and %d problems", guids(again.Document), len(again.Problems))
	}
}

// A seed of 1 GiB is refused by its size: what a look at the folder takes of memory does not grow with it.
func TestASeedOfAGigabyteIsNeverRead(t *testing.T) {
	const most = 1 << 20
	f := newFolder(t, "*.txt")
	f.write("a.txt", "An article.\n")
	f.write("huge.txt", "")
	f.must(os.Truncate(filepath.Join(f.dir, "huge.txt"), 1<<30)) // a hole: it takes no room on the disk
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := f.look()
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > most {
		t.Errorf("the look took %d bytes of memory, want %d at most", took, most)
	}
	if got.Bytes > most {
		t.Errorf("the look read %d bytes", got.Bytes)
	}
	if diff := cmp.Diff([]string{"a.txt"}, guids(got.Document)); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if len(got.Problems) != 1 || got.Problems[0].Error() != "huge.txt: too large: 1073741824 bytes, at most 4 MiB are read" {
		t.Errorf("problems: %v", got.Problems)
	}
}

func TestAnUnreadableSeedFileIsAProblem(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("root may read everything: only the words are tested")
		err := seedProblem("a.txt", &os.PathError{Op: "open", Path: "a.txt", Err: syscall.EACCES})
		if !strings.Contains(err.Error(), "no permission") {
			t.Error(err)
		}
		return
	}
	f := newFolder(t, "*.txt")
	f.write("a.txt", "text")
	f.must(os.Chmod(filepath.Join(f.dir, "a.txt"), 0))
	if got := f.look(); len(got.Problems) != 1 || !strings.Contains(got.Problems[0].Error(), "no permission") {
		t.Errorf("problems %v", got.Problems)
	}
}

func TestSeedFilesLiveOn(t *testing.T) {
	f := newFolder(t, "**/*.txt")
	f.write("a.txt", "first")
	f.write("sub/deep/b.txt", "second")
	steps := []struct {
		name    string
		do      func()
		want    []string
		renames map[string]string
		status  news.FetchStatus
	}{
		{"the first look brings all", func() {}, []string{"a.txt", "sub/deep/b.txt"}, nil, news.FetchedNew},
		{"nothing changed", func() {}, nil, nil, news.FetchedUnchanged},
		{"more text is the same file anew", func() { f.write("a.txt", "first, and more") }, []string{"a.txt"}, nil, news.FetchedNew},
		{"a renamed file says where it was", func() { f.must(os.Rename(filepath.Join(f.dir, "a.txt"), filepath.Join(f.dir, "sub", "z.txt"))) }, []string{"sub/z.txt"}, map[string]string{"sub/z.txt": "a.txt"}, news.FetchedNew},
		{"a copy is a file of its own", func() { f.write("copy.txt", "second") }, []string{"copy.txt"}, nil, news.FetchedNew},
		{"a deleted file takes nothing with it", func() { f.must(os.Remove(filepath.Join(f.dir, "copy.txt"))) }, nil, nil, news.FetchedUnchanged},
		{"a file that is not text for a while stays known", func() { f.write("sub/z.txt", "") }, nil, nil, news.FetchFailed},
		{"and is not new when it is back", func() { f.write("sub/z.txt", "first, and more") }, nil, nil, news.FetchedUnchanged},
	}
	for _, st := range steps {
		st.do()
		got := f.look()
		if diff := cmp.Diff(st.want, guids(got.Document)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", st.name, diff)
		}
		if diff := cmp.Diff(st.renames, got.Renames); diff != "" {
			t.Errorf("%s: renames (-want +got):\n%s", st.name, diff)
		}
		if got.Status != st.status {
			t.Errorf("%s: status %s, want %s", st.name, got.Status, st.status)
		}
	}
}

func TestAFolderThatIsNotThereFailsAndForgetsNothing(t *testing.T) {
	f := newFolder(t, "*.txt")
	f.write("a.txt", "text")
	f.look()
	f.feed.Root = filepath.Join(f.dir, "gone")
	f.feed.Seeds = filepath.Join(f.feed.Root, "*.txt")
	got := f.look()
	if got.Status != news.FetchFailed || got.Err == nil || got.State.Files["a.txt"] == "" {
		t.Errorf("status %s, %v, files %v", got.Status, got.Err, got.State.Files)
	}
}

func TestALargeFolderComesInParts(t *testing.T) {
	f := newFolder(t, "*.txt")
	text := strings.Repeat("word ", 700_000) // 3.5 MB
	for i := range 12 {
		f.write(fmt.Sprintf("%02d.txt", i), text+fmt.Sprint(i))
	}
	var all []string
	looks := 0
	for more := true; more; looks++ {
		got := f.look()
		all = append(all, guids(got.Document)...)
		more = got.More
	}
	if len(all) != 12 || !sort.StringsAreSorted(all) || looks != 2 {
		t.Errorf("%d looks brought %v", looks, all)
	}
}

func TestReadSeedTellsTheFormatByTheExtension(t *testing.T) {
	tests := []struct {
		path, raw string
		format    news.SeedFormat
		kind      news.TextType
		text      string
	}{
		{"a.txt", "text", news.SeedText, news.Plain, "text"},
		{"a", "text", news.SeedText, news.Plain, "text"},
		{"b/a.MD", "# text", news.SeedMarkdown, news.Plain, "# text"},
		{"a.html", "<p>text", news.SeedHTML, news.HTML, "<p>text"},
		{"a.htm", "<meta charset=windows-1252><p>caf\xe9", news.SeedHTML, news.HTML, "<meta charset=windows-1252><p>café"},
	}
	for _, tt := range tests {
		it, err := ReadSeed(tt.path, []byte(tt.raw))
		if err != nil || it.Seed.Format != tt.format || it.Content.Type != tt.kind || it.Content.Value != tt.text || it.GUID != tt.path {
			t.Errorf("ReadSeed(%s) = %+v, %v", tt.path, it, err)
		}
	}
	one, _ := ReadSeed("a.txt", []byte("text"))
	two, _ := ReadSeed("b.txt", []byte("text"))
	if one.Hash != two.Hash {
		t.Error("the hash depends on the path: a renamed file would be cleaned again")
	}
}

func TestCheckGlob(t *testing.T) {
	for glob, ok := range map[string]bool{
		"seeds/*.txt": true, "/x/**/*.md": true, "seeds/[ab]?.txt": true, "one.txt": true,
		"": false, "seeds/": false, "seeds/**": false, "seeds/[a": false, "seeds/a**b/*.txt": false,
	} {
		if err := CheckGlob(glob); (err == nil) != ok {
			t.Errorf("CheckGlob(%q) = %v", glob, err)
		}
	}
	for glob, want := range map[string]string{"/x/seeds/*.txt": "/x/seeds", "/x/*/b/*.txt": "/x", "/x/y/one.txt": "/x/y", "*.txt": ".", "/*.txt": "/"} {
		if got := GlobRoot(glob); got != want {
			t.Errorf("GlobRoot(%s) = %s, want %s", glob, got, want)
		}
	}
}

func TestAWatchedFolderReportsItsChanges(t *testing.T) {
	f := newFolder(t, "**/*.txt")
	f.write("sub/a.txt", "text")
	changed, stopped := make(chan struct{}, 100), make(chan error, 1)
	ready := make(chan struct{})
	go func() {
		close(ready)
		stopped <- Watch(t.Context(), []news.Feed{f.feed}, func() { changed <- struct{}{} })
	}()
	<-ready
	// The watch begins at a moment that cannot be seen from outside: the file is written again until it is reported.
	report := func(name string) {
		t.Helper()
		give := time.After(20 * time.Second)
		for again := time.NewTicker(500 * time.Millisecond); ; {
			f.write(name, fmt.Sprint("text ", time.Now().UnixNano()))
			select {
			case <-changed:
				again.Stop()
				return
			case <-again.C:
			case err := <-stopped:
				t.Fatalf("the watch ended: %v", err)
			case <-give:
				t.Fatalf("%s was not reported", name)
			}
		}
	}
	report("sub/a.txt")
	report("sub/new/b.txt")
}

func FuzzReadSeed(f *testing.F) {
	for _, s := range []string{"text", "", "\xff\xfea\x00", "\xfe\xff\xd8\x00", "a\x00", "\xef\xbb\xbfx", "<meta charset=shift_jis>\x81"} {
		f.Add("a.html", []byte(s))
		f.Add("a.txt", []byte(s))
	}
	f.Fuzz(func(t *testing.T, path string, raw []byte) {
		it, err := ReadSeed(path, raw)
		if err == nil && (strings.TrimSpace(it.Content.Value) == "" || strings.ContainsRune(it.Content.Value, '\r')) {
			t.Errorf("%q gives %q", raw, it.Content.Value)
		}
	})
}
