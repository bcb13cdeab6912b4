/**
 * Where streams of one receiver have stopped that are gone, by their SSRCs: should those come again, they go on from there. A receiver takes what goes back for a
 * replay (RFC 3711, 3.3.1, 3.3.2), and a decoder for a loss.
 */
import type { Continuation, OutgoingStream } from './outgoing-stream.ts';

/** More than these are forgotten, the oldest first. */
const maxEnded = 1_000;

export class EndedStreams {
  readonly #media = new Map<number, Continuation>();
  /** The last numbers of retransmissions, by their SSRCs. */
  readonly #rtx = new Map<number, number>();

  add({ continuation, rtxSequence, rtxSsrc, ssrc }: OutgoingStream): void {
    if (continuation) keep(this.#media, ssrc, continuation);
    if (rtxSsrc !== undefined) keep(this.#rtx, rtxSsrc, rtxSequence);
  }

  mediaOf(ssrc: number): Continuation | undefined {
    return this.#media.get(ssrc);
  }

  /** 16 bits */
  rtxSequenceOf(rtxSsrc: number): number | undefined {
    return this.#rtx.get(rtxSsrc);
  }
}

function keep<Value>(map: Map<number, Value>, ssrc: number, value: Value): void {
  map.delete(ssrc);
  map.set(ssrc, value);
  const [oldest] = map.keys();
  if (map.size > maxEnded && oldest !== undefined) map.delete(oldest);
}
