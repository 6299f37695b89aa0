# Everything a person or CI calls. The work itself is in tests/Testbed (set-up, up, down, demo) and eng/ (test runs).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# Debug builds run the analyzers and are what is tested in; Release ones only compile, and are what up and demo run.
CONFIGURATION ?= Debug
demo up down status: CONFIGURATION := Release
NODES ?= 1
MODEL ?= scripted
export NODES MODEL CONFIGURATION
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

# The cache is the calling user's, also when the testbed runs as root.
ifeq ($(STROMBOLI_CACHE),)
export STROMBOLI_CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/stromboli
endif

DOTNET := $(shell command -v dotnet)
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo --non-interactive --preserve-env)
TESTBED = $(SUDO) $(DOTNET) tests/Testbed/bin/$(CONFIGURATION)/net10.0/Stromboli.Testbed.dll
# msbuild rather than build: that one prints a summary however quiet it is told to be.
BUILD = eng/with-progress "building $(1)" $(DOTNET) msbuild -restore -maxCpuCount -verbosity:quiet -nologo -property:Configuration=$(CONFIGURATION) $(1)
PUBLISH = eng/with-progress "compiling $(1)" $(DOTNET) publish --configuration Release --runtime linux-x64 --verbosity quiet -nologo $(1)
# Style and analyzers are the build's business (warnings are errors there); how the code is laid out is CSharpier's.
FORMAT := eng/format --check

.PHONY: help demo up down status test unit bench publish generate verify lint format build programs setup shim testbed dotnet root

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: programs ## Set up, start everything, run samples/hello.yaml to its end, stop everything
	@$(TESTBED) demo

up: programs ## Start what does not run: control plane, NODES=1 nodes, operator (MODEL=scripted|anthropic)
	@$(TESTBED) up

down: testbed ## Stop exactly what up started
	@$(TESTBED) down

status: testbed ## Show what runs
	@$(TESTBED) status

test: build publish ## Run every test, on real parts too (FILTER=Name~word narrows it)
	@$(SUDO) eng/test all "$(FILTER)"

unit: dotnet ## Run the tests of the single projects
	@$(MAKE) --quiet -C src/native
	@$(call BUILD,Stromboli.sln)
	@eng/test unit "$(FILTER)"

bench: setup shim publish ## Measure; prints a table and writes bench/results/latest.json (BENCH=cold-start measures only that)
	@$(DOTNET) msbuild -restore -verbosity:quiet -nologo -property:Configuration=Release bench
	@$(SUDO) $(DOTNET) bench/bin/Release/net10.0/Stromboli.Bench.dll $(BENCH)

publish: dotnet ## Compile operator, bridge and kubectl stromboli to native executables, src/*/bin/Release/net10.0/linux-x64/publish
	@$(call PUBLISH,src/Operator)
	@$(call PUBLISH,src/PodmanBridge)
	@$(call PUBLISH,src/Cli)

generate: dotnet ## Write the generated files
	@$(DOTNET) run --configuration $(CONFIGURATION) --project src/Crds.Generator -- .

verify: generate ## Check that generated files are committed, what texts point at exists, the code is formatted
	@if [ -n "$$(git status --porcelain -- config charts docs/api)" ]; then \
	    git --no-pager diff -- config charts docs/api; git status --short -- config charts docs/api; \
	    echo "The generated files differ from what is committed: commit what make generate wrote."; exit 1; fi
	@eng/links
	@$(FORMAT)

format: dotnet ## Lay out the code
	@eng/format

lint: dotnet ## Check the format and build with all analyzers
	@$(FORMAT)
	@$(call BUILD,Stromboli.sln)

# What up runs: fetched and built without what only tests need.
programs: testbed
	@$(TESTBED) setup-use
	@$(MAKE) --quiet -C src/native
	@$(call BUILD,eng/run.slnf)

build: setup shim
	@$(FORMAT)
	@$(call BUILD,Stromboli.sln)

setup: testbed
	@$(TESTBED) setup

shim: setup
	@$(MAKE) --quiet -C src/native

testbed: dotnet root
	@$(call BUILD,tests/Testbed)

dotnet:
	@[ -n "$(DOTNET)" ] || { echo "The .NET SDK 10 is missing: dotnet is not on the PATH."; exit 1; }

root:
	@[ -z "$(SUDO)" ] || $(SUDO) true 2> /dev/null || { \
	    echo "The testbed makes mount namespaces and installs packages: run make as root, or allow this user sudo without a password."; exit 1; }
