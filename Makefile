# Chargehand. `make help` lists what can be made.

SHELL := /bin/bash
SCRATCH ?= .build
PREFIX ?= /usr
SYSCONFDIR ?= /etc
DESTDIR ?=
STRIP ?= strip
# In tenths: 15 is an exposure of 1.5.
EXPOSURE_LIMIT ?= 15
# Given a program already built, `make install` builds nothing (and needs no Swift).
BINARY ?=

# What the package links, and what its tests and the demo start. Set empty where they come from elsewhere.
LIBRARIES := libmodbus-dev libmosquitto-dev libsqlite3-dev libssl-dev pkg-config
TOOLS := mosquitto mosquitto-clients openssl strace python3-jsonschema python3-paho-mqtt
DEPENDENCIES ?= $(LIBRARIES) $(TOOLS)

RELEASE := --configuration release --static-swift-stdlib --product chargehand --scratch-path $(SCRATCH)

.DEFAULT_GOAL := help
.PHONY: help demo build release test check torture devices fresh bench install uninstall clean dependencies toolchain
# Two of SwiftPM on one scratch path only wait for each other.
.NOTPARALLEL:

help: ## this list
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: build ## a whole simulated shop, from the first gram to an accepted invoice
	@"$$(swift build --show-bin-path --scratch-path $(SCRATCH))/chargehand" demo

build: dependencies toolchain ## a debug build
	@swift build --product chargehand --scratch-path $(SCRATCH)

release: dependencies toolchain ## the build that `make install` installs
	@swift build $(RELEASE)

test: dependencies toolchain ## the tests, on real parts: broker, libmodbus, SQLite
	@scripts/test.sh $(SCRATCH)

check: toolchain ## format, lint, unit files, sample configuration
	@scripts/dependencies.sh $(DEPENDENCIES) $(if $(DEPENDENCIES),systemd git)
	@scripts/check.sh $(SCRATCH) $(EXPOSURE_LIMIT)

torture: dependencies toolchain ## the long tests, then the suites under the sanitizers
	@scripts/torture.sh $(SCRATCH)

fresh: toolchain ## demo and tests of a clean clone in a fresh Debian 12 (root, debootstrap)
	@scripts/fresh-debian.sh

devices: build ## docs/devices.md anew, from the profiles
	@"$$(swift build --show-bin-path --scratch-path $(SCRATCH))/chargehand" profiles --directory config/profiles \
	  --markdown >docs/devices.md

bench: release ## memory, syncs and latency of the release build
	@swift build --configuration release --static-swift-stdlib --product footprint --scratch-path $(SCRATCH)
	@"$$(swift build $(RELEASE) --show-bin-path)/footprint"

install: $(if $(BINARY),,release) ## program, configuration, unit: DESTDIR= PREFIX=/usr SYSCONFDIR=/etc BINARY=
	@STRIP='$(STRIP)' scripts/install.sh install '$(DESTDIR)' '$(PREFIX)' '$(SYSCONFDIR)' \
	  "$(if $(BINARY),$(BINARY),$$(swift build $(RELEASE) --show-bin-path)/chargehand)"

uninstall: ## takes away what `make install` brought; leaves configuration and state
	@scripts/install.sh uninstall '$(DESTDIR)' '$(PREFIX)' '$(SYSCONFDIR)'

clean: ## removes what was built
	@rm -rf $(SCRATCH) $(SCRATCH)-thread $(SCRATCH)-address

dependencies:
	@scripts/dependencies.sh $(DEPENDENCIES)

toolchain:
	@command -v swift >/dev/null || { \
	  echo "There is no swift in the PATH. Chargehand is built with Swift 6.3 or later:" >&2; \
	  echo "see https://www.swift.org/install/linux/ and run this again." >&2; \
	  exit 1; }
