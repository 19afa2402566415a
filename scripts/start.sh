#!/bin/sh
# npm start: installs and builds what is missing, then runs the whole hub on embedded stores, or on those that MOORING_*
# variables name. The last step replaces this shell, so that a signal to npm reaches the hub.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/scripts/toolchain.sh"
cd "$root"
tsc -b services/hub
exec services/hub/bin/mooring up --unprivileged-https-port 8443 "$@"
