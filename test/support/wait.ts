/** Waiting for a condition of the outside world that raises no event, such as a port that somebody else opens. */
import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** What is waited for, for the error's message. */
  what: string;
  /** Milliseconds; default 60 000: far more than anything takes, and less than a test may. */
  timeout?: number;
  /** Called when the time is over: what the reader of the error should know. */
  explain?: () => string;
}

/** Asks `probe` again and again until it answers something other than undefined or false. */
export async function waitFor<Value>(
  probe: () => Promise<Value | undefined | false> | Value | undefined | false,
  options: WaitOptions,
): Promise<Value> {
  const timeout = options.timeout ?? 60_000;
  const deadline = Date.now() + timeout;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) {
      throw new Error(
        `no ${options.what} within ${timeout} ms${options.explain ? `\n${options.explain()}` : ''}`,
      );
    }
    await pause(20);
  }
}
