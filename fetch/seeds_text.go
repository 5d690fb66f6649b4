package fetch

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"wirefold/internal/news"
)

// ReadSeed makes an Item of the bytes of a seed file: text with its line ends as \n, and the format that the file's
// extension tells. path is the path below the glob's root, with slashes; it becomes the GUID. A byte order mark is
// obeyed (UTF-8, UTF-16); other text is UTF-8, HTML may declare another encoding. The error says why it is no text.
func ReadSeed(path string, raw []byte) (news.Item, error) {
	if len(raw) > MaxSeed {
		return news.Item{}, fmt.Errorf("too large: %d bytes, at most %d MiB are read", len(raw), MaxSeed>>20)
	}
	format := seedFormat(path)
	text, err := seedText(raw, format)
	if err != nil {
		return news.Item{}, err
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	if strings.TrimSpace(text) == "" {
		return news.Item{}, errors.New("it is empty")
	}
	kind := news.Plain
	if format == news.SeedHTML {
		kind = news.HTML
	}
	return news.Item{
		GUID:    path,
		Content: news.Text{Value: text, Type: kind},
		Seed:    &news.Seed{Path: path, Size: int64(len(raw)), Format: format},
		Hash:    sha256.Sum256([]byte(string(format) + "\x00" + text)),
	}, nil
}

func seedFormat(name string) news.SeedFormat {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm", ".xhtml":
		return news.SeedHTML
	case ".md", ".markdown":
		return news.SeedMarkdown
	}
	return news.SeedText
}

// seedText decodes the bytes of a seed file.
func seedText(raw []byte, format news.SeedFormat) (string, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		return utf16Text(raw[2:], binary.LittleEndian)
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return utf16Text(raw[2:], binary.BigEndian)
	}
	if i := bytes.IndexByte(raw, 0); i >= 0 {
		return "", fmt.Errorf("it is not text: a zero byte at %d", i)
	}
	if utf8.Valid(raw) {
		return string(raw), nil
	}
	if format == news.SeedHTML && bytes.Contains(bytes.ToLower(raw[:min(len(raw), 1024)]), []byte("charset")) {
		// What is not declared is not guessed: a wrong guess reads like an article.
		if enc, name, _ := charset.DetermineEncoding(raw, "text/html"); name != "utf-8" {
			out, err := enc.NewDecoder().Bytes(raw)
			return string(out), err
		}
	}
	at := 0
	for at < len(raw) {
		r, n := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return "", fmt.Errorf("it is not UTF-8: byte %#02x in line %d", raw[at], 1+bytes.Count(raw[:at], []byte("\n")))
}

func utf16Text(raw []byte, order binary.ByteOrder) (string, error) {
	if len(raw)%2 != 0 {
		return "", errors.New("it is not UTF-16: an odd number of bytes")
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	text := string(utf16.Decode(units))
	if strings.ContainsRune(text, utf8.RuneError) || strings.ContainsRune(text, 0) {
		return "", errors.New("it is not UTF-16, though its byte order mark says so")
	}
	return text, nil
}
