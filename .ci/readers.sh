#!/usr/bin/env bash
# Real feed readers (Debian packages) against the running server: they show the right entries, nothing new after an
# unchanged refresh, and exactly one changed entry after a significant change.
#
# usage: .ci/readers.sh [path of a wirefold binary]      needs: newsboat rss2email sfeed python3-feedparser elpa-elfeed
#        emacs-nox libxml2-utils (they are installed when apt-get and root are at hand)
set -euo pipefail
cd "$(dirname "$0")/.."
top=$PWD
here=$top/.ci

need=(newsboat rss2email sfeed python3-feedparser elpa-elfeed emacs-nox libxml2-utils)
missing=()
for p in "${need[@]}"; do
  dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
done
if [ ${#missing[@]} -gt 0 ]; then
  for try in 1 2 3 4 5; do # another job of the machine may hold apt's lock
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then break; fi
    [ "$try" -lt 5 ] || { echo "cannot install ${missing[*]}" >&2; exit 1; }
    sleep $((try * 5))
  done
fi
py=/usr/bin/python3 # feedparser is Debian's, so is its python

dir=$(mktemp -d)
pids=()
finish() {
  for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$dir"
}
trap finish EXIT

bin=${1:-$dir/wirefold}
[ $# -gt 0 ] || go build -tags nomsgpack -o "$bin" ./cmd/wirefold

fail() { echo "FAIL: $*" >&2; exit 1; }
await() { # await FILE: until it holds something, at most 20 s
  for _ in $(seq 200); do [ -s "$1" ] && return; sleep 0.1; done
  fail "$1 stayed empty"
}

# The site: four of the five seeds. The fifth, another telling of one of them, comes later.
mkdir "$dir/seeds"
cp seeds/00[1-4]_*.txt "$dir/seeds/"
: >"$dir/requests"
"$py" "$here/readers_proxy.py" "$dir/requests" "$dir/target" "$dir/port" &
pids+=($!)
await "$dir/port"
base=http://127.0.0.1:$(cat "$dir/port")
cat >"$dir/feeds.yaml" <<YAML
site:
  title: Readers
  url: $base
  author: Wirefold
  authority: readers.example,2026
  listen: 127.0.0.1:0
  admin: 127.0.0.1:0
store: data/wirefold.db
publish: {max_age: 0s}
topics:
  - {slug: t, title: Topic, description: All of it}
feeds:
  - {id: seeds, seeds: "seeds/*.txt"}
YAML
refresh() { "$bin" refresh -c "$dir/feeds.yaml"; }
refresh
"$bin" serve --no-fetch -c "$dir/feeds.yaml" 2>"$dir/serve.log" &
pids+=($!)
await "$dir/serve.log"
for _ in $(seq 100); do grep -q 'listening on http' "$dir/serve.log" && break; sleep 0.1; done
sed -n 's|.*listening on http://127\.0\.0\.1:\([0-9]*\).*|\1|p' "$dir/serve.log" | head -1 >"$dir/target"
[ -s "$dir/target" ] || fail "the server does not say where it listens: $(cat "$dir/serve.log")"

atom=$base/topics/t/feed.atom
rss=$base/topics/t/feed.rss
export HOME=$dir/home
mkdir -p "$HOME"

# Each reader has a function that refreshes once, and one that dumps what it shows as lines "id <tab> hash of the text".
hash_lines='import sys,hashlib
for l in sys.stdin:
    i,_,t=l.rstrip("\n").partition("\t"); print(i+"\t"+hashlib.sha256(t.encode()).hexdigest()[:16])'

newsboat_setup() { mkdir -p "$HOME/newsboat"; printf '%s\n' "$1" >"$HOME/newsboat/urls"; : >"$HOME/newsboat/config"; }
newsboat_refresh() { newsboat -u "$HOME/newsboat/urls" -c "$HOME/newsboat/cache.db" -C "$HOME/newsboat/config" -x reload >/dev/null; }
newsboat_dump() {
  "$py" -c 'import sqlite3,sys
for g,t,c in sqlite3.connect(sys.argv[1]).execute("select guid,title,content from rss_item order by guid"): print(g+"\t"+repr((t,c)))' "$HOME/newsboat/cache.db" | "$py" -c "$hash_lines"
}

r2e_quiet() { r2e -c "$HOME/r2e.cfg" -d "$HOME/r2e.json" "$@" >/dev/null 2>"$HOME/r2e.log" || fail "r2e $1: $(cat "$HOME/r2e.log")"; }
rss2email_setup() {
  mkdir -p "$HOME/mail/"{cur,new,tmp}
  r2e_quiet new reader@example.invalid
  sed -i 's/^email-protocol.*/email-protocol = maildir/; s|^maildir-path.*|maildir-path = '"$HOME"'/mail|; s/^maildir-mailbox.*/maildir-mailbox = ./' "$HOME/r2e.cfg"
  grep -q '^email-protocol = maildir' "$HOME/r2e.cfg" || sed -i "/^\[DEFAULT\]/a email-protocol = maildir\nmaildir-path = $HOME/mail\nmaildir-mailbox = ." "$HOME/r2e.cfg"
  r2e_quiet add wirefold "$1"
}
rss2email_refresh() { r2e_quiet run; }
rss2email_dump() { grep -rhi '^X-RSS-ID:' "$HOME/mail" | sed 's/^[^:]*: *//' | sort | sed 's/$/\tmail/'; }

sfeed_setup() {
  mkdir -p "$HOME/.sfeed/feeds"
  printf 'sfeedpath="%s/.sfeed/feeds"\nfeeds() { feed wirefold "%s"; }\nfetch() { curl -sfL --etag-save "$sfeedpath/etag" --etag-compare "$sfeedpath/etag" "$2"; }\n' "$HOME" "$1" >"$HOME/.sfeed/sfeedrc"
}
sfeed_refresh() { sfeed_update >/dev/null 2>&1 || true; } # a 304 has no body, which sfeed_update calls a failure
sfeed_dump() { awk -F'\t' '{print $6 "\t" $2 $4}' "$HOME/.sfeed/feeds/wirefold" | sort | "$py" -c "$hash_lines"; }

elfeed_setup() {
  cat >"$HOME/elfeed.el" <<EL
(package-initialize)
(require 'elfeed)
(setq elfeed-db-directory "$HOME/elfeed" elfeed-feeds '("$1") elfeed-log-level 'error)
(elfeed-db-load)
(defun refresh ()
  (elfeed-update)
  (let ((end (+ (float-time) 30)))
    (while (and (> (elfeed-queue-count-total) 0) (< (float-time) end)) (accept-process-output nil 0.05)))
  (elfeed-db-save))
(defun dump ()
  (with-elfeed-db-visit (entry _feed)
    (princ (format "%s\t%s\n" (cdr (elfeed-entry-id entry))
      (secure-hash 'sha256 (concat (elfeed-entry-title entry) (elfeed-deref (elfeed-entry-content entry))))))))
EL
}
elfeed_refresh() { emacs --batch -l "$HOME/elfeed.el" --eval '(refresh)' >/dev/null 2>&1; }
elfeed_dump() { emacs --batch -l "$HOME/elfeed.el" --eval '(dump)' 2>/dev/null | sort; }

feedparser_setup() { printf '%s' "$1" >"$HOME/feedparser.url"; }
feedparser_refresh() {
  "$py" - "$HOME/feedparser.url" "$HOME/feedparser.json" <<'PY'
import feedparser, json, os, sys
url, name = open(sys.argv[1]).read(), sys.argv[2]
old = json.load(open(name)) if os.path.exists(name) else {"etag": None, "modified": None, "entries": {}}
d = feedparser.parse(url, etag=old["etag"], modified=old["modified"])
if d.bozo:
    sys.exit("feedparser: bozo: %r" % d.bozo_exception)
if d.status == 304:
    sys.exit(0)
entries = {e.id: repr((e.title, [c.value for c in e.get("content", [])], e.get("summary"), [a.get("name") for a in e.get("authors", [])])) for e in d.entries}
json.dump({"etag": d.get("etag"), "modified": d.get("modified"), "entries": entries}, open(name, "w"))
PY
}
feedparser_dump() {
  "$py" -c 'import json,sys
for i,t in sorted(json.load(open(sys.argv[1]))["entries"].items()): print(i+"\t"+t)' "$HOME/feedparser.json" | "$py" -c "$hash_lines"
}

# What each reader is expected to show as changed after one significant change: sfeed and rss2email never look again.
readers=(newsboat:1 rss2email:0 sfeed:0 elfeed:1 feedparser:1)

one_feed() { # one_feed NAME URL
  local name=$1 url=$2 r want changed
  rm -rf "$HOME"; mkdir -p "$HOME"
  for r in "${readers[@]}"; do
    r=${r%:*}
    "${r}_setup" "$url"; "${r}_refresh"
    "${r}_dump" >"$dir/$r.first"
    [ "$(wc -l <"$dir/$r.first")" -eq 4 ] || fail "$r shows $(wc -l <"$dir/$r.first") entries of the $name feed, not 4: $(cat "$dir/$r.first")"
    cut -f1 "$dir/$r.first" >"$dir/$r.ids"
    cmp -s "$dir/newsboat.ids" "$dir/$r.ids" || fail "$r and newsboat show different ids: $(cat "$dir/$r.ids")"
  done
  refresh
  for r in "${readers[@]}"; do
    r=${r%:*}
    : >"$dir/requests"
    "${r}_refresh"; "${r}_refresh" # newsboat sends validators from its third request on
    "${r}_dump" | cmp -s - "$dir/$r.first" || fail "$r shows something new after an unchanged refresh of the $name feed"
    grep -qP "^304\t.*\tyes\t" "$dir/requests" || fail "$r got no 304: $(cat "$dir/requests")"
  done
  cp seeds/000_*.txt "$dir/seeds/"
  refresh
  sleep 2 # publishers see the new generation within a second
  for r in "${readers[@]}"; do
    want=${r#*:}; r=${r%:*}
    "${r}_refresh"
    "${r}_dump" >"$dir/$r.then"
    [ "$(wc -l <"$dir/$r.then")" -eq 4 ] || fail "$r shows $(wc -l <"$dir/$r.then") entries of the $name feed after a significant change, not 4"
    changed=$(comm -13 "$dir/$r.first" "$dir/$r.then" | wc -l)
    [ "$changed" -eq "$want" ] || fail "$r shows $changed changed entries of the $name feed, not $want: $(diff "$dir/$r.first" "$dir/$r.then")"
    echo "$name $r: 4 entries, 304 when unchanged, $changed changed after a significant change"
  done
}

for f in atom rss; do curl -sf "${base}/topics/t/feed.$f" | xmllint --noout - || fail "xmllint refuses the $f feed"; done
one_feed Atom "$atom"
# The second round starts afresh: the fifth seed and the memory of it go.
kill "${pids[1]}"; wait "${pids[1]}" || fail "the server did not stop cleanly"
rm -rf "$dir/data" "$dir"/seeds/000_*
refresh
: >"$dir/serve.log" # or the lines of the first server are found before the second one's shell has emptied it
"$bin" serve --no-fetch -c "$dir/feeds.yaml" 2>"$dir/serve.log" &
pids[1]=$!
for _ in $(seq 100); do grep -q 'listening on http' "$dir/serve.log" && break; sleep 0.1; done
sed -n 's|.*listening on http://127\.0\.0\.1:\([0-9]*\).*|\1|p' "$dir/serve.log" | head -1 >"$dir/target"
[ -s "$dir/target" ] || fail "the second server does not say where it listens: $(cat "$dir/serve.log")"
one_feed RSS "$rss"
echo "readers: all as they should be"
