#!/bin/sh
# The test command. Its last line is "N passed, N failed"; it fails if any test, suite or check did.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. scripts/toolchain.sh
. scripts/test-programs.sh
exec node scripts/test.mjs "$@"
