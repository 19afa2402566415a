# Sourced with $root set: puts Node.js 24 and pnpm first on PATH and installs the dependencies. Does no work twice.
# Node.js comes as npm's package of the binary for this platform, in a folder outside the workspace, and neither it nor pnpm
# needs an install script: npm may block those.

node_version=24.21.0
pnpm_version=12.21.0
toolchain="$root/.toolchain"
wanted="node@$node_version pnpm@$pnpm_version"

# Package managers keep their caches there; some containers set none.
if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
  HOME="$toolchain/home"
  mkdir -p "$HOME"
  export HOME
fi

toolchain_is_ready() { [ "$(cat "$toolchain/installed" 2>/dev/null)" = "$wanted" ]; }
dependencies_are_ready() { cmp -s "$root/pnpm-lock.yaml" "$root/node_modules/.mooring-lock"; }

# A link to the holder's process id: made at once or not at all, and one that a killed process left is recognised.
lock_installation() {
  lock="$toolchain/installing"
  mkdir -p "$toolchain"
  waited=0
  until ln -s "$$" "$lock" 2>/dev/null; do
    holder=$(readlink "$lock" 2>/dev/null || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      rm -f "$lock"
    elif [ "$waited" -ge 900 ]; then
      echo "Another installation has not ended in 15 minutes. If there is none, remove $lock." >&2
      exit 1
    else
      [ "$waited" -gt 0 ] || echo "Waiting for another installation to end …" >&2
      waited=$((waited + 1))
      sleep 1
    fi
  done
  trap 'rm -f "$lock"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

unlock_installation() {
  rm -f "$lock"
  trap - EXIT INT TERM
}

# What npm calls this machine, e.g. linux-x64.
platform() {
  case "$(uname -s)" in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    *) echo "Mooring runs on Linux and macOS." >&2 && return 1 ;;
  esac
  case "$(uname -m)" in
    x86_64 | amd64) echo "$os-x64" ;;
    aarch64 | arm64) echo "$os-arm64" ;;
    *) echo "There is no Node.js $node_version for $(uname -m) on npm." >&2 && return 1 ;;
  esac
}

install_toolchain() {
  echo "Installing Node.js 24 and pnpm into .toolchain (once) …" >&2
  rm -rf "$toolchain/installed" "$toolchain/node_modules" "$toolchain/package-lock.json"
  echo '{"private":true}' >"$toolchain/package.json"
  node_package="node-$(platform)@$node_version"
  (cd "$toolchain" && npm install --ignore-scripts --include=optional --no-audit --no-fund --loglevel=error \
    "$node_package" "pnpm@$pnpm_version" >&2)
  "$toolchain/node_modules/.bin/node" --version >/dev/null || {
    echo "Node.js $node_version does not run on this machine." >&2
    return 1
  }
  echo "$wanted" >"$toolchain/installed"
}

install_dependencies() {
  echo "Installing dependencies (once per change of pnpm-lock.yaml) …" >&2
  (cd "$root" && pnpm install --frozen-lockfile --config.confirmModulesPurge=false --reporter=append-only >&2)
  cp "$root/pnpm-lock.yaml" "$root/node_modules/.mooring-lock"
}

PATH="$toolchain/node_modules/.bin:$root/node_modules/.bin:$PATH"
export PATH
if ! toolchain_is_ready || ! dependencies_are_ready; then
  lock_installation
  toolchain_is_ready || install_toolchain
  dependencies_are_ready || install_dependencies
  unlock_installation
fi
