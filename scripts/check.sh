#!/bin/bash
# Format and lint, the units and their neighbors, machine paths, the sample configuration. Tries everything,
# then names what failed.
# Usage: check.sh SCRATCH EXPOSURE-LIMIT (in tenths, as systemd-analyze wants it)
set -euo pipefail

scratch=$1
limit=$2
failed=()
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

# Called in a condition, where `set -e` sleeps: each check returns its own verdict.
check() {
  local name=$1
  shift
  echo "== $name"
  if ! "$@"; then failed+=("$name"); fi
}

format() {
  swift format lint --strict --recursive --parallel Sources Tests Package.swift
}

# A unit whose program does not exist is no valid unit, so the program is replaced.
units() {
  local said file
  local copies=()
  for file in systemd/*.service; do
    sed 's|/usr/bin/chargehand|/bin/true|' "$file" >"$temporary/${file##*/}" || return 1
    copies+=("$temporary/${file##*/}")
  done
  # It warns and still exits 0.
  said=$(systemd-analyze verify --man=no "${copies[@]}" 2>&1) || true
  if [[ -n $said ]]; then
    echo "$said"
    return 1
  fi
}

exposure() {
  local report="$temporary/exposure" status=0 file
  for file in systemd/*.service; do
    if systemd-analyze security --offline=yes --threshold="$limit" --no-pager \
      "$temporary/${file##*/}" >"$report" 2>&1; then
      tail -n 1 "$report"
    else
      grep -v '✓' "$report" || true
      echo "The limit is $((limit / 10)).$((limit % 10))."
      status=1
    fi
  done
  return "$status"
}

# In a root of their own, where nothing of this machine is touched.
accounts() {
  local root=$temporary/root said
  mkdir -p "$root/etc"
  printf 'dialout:x:20:\n' >"$root/etc/group"
  said=$(systemd-sysusers --root="$root" "$PWD/systemd/chargehand.sysusers" 2>&1) || true
  if ! grep -qs '^chargehand:' "$root/etc/passwd" || ! grep -q '^dialout:.*chargehand' "$root/etc/group"; then
    echo "No user chargehand in group dialout came of systemd/chargehand.sysusers. $said"
    return 1
  fi
  # Giving a directory away is root's; others can still have the syntax read.
  said=$(systemd-tmpfiles --root="$root" --create "$PWD/systemd/chargehand.tmpfiles" 2>&1) || true
  if [[ $(id -u) -ne 0 ]]; then said=$(grep -v 'Operation not permitted' <<<"$said" || true); fi
  if [[ -n $said ]]; then
    echo "$said"
    return 1
  fi
}

# A path that exists on one machine only. Written so that this file does not find itself.
paths() {
  local here home
  here=$(pwd -P)
  home=${HOME:-/nonexistent}
  local patterns=(-e '/(home|Users)/[A-Za-z0-9]' -e '/root/[A-Za-z0-9.]')
  # As short as /src it would be found in every sentence.
  if [[ $here == /*/* ]]; then patterns+=(-e "${here//./\\.}(/|[^A-Za-z0-9._-]|\$)"); fi
  if [[ $home == /*/* ]]; then patterns+=(-e "${home//./\\.}(/|[^A-Za-z0-9._-]|\$)"); fi
  local status=0
  # Tracked files only: a build's own log may lie beside them. And it may run as another user than cloned.
  git -c safe.directory="$here" grep -nIE "${patterns[@]}" -- . ':!scripts/check.sh' || status=$?
  case $status in
    0) echo "These lines name a place that exists on one machine only."; return 1 ;;
    1) return 0 ;;
    *) echo "git grep could not search: is this a clone?"; return 1 ;;
  esac
}

shell() {
  local script
  for script in .ci/run scripts/*.sh; do bash -n "$script" || return 1; done
}

configuration() {
  if [[ ! -e Sources/chargehand || ! -e config/chargehand.yaml ]]; then
    echo "left out: the program or its sample configuration is not there yet"
    return 0
  fi
  swift build --product chargehand --scratch-path "$scratch" || return 1
  "$(swift build --show-bin-path --scratch-path "$scratch")/chargehand" check --config config/chargehand.yaml
}

check "format and lint" format
check "systemd units" units
check "systemd exposure" exposure
check "users and directories" accounts
check "machine paths" paths
check "shell scripts" shell
check "sample configuration" configuration

if [[ ${#failed[@]} -gt 0 ]]; then
  printf 'make check failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "make check: everything is in order"
