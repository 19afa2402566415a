# Sourced by the test command: installs Debian's packages of the programs that the real parts need, where they are missing
# and may be installed. Where they may not, the run says later which variable names an existing part instead.

missing=""
[ -n "${MOORING_TEST_REDIS_URL:-}" ] || command -v redis-server >/dev/null || missing="$missing redis-server"
# Real parts, and the device SDK for Java.
command -v javac >/dev/null || missing="$missing default-jdk-headless"
command -v mvn >/dev/null || missing="$missing maven"
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3 python3-venv"
# A clock that can be set wrong, for who asks for it.
if [ -n "${with_faketime:-}" ]; then
  ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing="$missing faketime"
fi

if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing$missing …" >&2
  # shellcheck disable=SC2086
  {
    apt-get update -q &&
      DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
  } >&2 || echo "Not all of$missing could be installed." >&2
  case "$missing" in
    *redis-server*)
      # The package starts a server of its own, which the tests do not want.
      { systemctl disable --now redis-server || service redis-server stop; } >/dev/null 2>&1 || true
      ;;
  esac
fi
