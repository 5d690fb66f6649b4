package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"wirefold/internal/news"
	"wirefold/normalize"
)

func newGroupCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "group [FILE…]",
		Short: "Part articles (JSON lines) into stories",
		Long: `Reads articles as JSON lines {"id","title","text","published","source","url","lang"} and prints
{"id","story"} for each, in the order of the input. A story is named by its smallest member id.
Without a FILE, or for "-", it reads the standard input.`,
		RunE: func(c *cobra.Command, args []string) error { return group(a, args) },
	}
}

// groupPace is the pace of the collector while a whole set is in memory: a fifth of the memory for a tenth of the time.
const groupPace = 50

func group(a *app, files []string) error {
	defer paced(groupPace)()
	in, err := readLines(a, files)
	if err != nil {
		return err
	}
	stories := storiesOf(normalize.Load(), in.articles)
	w := bufio.NewWriter(a.Stdout)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range in.articles {
		if err := enc.Encode(grouped{string(in.articles[i].Key), stories[i]}); err != nil {
			return fmt.Errorf("write stories: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write stories: %w", err)
	}
	return in.verdict()
}

type grouped struct {
	ID    string `json:"id"`
	Story string `json:"story"`
}

// storiesOf names for each article its story: the smallest member id.
func storiesOf(m *normalize.Model, as []news.Article) []string {
	out := make([]string, len(as))
	for _, part := range m.Partition(as, nil) {
		for _, i := range part {
			out[i] = string(as[part[0]].Key)
		}
	}
	return out
}

// line is one input line of group, eval and explain.
type line struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Text      string `json:"text"`
	Published string `json:"published"`
	Source    string `json:"source"`
	URL       string `json:"url"`
	Lang      string `json:"lang"`

	// Of eval alone: the gold label, a field to select by, and pairs.
	Event string    `json:"event"`
	Beat  string    `json:"beat"`
	A     *sideLine `json:"a"`
	B     *sideLine `json:"b"`
	Label string    `json:"label"`
}

// sideLine is one article of a labelled pair.
type sideLine struct {
	Title     string `json:"title"`
	Text      string `json:"text"`
	Published string `json:"published"`
	Lang      string `json:"lang"`
}

// input is what was read: good articles with their lines, and whether some lines were bad.
type input struct {
	articles []news.Article
	lines    []line
	bad      int
	pairs    bool // labelled pairs are welcome, too
}

// verdict is the exit of a command that answered all good lines.
func (in *input) verdict() error {
	if in.bad > 0 {
		return exit(exitBadInput, nil)
	}
	return nil
}

// maxLine bounds one line of input: a long read is 100 kB, and a line without an end must not fill the memory.
const maxLine = 16 << 20

// readLines reads articles as JSON lines from files. Bad lines and repeated ids are told on stderr, the others are kept.
func readLines(a *app, files []string) (*input, error) { return readInto(a, &input{}, files) }

// readLabelled reads one file of articles or of labelled pairs.
func readLabelled(a *app, file string) (*input, error) {
	return readInto(a, &input{pairs: true}, []string{file})
}

func readInto(a *app, in *input, files []string) (*input, error) {
	if len(files) == 0 {
		files = []string{"-"}
	}
	ids := map[string]bool{}
	for _, f := range files {
		if err := in.readFile(a, f, ids); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func (in *input) readFile(a *app, file string, ids map[string]bool) error {
	r, err := openInput(a, file)
	if err != nil {
		return err
	}
	defer r.Close()
	br := bufio.NewReaderSize(r, 1<<16)
	for n := 1; ; n++ {
		raw, tooLong, err := readLine(br)
		if err != nil && err != io.EOF {
			return exit(exitIO, fmt.Errorf("read %s: %w", file, err))
		}
		if text := strings.TrimSpace(string(raw)); text != "" || tooLong {
			if problem := in.add(text, tooLong, ids); problem != nil {
				in.bad++
				fmt.Fprintf(a.Stderr, "%s:%d: %s\n", printable(file), n, printable(problem.Error()))
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

func openInput(a *app, file string) (io.ReadCloser, error) {
	if file == "-" {
		return io.NopCloser(a.Stdin), nil
	}
	r, err := os.Open(file)
	if err != nil {
		if os.IsNotExist(err) {
			return nil, exit(exitNoInput, err)
		}
		return nil, exit(exitIO, err)
	}
	return r, nil
}

// readLine reads up to the end of the line; of a line over the bound it keeps nothing.
func readLine(r *bufio.Reader) (text []byte, tooLong bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(text)+len(part) > maxLine {
			tooLong, text = true, nil
		}
		if !tooLong {
			text = append(text, part...)
		}
		if err != bufio.ErrBufferFull {
			return text, tooLong, err
		}
	}
}

// add takes one line in.
func (in *input) add(text string, tooLong bool, ids map[string]bool) error {
	if tooLong {
		return fmt.Errorf("line is longer than %d bytes", maxLine)
	}
	var l line
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return fmt.Errorf("not a JSON object of an article: %w", err)
	}
	pair := l.A != nil || l.B != nil
	switch {
	case pair && !in.pairs:
		return fmt.Errorf("a labelled pair, not an article: pairs are for eval")
	case pair && (l.A == nil || l.B == nil):
		return fmt.Errorf("a pair needs both a and b")
	case len(in.lines) > 0 && pair != (in.lines[0].A != nil):
		return fmt.Errorf("articles and labelled pairs in one file")
	case pair:
		in.lines = append(in.lines, l)
		in.articles = append(in.articles, news.Article{})
		return nil
	}
	if l.ID == "" {
		return fmt.Errorf("no id")
	}
	if ids[l.ID] {
		return fmt.Errorf("id %q is there already", l.ID)
	}
	d, err := news.ParseDate(l.Published)
	if err != nil {
		return fmt.Errorf("published: %w", err)
	}
	ids[l.ID] = true
	in.lines = append(in.lines, l)
	in.articles = append(in.articles, news.Article{Key: news.ArticleKey(l.ID), Title: l.Title, Headline: l.Title, Text: l.Text, Published: d, Lang: l.Lang, URL: l.URL, Outlet: l.Source})
	return nil
}
