# What people type. "make ci" is what has to pass.

.PHONY: help test race lint ci play golden pictures screenshot bench snapshot apiserver

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

test: ## the tests of the main module
	go test ./...

race: ## the same with the race detector, as CI runs them
	go test -race ./...

lint: ## gofmt, vet, staticcheck
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	go vet ./...
	go run $(call pinned,STATICCHECK) ./...

ci: ## everything: all modules, the browser, the chart, the demo
	.ci/run

play: ## the app in your browser, offline: http://127.0.0.1:8070
	go run ./cmd/playground

golden: ## write the golden files anew; then read the difference
	@for file in $$(git grep -l 'flag.Bool("update"' -- '*_test.go'); do \
		(cd "$$(dirname "$$file")" && go test . -update) || exit 1; \
	done
	@git diff --stat

pictures: ## draw the README's pictures from the golden files
	go run ./cmd/playground -pictures docs/pictures

screenshot: ## photograph the playground; takes Chromium
	cd cmd/playground/browsertest && go run ./screenshot ../../../docs/playground.png

bench: ## what things cost; docs/performance.md says how to measure the whole bot
	go test ./bot ./otsclient -run '^$$' -bench .

apiserver: ## the chart, and a real API server; builds Kubernetes' own first, which takes long
	cd helm/test/apiserver && go test -count=1 -timeout 60m ./...

# The names are those that a release has in its environment.
snapshot: export GITHUB_REPOSITORY_OWNER ?= example
snapshot: export REPOSITORY_NAME ?= otsbot
snapshot: export GITHUB_REPOSITORY ?= example/otsbot
# A clone may belong to another user, which git refuses to describe.
snapshot: export GIT_CONFIG_COUNT = 1
snapshot: export GIT_CONFIG_KEY_0 = safe.directory
snapshot: export GIT_CONFIG_VALUE_0 = *
snapshot: ## build a release into dist, and publish nothing; takes goreleaser
	goreleaser check
	goreleaser release --snapshot --clean --skip=sbom
	cd dist && sha256sum --check checksums.txt
	dist/otsbot_$$(go env GOOS)_$$(go env GOARCH)*/otsbot -version

# pinned is the version of a tool, as .ci/run has it.
pinned = $(shell sed -n 's/^$(1)=\([^ ]*\).*/\1/p' .ci/run)
