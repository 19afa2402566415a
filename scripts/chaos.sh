#!/bin/sh
# Builds, and injects faults into a hub of many processes: docs/testing.md. Installs what the parts need, as the test command does.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. scripts/toolchain.sh
with_faketime=1
. scripts/test-programs.sh
tsc -b test/chaos services/hub
exec node test/chaos/dist/main.js "$@"
