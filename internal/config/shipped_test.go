package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wirefold/internal/news"
)

const root = "../.."

func TestTheShippedFileReadsTheSeedsAndNothingElse(t *testing.T) {
	c, err := Load(filepath.Join(root, "feeds.yaml"), none)
	if err != nil {
		t.Fatal(err)
	}
	on := slices.DeleteFunc(slices.Clone(c.Feeds), func(f news.Feed) bool { return !f.Enabled })
	if len(on) != 1 || on[0].Seeds == "" {
		t.Errorf("enabled feeds: %+v, want the seeds alone", on)
	}
	if len(c.Feeds) < 6 || len(c.Topics) != 1 {
		t.Errorf("%d feeds and %d topics, want a handful of feeds and one topic", len(c.Feeds), len(c.Topics))
	}
	files, err := filepath.Glob(on[0].Seeds)
	if err != nil || len(files) != 5 {
		t.Errorf("the glob %s matches %d files (%v), want 5", on[0].Seeds, len(files), err)
	}
}

// schema is the part of JSON Schema that the test looks at.
type schema struct {
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
	OneOf      []schema          `json:"oneOf"`
	Closed     *bool             `json:"additionalProperties"`
}

// The loader's own list of keys is learnt from the message about an unknown one.
func TestTheSchemaKnowsExactlyTheKeysThatTheLoaderKnows(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(root, "docs", "feeds.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	topic, feed := s.Properties["topics"].Items, s.Properties["feeds"].Items
	if topic == nil || feed == nil || len(feed.OneOf) != 2 {
		t.Fatal("the schema has no topics or feeds")
	}
	tests := []struct {
		name, before, after string
		want                schema
	}{
		{"top", "", "", s},
		{"site", "site: {", "}", s.Properties["site"]},
		{"fetch", "fetch: {", "}", s.Properties["fetch"]},
		{"publish", "publish: {", "}", s.Properties["publish"]},
		{"api", "api: {", "}", s.Properties["api"]},
		{"embedding", "embedding: {", "}", s.Properties["embedding"]},
		{"topic", "topics: [{slug: a, ", "}]", *topic},
		{"match", "topics: [{slug: a, match: {", "}}]", topic.Properties["match"]},
		{"feed with a URL", "feeds: [{url: \"http://a.example\", ", "}]", feed.OneOf[1]},
		{"auth", "feeds: [{url: \"http://a.example\", auth: {basic_file: x, ", "}}]", feed.OneOf[1].Properties["auth"]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want.Closed == nil || *tt.want.Closed {
				t.Error("the schema allows unknown keys")
			}
			known := knownKeys(t, tt.before, tt.after)
			if tt.name == "feed with a URL" {
				known = slices.DeleteFunc(known, func(k string) bool { return k == "seeds" })
			}
			var got []string
			for k := range tt.want.Properties {
				got = append(got, k)
			}
			slices.Sort(got)
			if !slices.Equal(got, known) {
				t.Errorf("schema: %v\nloader: %v", got, known)
			}
		})
	}
}

func knownKeys(t *testing.T, before, after string) []string {
	t.Helper()
	_, err := load("feeds.yaml", t.TempDir(), before+"zzzzzzzzzz: 1"+after, none)
	if err == nil {
		t.Fatal("an unknown key was accepted")
	}
	_, list, ok := strings.Cut(err.Error(), "known are ")
	if !ok {
		t.Fatalf("no list of keys in %v", err)
	}
	list, _, _ = strings.Cut(list, "\n")
	return strings.Split(list, ", ")
}
