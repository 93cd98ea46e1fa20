# The verbs are the same on a desk and in CI. Everything is installed by go itself.
GO      ?= go
TAGS    ?= grpcnotrace
BIN     ?= bin/plegctl
# What runs tests; CI names .ci/gotest, which fails on skipped tests.
GOTEST  ?= $(GO) test
TOOLS   := .ci/tools/go.mod
export CGO_ENABLED ?= 0

.PHONY: all build test race lint tidy fmt bench docs generate demo e2e e2e-all record measure matrix mutate fuzz dist dist-test contrib-test release-check clean

all: lint test build

## build: a static binary, its version from git
build:
	$(GO) build -trimpath -buildvcs=auto -tags $(TAGS) -ldflags '-s -w' -o $(BIN) .

## test: all tests but the real-node ones
test:
	$(GOTEST) -tags $(TAGS),failpoint ./cmd/internal/hostfs ./cmd/internal/failpoint
	$(GOTEST) -tags $(TAGS) ./...

## race: the same with the race detector (needs a C compiler), without processes that are killed: they tell it nothing
race:
	CGO_ENABLED=1 $(GOTEST) -race -timeout 30m -tags $(TAGS) -skip '^TestLiveMatrix$$' ./...

## lint: go vet, and golangci-lint with .golangci.yml
lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run make fmt'; exit 1; }
	$(GO) vet -tags $(TAGS) ./...
	$(GO) vet -tags $(TAGS),failpoint ./...
	$(GO) vet ./cmd/...
	cd e2e && $(GO) vet ./...
	cd .ci/tools/dist && $(GO) vet ./...
	cd .ci/tools/manifests && $(GO) vet ./...
	$(GO) tool -modfile=$(TOOLS) golangci-lint run --build-tags $(TAGS) ./...

## tidy: fails where go.mod is not tidy
tidy:
	$(GO) mod tidy -diff
	cd e2e && $(GO) mod tidy -diff
	cd .ci/tools/dist && $(GO) mod tidy -diff
	cd .ci/tools/manifests && $(GO) mod tidy -diff

fmt:
	gofmt -w $$(git ls-files '*.go')

## bench: the benchmarks beside the code; with PLEGCTL_BENCH=DIR also the table of a gigabyte of logs
bench:
	$(GO) test -tags $(TAGS) -run '^$$' -bench . -benchmem ./...
ifneq ($(PLEGCTL_BENCH),)
	$(GO) test -tags $(TAGS) -count=1 -timeout 1h -v -run TestTable ./cmd/internal/journal/bench
endif

## docs: command pages and man pages, from the command tree
docs:
	PLEGCTL_DOCS=write $(GO) test -tags $(TAGS) -count=1 -run "TestDocs|TestSchemas|TestIssuePages|TestProblemsPage|TestTheTable" ./docs ./verify/report ./cmd ./cmd/internal/lifecycle

## generate: the tables made from the sources of kubelets and runtimes, through the module proxy; fails where one changes
generate:
	GOFLAGS= $(GO) generate ./kubeletcfg ./runtimecfg
	git diff --exit-code -- 'kubeletcfg/*.txt' 'runtimecfg/*.txt'

demo:
	$(GO) run -tags $(TAGS) . demo

## e2e: real systemd, containerd and kubelets (root, Linux, Debian)
e2e:
	cd e2e && $(GO) test -count=1 -timeout 60m -v .

## e2e-all: the same with the cases that take long
e2e-all:
	cd e2e && PLEGCTL_E2E_ALL=1 $(GO) test -count=1 -timeout 3h -v .

## record: the journal and the metrics of one kubelet version, into OUT
KUBELET ?= 1.37.2
OUT     ?= recordings
record:
	cd e2e && $(GO) run ./record -kubelet $(KUBELET) -out $(abspath $(OUT))

## measure: what the feature brings, on 30 pods, for WINDOW each
WINDOW ?= 5m
measure:
	cd e2e && PLEGCTL_E2E_MEASURE=$(WINDOW) $(GO) test -count=1 -timeout 120m -v -run TestMeasure .

## matrix: every crash, power loss and failing call, on images and on a simulated node (root, Linux; hours)
matrix:
	CRASHTEST=full $(GO) test -tags $(TAGS) -ldflags '-s -w' -count=1 -parallel 6 -timeout 6h -v ./cmd/internal/apply/crashtest

## mutate: the tests of PACKAGES against SAMPLE mutants of them (0: all), of which BUDGET percent may survive
PACKAGES ?= ./verify ./verify/known ./verify/probe ./kubeletcfg ./logscan ./runtimecfg
SAMPLE   ?= 100
BUDGET   ?= 10
mutate:
	$(GO) run -C .ci/tools/mutate . -dir $(CURDIR) -tags $(TAGS) -sample $(SAMPLE) -budget $(BUDGET) $(PACKAGES)

## fuzz: every fuzz target for FUZZTIME
FUZZTIME ?= 30s
fuzz:
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -tags $(TAGS) -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; \
	    $(GO) test -tags $(TAGS) -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -parallel 2 $$pkg || exit 1; \
	  done; done

## dist: packages, archives, image, SBOM and sums into dist/, the same bytes for the same commit
dist:
	TAGS=$(TAGS) .ci/dist dist

## dist-test: the packages on a bare Debian, lintian, rpmlint, two builds alike (root, Debian)
dist-test:
	.ci/dist-test

## contrib-test: rules, dashboard, role and manifests against the programs that read them (Debian)
contrib-test:
	.ci/contrib-test

## release-check: what must hold before VERSION is tagged, see docs/release.md
release-check:
	.ci/release-check $(VERSION)

clean:
	rm -rf bin dist
