/** Writes the bytes that come to an output, in order and no faster than it takes them. */
import { once } from 'node:events';
import { type Clock, systemClock } from '../../base/clock.ts';
import { withResolvers } from '../../base/resolvers.ts';
import type { MessageStream, RawMessage } from '../../client/bridge/events.ts';
import type { OutputStream } from '../streams/io.ts';
import { OutputError } from '../streams/output-error.ts';
import { printable } from '../streams/printable.ts';

export interface RawReceiving {
  messages: MessageStream<RawMessage>;
  stdout: OutputStream;
  /** Whether this sender's bytes are wanted. */
  isWanted(from: string): boolean;
  /** Whether this sender is in the room. */
  isHere(from: string): boolean;
  /** Whether we also send: `sent` once all of that has arrived. */
  phase(): 'sending' | 'sent' | 'receiving';
  /** ms without a message that mean the end for who only receives; undefined: no pause does */
  idle: number | undefined;
  signal: AbortSignal;
  clock?: Clock;
}

/** ms without a message after which all has come of somebody who has left the room: bridge and room are two ways. */
const afterLeaving = 500;
/** ms without a message after which who has sent all of its own goes: the others may also be about to end, and have no answer yet. */
const afterSending = 1_000;
/** ms between two looks */
const lookInterval = 100;

/**
 * Reads until the senders whose bytes came have all left, nothing has come for a time, or the signal says so.
 * @returns bytes written
 * @throws OutputError `output-too-slow` when bytes came that could not be kept: what follows them is not written
 */
export async function receiveRaw(receiving: RawReceiving): Promise<number> {
  const { messages, stdout, isWanted, signal, clock = systemClock } = receiving;
  const end = withResolvers<'end'>();
  const onAbort = (): void => end.resolve('end');
  signal.addEventListener('abort', onAbort, { once: true });
  const senders = new Set<string>();
  let waitingSince: number | undefined;
  let sentAt: number | undefined;
  let cancelLook = (): void => {};
  const look = (): void => {
    if (receiving.phase() === 'sent') sentAt ??= clock.now();
    const quietSince = Math.max(waitingSince ?? Number.POSITIVE_INFINITY, sentAt ?? 0);
    const isOver = clock.now() - quietSince >= longestPause(senders, receiving);
    if (isOver || messages.dropped > 0) end.resolve('end');
    else cancelLook = clock.schedule(lookInterval, look);
  };
  look();
  let written = 0;
  try {
    for (;;) {
      waitingSince = clock.now();
      const next = await Promise.race([messages.next(), end.promise]);
      waitingSince = undefined;
      if (next === 'end' || next.done === true) break;
      if (messages.dropped > 0) break;
      const { from, data } = next.value;
      if (!isWanted(from)) continue;
      senders.add(from);
      written += data.byteLength;
      if (!stdout.write(stdout.isTTY === true ? visible(data) : data))
        await Promise.race([once(stdout, 'drain'), end.promise]);
    }
    if (messages.dropped > 0) throw tooSlow(written, messages.dropped);
    return written;
  } finally {
    cancelLook();
    signal.removeEventListener('abort', onAbort);
    await messages.return?.();
  }
}

function tooSlow(written: number, dropped: number): OutputError {
  return new OutputError(
    `receiving: stdout is not read fast enough; ${dropped} messages are lost, and what came after ${written} bytes is not ` +
      'written; have the sender use a lower --rate, or write to a file',
    { code: 'output-too-slow' },
  );
}

/** ms without a message that mean the end. */
function longestPause(senders: ReadonlySet<string>, { phase, isHere, idle }: RawReceiving): number {
  const never = Number.POSITIVE_INFINITY;
  if (phase() === 'sending') return never;
  if (senders.size === 0) return phase() === 'sent' ? 0 : never;
  if (![...senders].some(isHere)) return afterLeaving;
  return phase() === 'sent' ? afterSending : (idle ?? never);
}

/** What strangers send must not steer a terminal. */
function visible(data: Uint8Array): string {
  return Buffer.from(data).toString('utf8').split('\n').map(printable).join('\n');
}
