package publish

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"wirefold/internal/news"
)

// maxCommand bounds the body of a POST: a correction is a few lines.
const maxCommand = 64 << 10

// authorised lets a request pass that carries the token, and answers all others. Every try costs one of few.
func (p *Publisher) authorised(c *gin.Context) bool {
	if !p.apiGate.allow(everybody) {
		c.Writer.Header().Set("Retry-After", "10")
		p.refuse(c, http.StatusTooManyRequests)
		return false
	}
	if site := c.Request.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		p.refuse(c, http.StatusForbidden)
		return false
	}
	scheme, token, _ := strings.Cut(c.Request.Header.Get("Authorization"), " ")
	// Hashes are compared, so that the time taken tells nothing, not even the length.
	got, want := sha256.Sum256([]byte(strings.TrimSpace(token))), sha256.Sum256([]byte(p.o.Token))
	if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		c.Writer.Header().Set("WWW-Authenticate", `Bearer realm="wirefold"`)
		p.refuse(c, http.StatusUnauthorized)
		return false
	}
	return true
}

// postRefresh starts a run and answers with its id before it is done.
func (p *Publisher) postRefresh(c *gin.Context) {
	if !p.authorised(c) {
		return
	}
	id, err := p.o.Refresh(c.Request.Context())
	p.accepted(c, err, map[string]string{"run": id})
}

// postCorrection stores one correction, or a list of them, in the form of corrections.yaml written as JSON.
func (p *Publisher) postCorrection(c *gin.Context) {
	if !p.authorised(c) {
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxCommand))
	if err != nil {
		p.refuse(c, http.StatusRequestEntityTooLarge)
		return
	}
	list, err := readCorrections(body)
	if err != nil {
		plain(c.Writer, http.StatusBadRequest, err.Error()+"\n")
		p.metrics.answered("api", http.StatusBadRequest)
		return
	}
	for _, one := range list {
		if err = p.o.Correct(c.Request.Context(), one); err != nil {
			break
		}
	}
	p.accepted(c, err, map[string]int{"corrections": len(list)})
}

// accepted answers 202, or says that a run is under way.
func (p *Publisher) accepted(c *gin.Context, err error, answer any) {
	switch {
	case errors.Is(err, news.ErrBusy):
		c.Writer.Header().Set("Retry-After", "10")
		p.refuse(c, http.StatusConflict)
	case err != nil:
		p.o.Log.Error("cannot do what the API was asked", "path", c.Request.URL.Path, "error", err)
		p.refuse(c, http.StatusServiceUnavailable)
	default:
		c.Writer.Header().Set("Cache-Control", "no-store")
		c.JSON(http.StatusAccepted, answer)
		p.metrics.answered("api", http.StatusAccepted)
	}
}

// command is a correction as the API takes it: the keys of corrections.yaml, one operation each.
type command struct {
	Merge    []string `json:"merge"`
	Split    []string `json:"split"`
	Pin      string   `json:"pin"`
	Drop     string   `json:"drop"`
	Lead     bool     `json:"lead"`
	Headline string   `json:"headline"`
	Purge    bool     `json:"purge"`
	Note     string   `json:"note"`
}

// readCorrections reads one correction or a list of them. It knows no other keys: a misspelt one must not be lost.
func readCorrections(body []byte) ([]news.Correction, error) {
	var list []command
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.DisallowUnknownFields()
	var err error
	if strings.HasPrefix(strings.TrimSpace(string(body)), "[") {
		err = dec.Decode(&list)
	} else {
		list = make([]command, 1)
		err = dec.Decode(&list[0])
	}
	if err == nil && dec.More() {
		err = errors.New("more than one value")
	}
	if err != nil {
		return nil, errors.New("not a correction: " + clean(err.Error()))
	}
	out := make([]news.Correction, 0, len(list))
	for _, c := range list {
		one, err := c.correction()
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (c command) correction() (news.Correction, error) {
	out := news.Correction{Lead: c.Lead, Headline: c.Headline, Purge: c.Purge, Note: c.Note, Origin: "command"}
	ops := 0
	take := func(op string, articles ...string) {
		ops++
		out.Op, out.Articles = op, articles
	}
	if len(c.Merge) > 0 {
		take(news.OpMerge, c.Merge...)
	}
	if len(c.Split) > 0 {
		take(news.OpSplit, c.Split...)
	}
	if c.Pin != "" {
		take(news.OpPin, c.Pin)
	}
	if c.Drop != "" {
		take(news.OpDrop, c.Drop)
	}
	switch {
	case ops != 1:
		return out, errors.New("a correction has exactly one of merge, split, pin and drop")
	case (out.Op == news.OpMerge || out.Op == news.OpSplit) && len(out.Articles) < 2:
		return out, errors.New("merge and split name at least two articles")
	case out.Op == news.OpPin && !c.Lead && c.Headline == "":
		return out, errors.New("pin needs lead or headline")
	}
	return out, nil
}
