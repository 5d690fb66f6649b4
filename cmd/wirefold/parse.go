package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"wirefold/fetch"
	"wirefold/internal/news"
	"wirefold/normalize"
)

// maxBatchLine bounds a line of --batch: two paths and three headers.
const maxBatchLine = 1 << 20

// parseRequest is one file to parse, as a line of --batch says it.
type parseRequest struct {
	File            string `json:"file"`
	URL             string `json:"url"`
	ContentType     string `json:"content_type"`
	ContentLocation string `json:"content_location"`
	ContentLanguage string `json:"content_language"`
}

func newParseCmd(a *app) *cobra.Command {
	var req parseRequest
	var batch bool
	c := &cobra.Command{
		Use:   "parse FILE... | --batch",
		Short: "Print what a feed or seed file says, as JSON",
		Long: `Parse reads each FILE as a feed (RSS, Atom, CDF, JSON Feed), or else as a seed file of article text
(.txt, .md, .html), and prints one JSON line for each, in order. "-" is standard input.

With --batch it reads JSON lines {"file","url","content_type","content_location","content_language"} from
standard input and answers each with one line; a file that cannot be read answers {"error"}.

Exit status: 0 all read, 65 some input was bad and the rest was answered, 66 a file is missing.`,
		Example: "  wirefold parse feed.xml --url https://example.org/feed.xml\n  wirefold parse seeds/*.txt",
		RunE: func(_ *cobra.Command, args []string) error {
			if batch {
				if len(args) > 0 {
					return usagef("parse: --batch takes no files")
				}
				return parseBatch(a)
			}
			if len(args) == 0 {
				return usagef("parse: give a file, or --batch")
			}
			return parseFiles(a, args, req)
		},
	}
	env := func(name string) string {
		if a.Getenv == nil {
			return ""
		}
		return a.Getenv(name)
	}
	c.Flags().StringVar(&req.URL, "url", env("FEED_URL"), "address that the file came from (FEED_URL)")
	c.Flags().StringVar(&req.ContentType, "content-type", env("FEED_CONTENT_TYPE"), "its Content-Type (FEED_CONTENT_TYPE)")
	c.Flags().StringVar(&req.ContentLocation, "content-location", env("FEED_CONTENT_LOCATION"), "its Content-Location (FEED_CONTENT_LOCATION)")
	c.Flags().StringVar(&req.ContentLanguage, "content-language", env("FEED_CONTENT_LANGUAGE"), "its Content-Language (FEED_CONTENT_LANGUAGE)")
	c.Flags().BoolVar(&batch, "batch", false, "answer JSON lines from standard input")
	return c
}

func parseFiles(a *app, files []string, req parseRequest) error {
	missing, bad := 0, 0
	for _, f := range files {
		req.File = f
		line, err := parseOne(a, req)
		if err == nil {
			if _, err := a.Stdout.Write(line); err != nil {
				return exit(exitIO, fmt.Errorf("write: %w", err))
			}
			continue
		}
		fmt.Fprintf(a.Stderr, "wirefold: parse %s: %s\n", printable(f), printable(err.Error()))
		if errors.Is(err, fs.ErrNotExist) {
			missing++
		} else {
			bad++
		}
	}
	switch {
	case bad > 0:
		return exit(exitBadInput, nil)
	case missing > 0:
		return exit(exitNoInput, nil)
	}
	return nil
}

func parseBatch(a *app) error {
	in := bufio.NewScanner(a.Stdin)
	in.Buffer(make([]byte, 64<<10), maxBatchLine)
	for in.Scan() {
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		var req parseRequest
		err := json.Unmarshal(in.Bytes(), &req)
		var line []byte
		if err == nil {
			line, err = parseOne(a, req)
		}
		if err != nil {
			if line, err = encodeLine(map[string]string{"error": printable(err.Error())}); err != nil {
				return err
			}
		}
		if _, err := a.Stdout.Write(line); err != nil { // unbuffered: whoever waits for the answer gets it
			return exit(exitIO, fmt.Errorf("write: %w", err))
		}
	}
	if err := in.Err(); err != nil {
		return exit(exitBadInput, fmt.Errorf("read batch: %w", err))
	}
	return nil
}

// parseOne reads one file and gives its line of JSON.
func parseOne(a *app, req parseRequest) ([]byte, error) {
	body, err := readInput(a, req.File)
	if err != nil {
		return nil, err
	}
	doc, err := fetch.Read(body, fetch.Response{URL: req.URL, ContentType: req.ContentType, ContentLocation: req.ContentLocation, ContentLanguage: req.ContentLanguage})
	if err == nil {
		return encodeLine(printFeed(doc))
	}
	if !errors.Is(err, fetch.ErrNotAFeed) || !isSeedName(req.File) || strings.Contains(strings.ToLower(req.ContentType), "html") {
		return nil, err
	}
	it, err := fetch.ReadSeed(filepath.Base(req.File), body)
	if err != nil {
		return nil, err
	}
	return encodeLine(printSeed(normalize.Article(news.Feed{ID: "parse"}, nil, it)))
}

// isSeedName says whether a file that holds no feed is article text, by its name.
func isSeedName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".txt", ".md", ".markdown", ".html", ".htm":
		return true
	}
	return false
}

func readInput(a *app, name string) ([]byte, error) {
	var r io.Reader = a.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is not a regular file", name)
		}
		r = f
	}
	body, err := io.ReadAll(io.LimitReader(r, fetch.MaxBody+1))
	if err != nil {
		return nil, err
	}
	if len(body) > fetch.MaxBody {
		return nil, fetch.ErrTooLarge
	}
	return body, nil
}

// encodeLine is v as one line of JSON without a control byte: C1 controls, which JSON allows, are escaped too.
func encodeLine(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	out := b.Bytes()
	if !bytes.ContainsFunc(out, isC1) {
		return out, nil
	}
	var safe bytes.Buffer
	for _, r := range string(out) {
		if isC1(r) {
			fmt.Fprintf(&safe, `\u%04x`, r)
		} else {
			safe.WriteRune(r)
		}
	}
	return safe.Bytes(), nil
}

func isC1(r rune) bool { return r >= 0x7F && r <= 0x9F }
