# Sourced with $root set: puts Node.js 24 and pnpm first on PATH and installs the dependencies. Does no work twice.
# Node.js comes as npm's package `node`, in a folder of its own outside the workspace, since pnpm runs no install scripts.

toolchain="$root/.toolchain"
wanted="node@24.21.0 pnpm@12.21.0"
if [ "$(cat "$toolchain/installed" 2>/dev/null)" != "$wanted" ]; then
  echo "Installing Node.js 24 and pnpm into .toolchain (once) …" >&2
  mkdir -p "$toolchain"
  echo '{"private":true,"allowScripts":{"node":true}}' >"$toolchain/package.json"
  # shellcheck disable=SC2086
  (cd "$toolchain" && npm install --no-audit --no-fund --loglevel=error $wanted >&2)
  "$toolchain/node_modules/.bin/node" --version >/dev/null || {
    echo "The Node.js binary could not be installed: npm must be allowed to run the install script of the package 'node'." >&2
    exit 1
  }
  echo "$wanted" >"$toolchain/installed"
fi
PATH="$toolchain/node_modules/.bin:$root/node_modules/.bin:$PATH"
export PATH

if ! cmp -s "$root/pnpm-lock.yaml" "$root/node_modules/.mooring-lock"; then
  echo "Installing dependencies (once per change of pnpm-lock.yaml) …" >&2
  (cd "$root" && pnpm install --frozen-lockfile --reporter=append-only >&2)
  cp "$root/pnpm-lock.yaml" "$root/node_modules/.mooring-lock"
fi
