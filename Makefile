# make run    the demo world on http://127.0.0.1:8080
# make test   everything, on SQLite and PostgreSQL
# make help   the other targets
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := run

GO      := go
TAGS    := -tags nomsgpack
BUILD   := CGO_ENABLED=0 $(GO) build -buildvcs=false $(TAGS) -trimpath -ldflags "-s -w"
TOOL    := $(GO) tool -modfile=internal/tools/go.mod
PAGE    := web/dist/index.html
MODULES := web/node_modules/.package-lock.json
SOURCES := $(shell find web/src web/public web/index.html web/vite.config.ts web/tsconfig.json web/package-lock.json -type f 2>/dev/null)

.PHONY: run build page test test-go test-web test-e2e test-arm64 test-container lint lint-go lint-web fmt generate names bench soak secrets needs clean help

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  \1\t/' | expand -t 20

run: build ## build, then serve the demo world (data in .data/demo)
	@./bin/leadrelay demo --dir ./.data/demo

build: ## the page and the program, into bin/leadrelay
	@.ci/needs toolchains
	@$(MAKE) page program

page: $(PAGE) ## the web page, if its sources changed

program: ## the program alone, with the page as it is
	@echo "building the program …"
	@$(BUILD) -o bin/leadrelay ./cmd/leadrelay
.PHONY: program

$(MODULES): web/package.json web/package-lock.json
	@echo "fetching what the page needs …"
	@npm --prefix web ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGE): $(MODULES) $(SOURCES)
	@echo "building the page …"
	@npm --prefix web run --silent build -- --logLevel warn
	@touch $@

test: ## every check but the Go linter: page, Go on both databases, arm64, browser
	@.ci/test all

test-go: ## go vet and all Go tests with the race detector, on both databases
	@.ci/test go

test-web: ## lint, types and unit tests of the page
	@.ci/test web

test-e2e: ## the journeys in a browser
	@.ci/test e2e

test-arm64: ## the program builds for arm64 without cgo
	@.ci/test arm64

test-container: ## the container files parse and their build commands run
	@.ci/test container

lint: lint-go lint-web ## both linters, zero warnings

lint-go:
	@$(TOOL) golangci-lint run ./...

lint-web: $(MODULES)
	@npm --prefix web run lint
	@npm --prefix web run typecheck

fmt: ## format the Go sources
	@$(TOOL) golangci-lint fmt ./...

generate: $(MODULES) ## everything that is generated and kept in git
	@.ci/generate

names: ## the tables by which names of firms are compared, from public packages
	@.ci/names

bench: ## Go benchmarks of every package
	@.ci/test bench

soak: ## the tests with their full counts
	@.ci/test soak

secrets: ## the secrets of docker-compose.yml, once
	@.ci/secrets

needs: ## install what the tests need (as root), or name it
	@.ci/needs tests

clean: ## remove what was built; the demo data in .data stays
	@rm -rf bin web/dist/assets web/dist/index.html web/node_modules
	@$(GO) clean -testcache
