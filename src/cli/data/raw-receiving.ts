/** Writes the bytes that come to an output, in order and no faster than it takes them. */
import { OutputError } from '../../base/errors.ts';
import { once } from 'node:events';
import { type Clock, systemClock } from '../../base/clock.ts';
import { withResolvers } from '../../base/resolvers.ts';
import type { MessageStream, RawMessage } from '../../client/bridge/events.ts';
import type { OutputStream } from '../streams/io.ts';
import { printable } from '../streams/printable.ts';
import type { StreamLedger } from './stream-ledger.ts';

export interface RawReceiving {
  messages: MessageStream<RawMessage>;
  stdout: OutputStream;
  /** Whether this sender is in the room. */
  isHere(from: string): boolean;
  /** Whether we also send: `sent` once all of that has arrived. */
  phase(): 'sending' | 'sent' | 'receiving';
  /** Whose bytes are wanted, and what they have told of them. */
  ledger: Pick<StreamLedger, 'senders' | 'isOpen' | 'isWanted'>;
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
  const { messages, stdout, ledger, signal, clock = systemClock } = receiving;
  const end = withResolvers<'end'>();
  const over = new AbortController();
  const finish = (): void => {
    end.resolve('end');
    over.abort();
  };
  signal.addEventListener('abort', finish, { once: true });
  let waitingSince: number | undefined;
  let sentAt: number | undefined;
  let cancelLook = (): void => {};
  const look = (): void => {
    if (receiving.phase() === 'sent') sentAt ??= clock.now();
    const quietSince = Math.max(waitingSince ?? Number.POSITIVE_INFINITY, sentAt ?? 0);
    const isOver = clock.now() - quietSince >= longestPause(receiving);
    if (isOver || messages.dropped > 0) finish();
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
      if (!ledger.isWanted(from)) continue;
      written += data.byteLength;
      const isFull = !stdout.write(stdout.isTTY === true ? visible(data) : data);
      // What has come when it ends is written all the same.
      if (isFull && !over.signal.aborted) await drained(stdout, over.signal);
    }
    if (messages.dropped > 0) throw tooSlow(written, messages.dropped);
    return written;
  } finally {
    cancelLook();
    signal.removeEventListener('abort', finish);
    await messages.return?.();
  }
}

/** Resolves when the output takes more, or when that is of no matter any more. */
async function drained(stdout: OutputStream, over: AbortSignal): Promise<void> {
  await once(stdout, 'drain', { signal: over }).catch((error: unknown) => {
    if (!over.aborted) throw error;
  });
}

function tooSlow(written: number, dropped: number): OutputError {
  return new OutputError(
    `receiving: stdout is not read fast enough; ${dropped} messages are lost, and what came after ${written} bytes is not ` +
      'written; have the sender use a lower --rate, or write to a file',
    { code: 'output-too-slow' },
  );
}

/** ms without a message that mean the end. */
function longestPause({ phase, isHere, ledger, idle }: RawReceiving): number {
  const never = Number.POSITIVE_INFINITY;
  if (phase() === 'sending') return never;
  const { senders } = ledger;
  if (senders.length === 0) return phase() === 'sent' ? 0 : never;
  const here = senders.filter(isHere);
  if (here.length === 0) return afterLeaving;
  if (phase() === 'sent') return here.some((id) => ledger.isOpen(id)) ? never : afterSending;
  return idle ?? never;
}

/** What strangers send must not steer a terminal. */
function visible(data: Uint8Array): string {
  return Buffer.from(data).toString('utf8').split('\n').map(printable).join('\n');
}
