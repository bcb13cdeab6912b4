/** How long a bot stays: until it is alone, its time is over, somebody ends the program, or the conference ends. */
import { type Clock, systemClock } from '../base/clock.ts';
import { onAbort } from '../base/on-abort.ts';
import { withResolvers } from '../base/resolvers.ts';
import {
  abortSignal,
  checkOptions,
  duration,
  flag,
  type Kinds,
  objectWith,
} from '../client/check-arguments.ts';
import type { CloseInfo } from '../conference/io.ts';
import type { Participant } from '../conference/room/roster.ts';
import { alone, type Company } from './company.ts';

export interface StayOptions {
  /** ms without anybody else; see `alone`. Default Infinity. */
  alone?: number;
  /** Who is company. Default: everybody but hidden recorders and their like. */
  counts?: (participant: Participant) => boolean;
  /** ms from now. Default Infinity. */
  maxDuration?: number;
  /** Whether SIGTERM, SIGINT and SIGHUP end it instead of the process; a second one ends the process. Default true. */
  signals?: boolean;
  /** Ends it. */
  signal?: AbortSignal;
  /** Default the machine's. */
  clock?: Clock;
}

export type StayEnd =
  | { reason: 'alone' | 'max-duration' | 'aborted' }
  | { reason: 'terminated'; signal: NodeJS.Signals }
  | { reason: 'ended'; info: CloseInfo };

const kinds: Kinds<StayOptions> = {
  alone: duration,
  counts: { words: 'a function', fits: (value) => typeof value === 'function' },
  maxDuration: duration,
  signals: flag,
  signal: abortSignal,
  clock: objectWith('a Clock', 'now', 'schedule'),
};

const terminations = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Resolves with why it is time to go. The conference is not left yet: files can be finished first.
 * `const { reason } = await stay(conference, { alone: 60_000 }); await recorder.stop(); await conference.leave();`
 * It never rejects.
 * @throws UsageError `option-invalid`, `option-unknown`, at once
 */
export function stay(
  conference: Company & { readonly closed: Promise<CloseInfo> },
  options: StayOptions = {},
): Promise<StayEnd> {
  checkOptions('staying in the conference', kinds, options);
  const { clock = systemClock, counts, maxDuration = Infinity, signal, signals = true } = options;
  const { promise, resolve } = withResolvers<StayEnd>();
  const over = new AbortController();
  if (options.alone !== undefined && options.alone !== Infinity) {
    const company = { after: options.alone, clock, signal: over.signal, ...(counts ? { counts } : {}) };
    void alone(conference, company).then((isAlone) => isAlone && resolve({ reason: 'alone' }));
  }
  void conference.closed.then((info) => resolve({ reason: 'ended', info }));
  const terminated = (name: NodeJS.Signals): void => resolve({ reason: 'terminated', signal: name });
  if (signals) for (const name of terminations) process.once(name, terminated);
  const cancel = clock.schedule(maxDuration, () => resolve({ reason: 'max-duration' }));
  const off = onAbort(signal, () => resolve({ reason: 'aborted' }));
  return promise.finally(() => {
    over.abort();
    cancel();
    off();
    for (const name of terminations) process.off(name, terminated);
  });
}
