#!/bin/sh
# Runs a command with the project's own Node.js and pnpm first on PATH; installs both and the dependencies where missing.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/scripts/toolchain.sh"
cd "$root"
exec "$@"
