import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

// A shell that outlives this process by a moment: when its input ends, in whatever way this process ended, it kills what
// is left of the children and removes their folders. A session of its own keeps a terminal's interrupt from it.
const script = `
pids= ; folders=
while IFS=' ' read -r verb what; do
  case $verb in
    child) pids="$pids $what" ;;
    ended) kept= ; for pid in $pids; do [ "$pid" = "$what" ] || kept="$kept $pid"; done; pids=$kept ;;
    folder) folders="$folders
$what" ;;
  esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
echo "$folders" | while read -r folder; do
  # One that is dying may still write.
  [ -z "$folder" ] || rm -rf -- "$folder" || { sleep 1 && rm -rf -- "$folder"; }
done
`;

let guard: ChildProcessByStdio<Writable, null, null> | undefined;

function tell(line: string): void {
  if (guard === undefined) {
    guard = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' });
    guard.unref();
    // The pipe must not keep this process alive either.
    if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') {
      guard.stdin.unref();
    }
    guard.stdin.on('error', () => {
      guard = undefined;
    });
  }
  guard.stdin.write(`${line}\n`);
}

/** Has the child killed when this process ends, even if this process is killed itself. */
export function guardChild(pid: number): void {
  tell(`child ${pid}`);
}

export function unguardChild(pid: number): void {
  tell(`ended ${pid}`);
}

/** Has the folder removed when this process ends. */
export function guardFolder(path: string): void {
  tell(`folder ${path}`);
}
