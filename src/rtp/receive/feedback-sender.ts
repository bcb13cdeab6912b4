/** When transport-wide feedback is sent: regularly while packets arrive, and never when none do. */
import { ArrivalRecorder } from '../arrival-recorder.ts';
import type { TransportFeedbackPacket } from '../rtcp.ts';

/** Packets after which a feedback is sent even if it is not time yet. */
const maxRecorded = 250;

export class FeedbackSender {
  readonly #recorder = new ArrivalRecorder();
  readonly #senderSsrc: number;
  readonly #interval: number;
  #mediaSsrc = 0;
  /** Since the last feedback; not the numbers that the next is about, which are many again after each packet that comes late. */
  #recorded = 0;
  #due = Infinity;

  /** @param interval ms */
  constructor(senderSsrc: number, interval: number) {
    this.#senderSsrc = senderSsrc;
    this.#interval = interval;
  }

  /** `Infinity` when there is nothing to say. */
  get due(): number {
    return this.#due;
  }

  record(transportSequence: number, ssrc: number, now: number): void {
    this.#recorder.record(transportSequence, now);
    if (this.#recorder.unreported === 0) return;
    this.#mediaSsrc = ssrc;
    if (++this.#recorded >= maxRecorded) this.#due = now;
    else if (this.#due === Infinity) this.#due = now + this.#interval;
  }

  /** What is to be sent now, each in a packet of its own. */
  take(now: number): TransportFeedbackPacket[] {
    if (this.#due > now) return [];
    this.#due = Infinity;
    this.#recorded = 0;
    const packets: TransportFeedbackPacket[] = [];
    for (let feedback = this.#recorder.take(now); feedback; feedback = this.#recorder.take(now))
      packets.push({
        type: 'transport-feedback',
        senderSsrc: this.#senderSsrc,
        mediaSsrc: this.#mediaSsrc,
        feedback,
      });
    return packets;
  }
}
