#!/bin/bash
# The long tests: the suites with CHARGEHAND_TORTURE=1, which the tests read for their numbers of rounds, then
# once more under the thread and the address sanitizer.
# Usage: [FILTER=REGEX] torture.sh SCRATCH [long] [thread] [address]   (all three, if none is named)
set -euo pipefail

scratch=$1
shift
parts=("$@")
if [[ ${#parts[@]} -eq 0 ]]; then parts=(long thread address); fi
failed=()

# The suites under one sanitizer. The tests start the daemon as a child and end it in every way there is, so exit
# statuses prove nothing: each process writes what it finds to a file of its own, and any such file is a failure.
# Usage: sanitized NAME VARIABLE OPTIONS [option of swift build]...
sanitized() {
  local name=$1 variable=$2 options=$3 status=0 reports file
  shift 3
  reports=$(mktemp -d)
  # How much slower it may be: Tests/Torture.
  env "$variable=$options:log_path=$reports/report" CHARGEHAND_SLACK=3 \
    scripts/test.sh "$scratch-$name" "--sanitize=$name" "$@" || status=1
  for file in "$reports"/*; do
    # Empty is the file of a process that only looked whether it could write there.
    if [[ ! -s $file ]]; then continue; fi
    echo "A process under the $name sanitizer reports:"
    head -n 100 "$file"
    status=1
  done
  rm -rf "$reports"
  if [[ $status -ne 0 ]]; then failed+=("$name"); fi
}

# See there for what it is and why.
mutex() {
  local resources
  resources=$(swift -print-target-info | sed -nE 's/.*"runtimeResourcePath": "(.*)".*/\1/p')
  mkdir -p "$scratch-thread"
  "$resources/../../bin/clang" -O1 -fPIC -Wall -Wextra -Werror -c Tests/Sanitizers/mutex.c -o "$1"
}

for part in "${parts[@]}"; do
  begin=$SECONDS
  echo "== torture: $part"
  case $part in
    long) CHARGEHAND_TORTURE=1 scripts/test.sh "$scratch" || failed+=(long) ;;
    thread)
      mutex "$PWD/$scratch-thread/mutex.o"
      # By default every use of a socket counts as a meeting with every other, which hides races in a program that
      # is all sockets. Nothing here is handed over by a socket alone.
      sanitized thread TSAN_OPTIONS halt_on_error=0:io_sync=0 -Xlinker "$PWD/$scratch-thread/mutex.o"
      ;;
    # Leak detection needs ptrace and stops at what the runtime keeps for ever.
    address) sanitized address ASAN_OPTIONS detect_leaks=0 ;;
    *)
      echo "The torture has no part $part, only long, thread and address." >&2
      exit 64
      ;;
  esac
  echo "== torture: $part took $((SECONDS - begin)) s"
done

if [[ ${#failed[@]} -gt 0 ]]; then
  echo "make torture failed: ${failed[*]}" >&2
  exit 1
fi
echo "make torture: everything held"
