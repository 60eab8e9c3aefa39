# Crisisline. "make help" says what there is.
#
# Needs Go, gcc, node and npm. The tests need more, which "make test" installs
# where it can: redis-server, Chromium with a font, promtool, amtool.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules

GO ?= go
BIN := bin/crisisline
# How many packages, or files of browser tests, are tested at once. Two, because the tests start servers and
# browsers of their own; more where there are more processors: make test P=4
P ?= 2
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || true)
CONFIG ?= config.yaml
# How many calls are in the year that make soak-reports reads: England's.
CALLS ?= 2000000
# GitHub's linter is not a module of ours: it is fetched and built once, pinned.
GOLANGCI_LINT ?= github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
STYLES := console/static/vendor/nhsuk-frontend.min.css

##@ Try it

.PHONY: run
run: build ## Build, then run the service with a telephone network in a box
	./$(BIN) demo

.PHONY: serve
serve: build ## Build, then carry calls with the settings in CONFIG (config.yaml)
	./$(BIN) serve --config $(CONFIG)

.PHONY: monitoring
monitoring: build ## Prometheus and Alertmanager on the demo, with our rules and alerts
	@bash deploy/tools.sh monitoring
	@bash deploy/monitoring.sh

##@ Build

.PHONY: build
build: assets ## Build bin/crisisline
	$(GO) build -trimpath -ldflags "-X main.version=$(VERSION)" -o $(BIN) ./cmd/crisisline

.PHONY: assets
assets: $(STYLES) ## Copy the pages' design system to where the binary takes it from

$(STYLES): console/assets.mjs node_modules/nhsuk-frontend/package.json
	node console/assets.mjs
	@touch $@

node_modules/nhsuk-frontend/package.json: package-lock.json
	$(NPM_CI) --omit=dev
	@touch $@

##@ Check

.PHONY: test
test: tools assets generate vet race browser dashboards ## Install what the tests need, then run them all
	@echo "all tests passed"

.PHONY: race
race: ## Go tests, Prometheus's rules among them, under the race detector, in random order
	$(GO) test -race -vet=off -shuffle=on -p $(P) -timeout 15m ./...

# Only what somebody wrote is kept: a program built by the way is no source.
MOST_KB := 400

# With -race, so that what is compiled to be vetted is what is tested.
.PHONY: vet
vet: ## go vet, formatting, and nothing kept that nobody wrote
	@large=$$(git ls-files -z | xargs -0 -r du -k --apparent-size | awk '$$1 > $(MOST_KB)'); \
	if [ -n "$$large" ]; then echo "kept, and larger than $(MOST_KB) kB:" $$large; exit 1; fi
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not gofmt-ed:" $$unformatted; exit 1; fi
	$(GO) vet -race ./...

.PHONY: browser
browser: build ## The pages, in a browser
	$(GO) test -c -o test-artifacts/console.test ./console
	CHROMIUM="$$(bash deploy/tools.sh chromium)" CONSOLE_TEST="$(CURDIR)/test-artifacts/console.test" node --test --test-concurrency=$(P) console/browser/*.test.mjs metrics/browser/*.test.mjs

.PHONY: rules
rules: ## (they are among the Go tests) Prometheus rules and their tests, Alertmanager's example
	@if compgen -G 'deploy/prometheus/*.yaml' >/dev/null; then \
	  promtool check rules --lint=all --lint-fatal deploy/prometheus/*.yaml; fi
	@if compgen -G 'deploy/prometheus/tests/*.yaml' >/dev/null; then \
	  promtool test rules deploy/prometheus/tests/*.yaml; fi
	amtool check-config deploy/prometheus/alertmanager.yml

.PHONY: dashboards
dashboards: ## Grafana's dashboards, against its schema and a real Prometheus
	cd deploy/grafana && $(GO) vet ./... && $(GO) test -shuffle=on -timeout 3m ./...

.PHONY: bench
bench: assets ## Benchmarks, as ratios to baselines of the same run, and a table of the goals
	@figures=$$(mktemp); trap 'rm -f "$$figures"' EXIT; \
	$(GO) test -run '^$$' -bench . -skip '^BenchmarkGoals$$' -benchtime 500ms -benchmem -p 1 ./... | tee "$$figures"; \
	BENCH_FIGURES="$$figures" $(GO) test -run '^$$' -bench '^BenchmarkGoals$$' ./cmd/crisisline

.PHONY: soak
soak: build ## A day of Hampshire's calls, then what is drawn at random, many times as often as in test
	./$(BIN) simulate --calls 2000 --profile hampshire
	$(GO) test ./cmd/crisisline -run TestRandomTraffic -rapid.checks=200 -timeout 60m
	$(GO) test ./call ./metrics ./queue ./rota -rapid.checks=1000 -timeout 60m

.PHONY: soak-reports
soak-reports: assets ## Reports of a year of a country's calls: two million, thirty million entries, 6 GB of store
	$(GO) test -run '^$$' -bench 'Year|MonthFromRollUps' -benchtime 1x ./metrics
	$(GO) test -run '^$$' -bench 'StaffingAgainstSimulate' -benchtime 1x ./cmd/crisisline
	REPORT_CALLS=$(CALLS) $(GO) test -run '^$$' -bench 'ColdYear' -benchtime 1x -timeout 60m ./cmd/crisisline

.PHONY: lint
lint: ## golangci-lint, with the reasons in .golangci.yml (built once; minutes)
	$(GO) run $(GOLANGCI_LINT) run ./...

##@ Tools

.PHONY: tools
tools: node_modules/twilio/package.json ## Install what the tests need and this machine lacks
	@bash deploy/tools.sh install

.PHONY: test-tools
test-tools: tools ## The same as tools

node_modules/twilio/package.json: package-lock.json
	$(NPM_CI)
	@touch $@ node_modules/nhsuk-frontend/package.json

.PHONY: generate
generate: node_modules/twilio/package.json ## What the tests hold us to, from Twilio's own packages
	node twilio/conformance/generate.mjs

.PHONY: clean
clean: ## Remove what was built and generated, not the data
	rm -rf bin coverage.out test-artifacts console/static/vendor twilio/conformance/generated

.PHONY: help
help: ## Say what there is
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@ / {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
