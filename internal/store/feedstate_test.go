package store

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wirefold/internal/news"
)

// drawInto fills a value with anything, often with nothing.
func drawInto(t *rapid.T, v reflect.Value) {
	if rapid.IntRange(0, 3).Draw(t, "empty") == 0 {
		return
	}
	switch v.Interface().(type) {
	case time.Time:
		at := time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).UTC()
		if rapid.Bool().Draw(t, "zone") {
			at = at.In(time.FixedZone("", 3600*rapid.IntRange(-12, 12).Draw(t, "hours")))
		}
		v.Set(reflect.ValueOf(at))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.StringMatching("[a-z\"\\\\<>&/:0-9 üж日\u2028\u2029\\x00-\\x1f]{0,20}"), rapid.String()).Draw(t, "text"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "number"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Struct:
		for i := range v.NumField() {
			drawInto(t, v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		drawInto(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(t, "len"), 3))
		for i := range v.Len() {
			drawInto(t, v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{rapid.String().Draw(t, "key"): rapid.String().Draw(t, "value")}))
	default:
		t.Fatalf("a field of kind %v: teach the test and feedstate.go", v.Kind())
	}
}

func TestStatesOfFeedsAreTheirJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s news.FeedState
		drawInto(t, reflect.ValueOf(&s).Elem())
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := packState(&s)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Fatalf("packed\n%s, want\n%s", got, want)
		}
	})
}

func FuzzStatesOfFeedsAreReadAsJSON(f *testing.F) {
	whole := news.FeedState{
		Feed: "https-example-org", URL: "https://example.org/feed?a=1&b=2", ETag: `W/"x"`, LastModified: "Sun, 22 Nov 2026 10:00:00 GMT", BodyHash: "ab12",
		Tried: time.Date(2026, 11, 22, 10, 0, 0, 123456000, time.UTC), Interval: time.Hour, Failures: 2, HTTP: 304, Gone: true, Title: "Ünïcode 日本",
		Poll: news.Poll{Every: time.Hour, SkipHours: []int{1, 2}}, Flags: []string{"a", "b"}, Files: map[string]string{"a.txt": "00"}, Push: &news.Push{Hub: "h"},
	}
	b, err := json.Marshal(whole)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	for _, s := range []string{`{"feed":"a"}`, `{"feed":"a","http":0304}`, `{"feed":null}`, `{"feed":"a",}`, `{}`, `{"feed":"a","tried":"2026-11-22T10:00:00+02:00"}`,
		`{"feed":"a"}}`, `{"gone":1}`, `{"x":[1,{"feed":"b"}],"feed":"a"}`, `{"feed":"a","feed":"b"}`, `{"poll":{"Every":1},"poll":{}}`, `{"interval":-0}`, `{"etag":"\\"a\\\\b\\""}`, `{"etag":"\\\\","title":"\\u0041"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var want, got news.FeedState
		if json.Unmarshal([]byte(raw), &want) != nil {
			return // only what we wrote is read
		}
		if err := unpackState(raw, &got); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", raw, d)
		}
	})
}
