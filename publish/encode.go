package publish

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// encoding is a content coding that we can serve (RFC 9110 section 8.4.1). The order is the order of preference.
type encoding int

const (
	zstandard encoding = iota
	br
	gz
	identity
	encodings = int(identity) + 1
)

// names are what the codings are called in Content-Encoding; suffixes tell their ETags apart; siblings are the
// extensions of pre-compressed files.
var (
	names    = [encodings]string{"zstd", "br", "gzip", ""}
	suffixes = [encodings]string{"-zst", "-br", "-gz", ""}
	siblings = [encodings]string{".zst", ".br", ".gz", ""}
)

const (
	gzipLevel   = 6
	brotliLevel = 5
	// maxQualities bounds how many codings of an Accept-Encoding are read.
	maxQualities = 32
)

// compress is body in an encoding. The same body gives the same bytes: no name, no time.
func compress(e encoding, body []byte) ([]byte, error) { return new(compressor).compress(e, body) }

// compressor keeps what compressing needs for the next body, which is most of the cost of a short one. It is for one goroutine.
type compressor struct {
	gzip   *gzip.Writer
	brotli *brotli.Writer
	zstd   *zstd.Encoder
}

func (c *compressor) compress(e encoding, body []byte) (_ []byte, err error) {
	var b bytes.Buffer
	b.Grow(len(body)/3 + 64)
	switch e {
	case gz:
		if c.gzip == nil {
			c.gzip, err = gzip.NewWriterLevel(&b, gzipLevel)
		} else {
			c.gzip.Reset(&b)
		}
		if err == nil {
			err = writeAll(c.gzip, body)
		}
	case br:
		if c.brotli == nil {
			c.brotli = brotli.NewWriterLevel(&b, brotliLevel)
		} else {
			c.brotli.Reset(&b)
		}
		err = writeAll(c.brotli, body)
	case zstandard:
		if c.zstd == nil {
			if c.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true)); err != nil {
				return nil, err
			}
		}
		return c.zstd.EncodeAll(body, b.AvailableBuffer()), nil
	case identity:
		return body, nil
	default:
		return nil, fmt.Errorf("no content coding %d", e)
	}
	return b.Bytes(), err
}

func writeAll(w io.WriteCloser, body []byte) error {
	if _, err := w.Write(body); err != nil {
		return err
	}
	return w.Close()
}

// choose picks the encoding for an Accept-Encoding header (RFC 9110 section 12.5.3): the highest quality wins, ties by
// our order. A coding that is not named counts as "*"; identity that is not named is acceptable, but last.
func choose(accept string) encoding {
	if accept == "" {
		return identity
	}
	const unset = -1
	q := [encodings]int{unset, unset, unset, unset}
	star := unset
	for range maxQualities {
		var part string
		part, accept, _ = strings.Cut(accept, ",")
		name, params, _ := strings.Cut(part, ";")
		v := quality(params)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "zstd":
			q[zstandard] = v
		case "br":
			q[br] = v
		case "gzip", "x-gzip":
			q[gz] = v
		case "identity":
			q[identity] = v
		case "*":
			star = v
		}
		if accept == "" {
			break
		}
	}
	best, bestQ := identity, 0
	for e := range q {
		v := q[e]
		if v == unset {
			v = star
		}
		if v > bestQ {
			best, bestQ = encoding(e), v
		}
	}
	return best
}

// quality reads ";q=0.5" as thousandths. A broken one counts as not acceptable: then the client gets plain bytes, which
// everybody can read.
func quality(params string) int {
	for params != "" {
		var p string
		p, params, _ = strings.Cut(params, ";")
		k, v, ok := strings.Cut(strings.TrimSpace(p), "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(k), "q") {
			continue
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil || !(f >= 0 && f <= 1) {
			return 0
		}
		return int(f * 1000)
	}
	return 1000
}
