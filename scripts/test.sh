#!/bin/bash
# Builds the tests, runs them, and closes with the runner's own last line.
# Usage: [FILTER=REGEX] test.sh SCRATCH [options of `swift build` and `swift test`, such as --sanitize=thread]
set -euo pipefail

scratch=$1
shift
# Brokers and devices of the tests are on loopback, some by name; without it hundreds of checks would fail.
getent hosts localhost >/dev/null || {
  echo "The name localhost leads nowhere; put '127.0.0.1 localhost' into /etc/hosts." >&2
  exit 1
}
# An import that is not declared in Package.swift is an arrow of the architecture pointing the wrong way.
swift build --build-tests --scratch-path "$scratch" --explicit-target-dependency-import-check error "$@"

selection=()
if [[ -n ${FILTER:-} ]]; then selection=(--filter "$FILTER"); fi
# Long rounds, or a sanitizer that slows each step several times: beside others, the pace of a device would only tell
# theirs.
if [[ " $* " == *" --sanitize="* || ${CHARGEHAND_TORTURE:-0} != 0 ]]; then selection+=(--no-parallel); fi

# Thousands of seeds of the core's simulation, which in a debug build would take minutes. It is one thread of pure
# code in a program of its own: under a sanitizer of the tests it would only be the same once more.
if [[ " $* " != *" --sanitize="* ]]; then
  life=(2000 500)
  days=1500
  machines=1000
  if [[ ${CHARGEHAND_TORTURE:-0} != 0 ]]; then
    life=(20000 1000)
    days=20000
    machines=10000
  fi
  swift build --configuration release --product simulate --scratch-path "$scratch/simulation"
  "$scratch/simulation/release/simulate" "${life[@]}"
  "$scratch/simulation/release/simulate" scales "$days"
  "$scratch/simulation/release/simulate" machines "$machines"
  "$scratch/simulation/release/simulate" speed
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
swift test --skip-build --disable-xctest --scratch-path "$scratch" "${selection[@]}" "$@" </dev/null 2>&1 \
  | tee "$log" || status=$?

closing=$(grep -E 'Test run with [0-9]+ tests?( in [0-9]+ suites?)? (passed|failed)' "$log" | tail -n 1 || true)
count=$(sed -nE 's/.*Test run with ([0-9]+) tests?.*/\1/p' <<<"$closing")
if [[ $status -ne 0 ]]; then
  # Thousands of lines above, a failure is easily missed.
  echo "Failures:"
  grep -E '(recorded an issue|failed after|error: |Fatal error|Crash)' "$log" | grep -v 'Suite' | tail -n 40 || true
elif [[ -z $closing || $count -eq 0 ]]; then
  echo "No test has run, which proves nothing." >&2
  status=1
fi
if [[ -n $closing ]]; then echo "$closing"; fi
exit "$status"
