/** The one place where a delay becomes a timer, whatever number it is. */

/** ms; an engine's own timers run at once what is longer. */
const longest = 2 ** 31 - 1;

export interface TimerOptions {
  /** Whether the process stays for it. Default true. */
  keepsAlive?: boolean;
}

/**
 * Calls `run` once.
 * @param delay ms; Infinity: never, and nothing waits for it; what is no number or negative: as soon as possible
 * @returns cancels it
 */
export function startTimer(delay: number, run: () => void, options: TimerOptions = {}): () => void {
  if (delay === Infinity) return () => {};
  const { keepsAlive = true } = options;
  let left = delay > 0 ? delay : 0;
  let timer: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const step = Math.min(left, longest);
    left -= step;
    timer = setTimeout(left > 0 ? arm : run, step);
    if (!keepsAlive) timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}

/**
 * Calls `run` again and again.
 * @param period ms, at least 1; otherwise as {@link startTimer}
 * @returns ends it
 */
export function startInterval(period: number, run: () => void): () => void {
  const every = period > 1 ? period : 1;
  const again = (): void => {
    cancel = startTimer(every, again);
    run();
  };
  let cancel = startTimer(every, again);
  return () => cancel();
}

/** A signal that is aborted with `reason()` after `delay` ms, unless `cancel` is called before. */
export function abortAfter(delay: number, reason: () => Error): { signal: AbortSignal; cancel: () => void } {
  const controller = new AbortController();
  const cancel = startTimer(delay, () => controller.abort(reason()));
  return { signal: controller.signal, cancel };
}
