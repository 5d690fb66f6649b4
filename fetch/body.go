package fetch

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	// smallBody is what every fetch under way may hold without asking for a share of bodyBudget.
	smallBody = 256 << 10
	// maxWindow is the largest window that a coding may ask us to keep: RFC 8878 section 3.1.1.1.2 recommends 8 MB.
	maxWindow = 8 << 20
	// acceptedCodings are the codings that decode knows and that may be asked for.
	acceptedCodings = "gzip, br, zstd"
)

// tooLarge refuses a body whole: half a feed is worse than yesterday's.
func tooLarge(most int64) error {
	if most == MaxBody {
		return ErrTooLarge
	}
	return fmt.Errorf("too large: more than %d KiB", most>>10)
}

// readBody reads a whole body as it was sent. A large one first waits for its share of the memory; the wait does not
// count towards the deadline. The caller calls the function it gets when the bytes are no longer needed.
func (l *limits) readBody(ctx context.Context, resp *http.Response, most int64, watch *stopwatch) ([]byte, func(), error) {
	if resp.ContentLength > most {
		return nil, nil, tooLarge(most)
	}
	free := func() {}
	var buf bytes.Buffer
	if n := resp.ContentLength; n > 0 && n <= smallBody {
		buf.Grow(int(n) + bytes.MinRead)
	}
	_, err := io.CopyN(&buf, resp.Body, smallBody)
	if err == nil {
		share := most
		if resp.ContentLength > 0 {
			share = resp.ContentLength
		}
		watch.pause()
		err = l.bodies.Acquire(ctx, share)
		watch.resume()
		if err != nil {
			return nil, nil, err
		}
		free = func() { l.bodies.Release(share) }
		_, err = io.CopyN(&buf, resp.Body, most-smallBody+1)
	}
	switch {
	case err == nil:
		err = tooLarge(most)
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return buf.Bytes(), free, nil
	default:
		err = fmt.Errorf("read the body: %w", err)
	}
	free()
	return nil, nil, err
}

// decode undoes the content coding of a body, one layer of it and no more than MaxBody bytes. It asks heavy before it
// unpacks more than heavyBody.
func decode(raw []byte, h http.Header, heavy func() error) ([]byte, error) {
	coding := strings.ToLower(strings.TrimSpace(strings.Join(h.Values("Content-Encoding"), ",")))
	if strings.Contains(coding, ",") {
		return nil, fmt.Errorf("Content-Encoding %q: more than one layer", clip(coding, 60))
	}
	if coding == "" && bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		coding = "gzip" // a file.gz, sent as it is
	}
	var r io.Reader
	var err error
	in := bytes.NewReader(raw)
	switch coding {
	case "", "identity":
		if len(raw) > heavyBody {
			err = heavy()
		}
		return raw, err
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(in)
	case "br":
		r = brotli.NewReader(in)
	case "zstd":
		var z *zstd.Decoder
		z, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err == nil {
			defer z.Close()
			r = z
		}
	case "deflate": // never asked for; RFC 9110 section 8.4.1.2 means zlib, many servers send it bare
		if len(raw) >= 2 && raw[0]&0x0f == 8 && (int(raw[0])<<8|int(raw[1]))%31 == 0 {
			r, err = zlib.NewReader(in)
		} else {
			r = flate.NewReader(in)
		}
	default:
		return nil, fmt.Errorf("Content-Encoding %q is not known", clip(coding, 60))
	}
	if err != nil {
		return nil, fmt.Errorf("Content-Encoding %s: %w", coding, err)
	}
	var out bytes.Buffer
	out.Grow(min(5*len(raw), heavyBody) + bytes.MinRead)
	if _, err = io.CopyN(&out, r, heavyBody); err == nil {
		if err := heavy(); err != nil {
			return nil, err
		}
		out.Grow(MaxBody - heavyBody + bytes.MinRead) // at once: growing by doubling would leave as much again behind
		_, err = io.CopyN(&out, r, MaxBody-heavyBody+1)
	}
	switch {
	case err == nil:
		return nil, tooLarge(MaxBody)
	case err == io.EOF, errors.Is(err, gzip.ErrHeader) && out.Len() > 0: // junk after the end of the stream
		return out.Bytes(), nil
	}
	return nil, fmt.Errorf("Content-Encoding %s: %w", coding, err)
}
