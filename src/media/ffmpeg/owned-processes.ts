/**
 * Processes that are not to outlive ours. They are killed when we exit, and when a signal ends us that nobody here handles. SIGKILL gives
 * no time for that: then their pipes are closed, at which ffmpeg ends by itself.
 */
import type { ChildProcess } from 'node:child_process';

const owned = new Set<ChildProcess>();
/** What ends a process that has no listener for it. */
const endings = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Until it has ended. */
export function own(child: ChildProcess): void {
  if (owned.size === 0) watch();
  owned.add(child);
  const disown = (): void => {
    if (owned.delete(child) && owned.size === 0) unwatch();
  };
  child.once('exit', disown);
  // It never began.
  child.once('error', () => {
    if (child.pid === undefined) disown();
  });
}

function watch(): void {
  process.on('exit', killAll);
  // Before those who listen once, which are taken away before they are called.
  for (const signal of endings) process.prependListener(signal, signalled);
}

function unwatch(): void {
  process.off('exit', killAll);
  for (const signal of endings) process.off(signal, signalled);
}

function killAll(): void {
  for (const child of owned) kill(child);
}

/** With the processes of its group, where it has one of its own. */
export function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // It has no group, or has ended.
    child.kill('SIGKILL');
  }
}

/** Our listening must not keep the process from being ended. */
function signalled(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAll();
  unwatch();
  process.kill(process.pid, signal);
}
