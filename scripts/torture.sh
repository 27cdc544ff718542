#!/bin/bash
# The long tests: the suites again with CHARGEHAND_TORTURE=1, which the tests read for their numbers of
# rounds, then once more under the thread and the address sanitizer.
# Usage: torture.sh SCRATCH
set -euo pipefail

scratch=$1
if ! grep -rqs CHARGEHAND_TORTURE Tests Sources; then
  echo "No test reads CHARGEHAND_TORTURE yet: this would only be \`make test\` under another name." >&2
  exit 1
fi
CHARGEHAND_TORTURE=1 scripts/test.sh "$scratch"
scripts/test.sh "$scratch-thread" --sanitize=thread
# Leak detection needs ptrace and stops at what the runtime keeps for ever.
ASAN_OPTIONS=detect_leaks=0 scripts/test.sh "$scratch-address" --sanitize=address
