GO          ?= go
VERSION     ?= dev
PLATFORMS   := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
CYCLONEDX   := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
BENCHTIME   ?= 1s
SIZE        ?= 1000
MIX         ?= 0

.DEFAULT_GOAL := help
.PHONY: help demo test check fmt-check vet staticcheck tidy-check test-race bench wire browsers servers readers lint-ci build dist clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## run the quick start against the built-in API, then a file whose cases fail
	./corsgate run examples/quickstart --report-junit results/quickstart.xml
	@printf '\nAnd this is what failing cases look like:\n\n'
	./corsgate run examples/failing || test $$? -eq 1
	@printf '\nThe first run was as expected, its JUnit report is results/quickstart.xml. The second failed, as it should.\n'

test: ## run the tests
	$(GO) test ./...

check: fmt-check vet staticcheck tidy-check test-race ## everything that a change must pass

fmt-check:
	@files="$$(gofmt -l .)"; test -z "$$files" || { echo "not gofmt'ed: $$files" >&2; exit 1; }

vet:
	$(GO) vet ./...
	$(GO) vet -tags servers ./examples/...
	cd internal/browsers && $(GO) vet ./...
	$(GO) vet -tags readers ./report/...

staticcheck:
	$(GO) run $(STATICCHECK) ./...
	cd internal/browsers && $(GO) run $(STATICCHECK) ./...

tidy-check:
	$(GO) mod tidy -diff

test-race:
	$(GO) test -race -shuffle=on ./...

bench: ## measure speed
	$(GO) test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...

wire: ## send every recorded fetch that a file can say over sockets, and compare
	$(GO) test -count=1 -run '^TestTheWholeTool' -v ./internal/corpus -whole

browsers: ## ask real browsers, installed where missing, about SIZE of the recorded fetches; MIX=7: about new ones made of them
	cd internal/browsers && $(GO) test -count=1 -timeout 30m -v . -size $(SIZE) -mix $(MIX)

servers: ## run the examples against real servers, which it installs where they are missing
	$(GO) test -tags servers -count=1 -timeout 20m -run '^TestRealServers' -v ./examples

readers: ## read the reports back as CI systems do, with parsers that it installs where they are missing
	report/junit/testdata/readers/install.sh results/readers
	CORSGATE_READERS="$(CURDIR)/results/readers" $(GO) test -tags readers -count=1 ./report/junit ./report/github

lint-ci: ## lint action.yml, the workflows and docs/ci
	GO=$(GO) .ci/lint

build: ## build ./corsgate
	CGO_ENABLED=0 $(GO) build -trimpath -o corsgate .

dist: ## build what a release has into dist: binaries, their checksums and a bill of materials; VERSION=v1.2.3
	rm -rf dist
	mkdir dist
	for platform in $(PLATFORMS); do \
		os=$${platform%/*} arch=$${platform#*/} suffix=; \
		test $$os != windows || suffix=.exe; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -ldflags '-s -w' \
			-o dist/corsgate_$(VERSION)_$${os}_$$arch$$suffix . || exit 1; \
	done
	cd dist && sha256sum corsgate_* > SHA256SUMS
	$(GO) run $(CYCLONEDX) app -json -output dist/corsgate_$(VERSION).cdx.json .

clean: ## remove what the other targets made
	rm -rf corsgate results dist
