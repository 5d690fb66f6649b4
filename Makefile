# Go is all that `make run` and `make test` need.

# One flag set for run, test, build and bench: every other one would compile all libraries again.
FLAGS   := -tags nomsgpack
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo 0.1.0-dev)

.PHONY: run test race build bench bench-postgres grouping soak lint dist clean

# run reads the seeds and serves the merged feed on http://127.0.0.1:8080/ until Ctrl-C. Feeds that fail stop nothing.
run: build
	@bin/wirefold refresh; code=$$?; [ $$code -le 4 ] || exit $$code; exec bin/wirefold serve

test:
	go test $(FLAGS) ./...

# The race detector sees nothing of tests that kill programs of their own, and makes a day ten times as long.
PROCESSES := ^(TestKilledAtAnyMomentOfAnyCommand|TestARandomKillLosesNothing|TestACrashAt.*|TestManyRefreshesOnOneStore|TestCompanyOnOnePostgreSQL|TestADayOfServing)$$
# Nor of those that go through many orders or sets in one goroutine, which it makes fifteen times as long.
SEQUENTIAL := ^(TestEveryOrderOfTheSeedsGivesTheSameStories|TestStoreAndMemoryFindTheSameCandidates|TestConformance|TestOldEntriesOutliveTheNetwork|TestAStoreMovesToPostgreSQLAndBackWithItsIDs|TestSummerTimeComesAndGoes|TestPermalinksAndArchivesOutliveTheTexts|TestReadersCanLiveWithOurFeeds|TestManyWaitingArticlesMakeTheStoriesOfTheSet)$$
race:
	go test $(FLAGS) -timeout 20m -race -shuffle=on -skip '$(PROCESSES)|$(SEQUENTIAL)' ./...

build:
	go build $(FLAGS) -o bin/wirefold ./cmd/wirefold

# bench prints costs beside a baseline measured in the same run. BENCH_FEEDS=1000 asks more, and takes many times as long;
# BENCH_ROUNDS is how often each is measured; BENCH_LATENCY=1 adds a refresh of 1,000 slow and partly failing hosts. BENCH_ONLY
# takes one part alone: start, seeds, idle, load, latency or serve.
BENCH_FEEDS   ?= 100
BENCH_ROUNDS  ?= 3
BENCH_LATENCY ?=
BENCH_ONLY    ?=
# BENCH_GROUPING: grouping alone, stage by stage, with so many live articles; stored:100000 and pure:1000000 take minutes.
BENCH_GROUPING ?= pure:10000,pure:100000,stored:10000
bench: build
	go run $(FLAGS) ./internal/testtools/bench -wirefold bin/wirefold -feeds $(BENCH_FEEDS) -rounds $(BENCH_ROUNDS) $(if $(BENCH_LATENCY),-latency) $(if $(BENCH_ONLY),-only $(BENCH_ONLY))
	$(if $(BENCH_ONLY),,go run $(FLAGS) ./internal/testtools/bench -grouping $(BENCH_GROUPING))

# bench-postgres refreshes feeds by 1, 2 and 4 processes into one throw-away PostgreSQL (docs/scaling.md). FEEDS=1000 asks more.
FEEDS ?= 100
bench-postgres:
	WIREFOLD_BENCH_FEEDS=$(FEEDS) go test $(FLAGS) -timeout 2h -run '^$$' -bench '^BenchmarkRefreshOnPostgreSQL$$' -benchtime 1x ./cmd/wirefold

# soak is the long form of the tests that kill, replay, attack and reorder: hundreds of rounds, hours. It prints what they measured.
soak:
	WIREFOLD_SOAK=1 WIREFOLD_KILL_ROUNDS=500 go test $(FLAGS) -v -timeout 6h -run '^(TestKilledAtAnyMoment(OfAnyCommand)?|TestARandomKillLosesNothing|TestCompanyOnOnePostgreSQL|TestADayOfServing|TestTwoThousandSlowClientsKeepNobodyOut|TestReadersCanLiveWithOurFeeds|TestEvilfeed)$$' ./cmd/wirefold ./internal/store ./fetch
	go test $(FLAGS) -timeout 1h -run '^(TestSQLite|TestReconcileKnowsNoOrderAndLosesNoID)$$/^(any_articles.*)?$$' ./internal/store ./normalize -rapid.checks=5000

# grouping prints the table of docs/grouping.md, nested cross-validation by event, and then what the embedded model, which has
# learned from these very sets, says of them. Minutes. SETS='a.jsonl b.jsonl' takes others.
SETS ?= $(wildcard ../shared/events/*.jsonl)
grouping: build
	@test -n "$(SETS)" || { echo "make grouping SETS='file.jsonl …': no labelled sets here"; exit 1; }
	go run $(FLAGS) ./normalize/train -o "" $(SETS)
	go run $(FLAGS) ./normalize/train -halves $(SETS)
	bin/wirefold eval $(SETS)

lint:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "gofmt: the files above are not formatted"; exit 1; }
	go vet $(FLAGS) ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 $(FLAGS) ./...
	go mod tidy -diff

dist:
	bash packaging/dist "$(VERSION)"

clean:
	rm -rf bin dist
