/** Waiting that can be broken off. */
import { setTimeout as nodePause } from 'node:timers/promises';

/** Resolves after `delay` ms, or rejects with the signal's own reason. */
export async function pause(delay: number, signal: AbortSignal): Promise<void> {
  try {
    await nodePause(delay, undefined, { signal });
  } catch {
    // Node's error only has the reason as its cause.
    throw signal.reason;
  }
}
