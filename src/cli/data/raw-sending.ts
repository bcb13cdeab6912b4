/** Sends the bytes of an input over the bridge, one message a piece. */
import { ConnectionError } from '../../base/errors.ts';
import type { Conference } from '../../client/conference.ts';
import { payloadPacer } from '../visit/pacing.ts';
import { Flow } from './flow.ts';
import { Hearers } from './hearers.ts';
import { checkPayload } from './payload-limit.ts';
import { piecesOf } from './pieces.ts';
import { endMark, startMark } from './stream-ledger.ts';

export interface RawSending {
  input: AsyncIterable<Buffer>;
  conference: Conference;
  /** Endpoint id or display name; undefined: everybody. */
  to: string | undefined;
  /** Bytes of a piece at most. */
  chunk: number;
  rawForm: 'field' | 'payload';
  /** Megabits a second; undefined: what the channel in use passes. */
  mbps: number | undefined;
  /** There is something to send. */
  begun(): void;
  /** As of {@link Hearers}. */
  waiting(this: void, whom: string): void;
  signal: AbortSignal;
}

export interface RawSent {
  bytes: number;
  seconds: number;
  /** As {@link Hearers.settle} says. */
  silent: readonly string[];
  isHeard: boolean;
}

/** Megabits of payload a second that a real bridge passes without loss, with a margin (media 13). */
const defaultRate = { ws: 100, sctp: 5 };

/**
 * Sends all of it once somebody is there, and waits until it has arrived. Needs an open channel.
 * @returns undefined when the input was empty
 * @throws ConnectionError `stream-broken` when it cannot arrive as a whole any more; UsageError; or the signal's reason
 */
export async function sendRaw(sending: RawSending): Promise<RawSent | undefined> {
  const pieces = piecesOf(sending.input, sending.chunk);
  try {
    const first = await pieces.next();
    if (first.done === true) return undefined;
    sending.begun();
    const { conference, to, signal, waiting } = sending;
    const hearers = new Hearers({ conference, bridge: conference.bridge, to, signal, waiting });
    try {
      return await sendPieces(first.value, pieces, hearers, sending);
    } finally {
      hearers.close();
    }
  } catch (error) {
    // An input that is closed from outside fails in its own words.
    sending.signal.throwIfAborted();
    throw error;
  }
}

async function sendPieces(
  first: Buffer,
  rest: AsyncIterator<Buffer, void>,
  hearers: Hearers,
  sending: RawSending,
): Promise<RawSent> {
  const { chunk, rawForm, signal } = sending;
  const { bridge } = sending.conference;
  await hearers.gather();
  const to = hearers.address;
  checkPayload(chunk, bridge, { to, rawForm }, '--chunk');
  const mbps = sending.mbps ?? defaultRate[bridge.transport ?? 'ws'];
  const flow = new Flow(bridge, { pacer: payloadPacer(mbps, chunk, () => performance.now()), signal });
  let [bytes, messages, broken] = [0, 0, ''];
  const off = bridge.on('down', ({ reason }) => (broken = reason));
  const failIfBroken = (): void => {
    if (hearers.present.length === 0) broken ||= 'nobody is there any more to receive it';
    if (broken !== '') throw streamBroken(bytes, broken);
  };
  const began = performance.now();
  try {
    failIfBroken();
    bridge.sendMessage(to, startMark());
    for (let piece: Buffer | undefined = first; piece; piece = (await rest.next()).value ?? undefined) {
      await flow.before(piece.length);
      failIfBroken();
      await flow.after(bridge.sendRaw(to, piece, { rawForm }));
      bytes += piece.length;
      messages += 1;
    }
    failIfBroken();
    bridge.sendMessage(to, endMark({ bytes, messages }));
    const seconds = (performance.now() - began) / 1000;
    const settled = await hearers.settle();
    if (broken !== '') throw streamBroken(bytes, broken);
    return { bytes, seconds, ...settled };
  } finally {
    off();
  }
}

function streamBroken(bytes: number, reason: string): ConnectionError {
  return new ConnectionError(
    `sending: broken off after ${bytes} bytes, of which the last may be missing: ${reason}; send all of it again`,
    { code: 'stream-broken', retryable: true },
  );
}
