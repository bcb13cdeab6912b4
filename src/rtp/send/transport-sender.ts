/**
 * Everything of one transport on its way out: when a packet goes, its transport-wide number, what became of it, and how much may be sent. Sound goes at
 * once; video at the pace that the way carries, from the first feedback on. Before it, and where none is offered, nothing is held back.
 */
import type { RandomBytes } from '../../base/random.ts';
import { buildRtpHeader } from '../packet.ts';
import type { RtpExtensionIds } from '../parameters.ts';
import type { TransportFeedback } from '../transport-feedback.ts';
import { CongestionController, defaultCongestion } from './congestion/controller.ts';
import { ProbePlan } from './congestion/probe-plan.ts';
import { Delivery } from './delivery.ts';
import { ExtensionStamp } from './extension-stamp.ts';
import { Pacer } from './pacing/pacer.ts';
import { RateWindow } from './rate-window.ts';
import type { NumberedPacket, SourceSender } from './source-sender.ts';

export interface TransportHandlers {
  rtp(header: Uint8Array, payload: Uint8Array): void;
  /** bit/s that media may take from now on; when that has changed by 5 % */
  available(bitrate: number): void;
  /** The source is still there. */
  isSent(source: SourceSender): boolean;
}

const noteworthy = 0.05;
/** Of what is allowed: who sends less leaves the way empty (libwebrtc's `AlrDetector`). */
const applicationLimited = 0.65;
/** Retransmissions may take this much of what is allowed: where more is missing, sending it all again makes it worse. */
const repairShare = 0.5;
/** Of a packet, with the usual extensions: what the pacer reckons with. */
const headerBytes = 24;

export class TransportSender {
  readonly #handlers: TransportHandlers;
  readonly #delivery: Delivery;
  readonly #stamp: ExtensionStamp;
  readonly #congestion = new CongestionController();
  readonly #plan = new ProbePlan(defaultCongestion.most);
  readonly #pacer: Pacer<NumberedPacket>;
  readonly #sent = new RateWindow();
  readonly #repaired = new RateWindow();
  /** The last video that was sent; what was sent of it lately can be sent again to try a rate. */
  #video: SourceSender | undefined;
  #told = 0;

  constructor(extensions: RtpExtensionIds, random: RandomBytes, handlers: TransportHandlers) {
    this.#handlers = handlers;
    this.#delivery = new Delivery(random);
    this.#stamp = new ExtensionStamp(extensions);
    this.#pacer = new Pacer({
      transmit: (packet, probe, now) => this.#transmit(packet, probe, now),
      padding: () => this.#video?.padding(),
      probing: (probe) => this.#congestion.probing(probe),
    });
  }

  send(packet: NumberedPacket, now: number): void {
    const { source } = packet;
    const isVideo = source.source.kind === 'video';
    if (isVideo) this.#video = source;
    if (isVideo && this.#congestion.hasHeard)
      this.#pacer.send(packet, packet.payload.length + headerBytes, now);
    else this.#transmit(packet, 0, now);
  }

  /** False when too much is sent again already. */
  maySendAgain(now: number): boolean {
    if (!this.#congestion.hasHeard) return true;
    return this.#repaired.bitrate(now) <= repairShare * this.#congestion.bitrate;
  }

  sendAgain(packet: NumberedPacket, now: number): void {
    if (!this.#congestion.hasHeard) {
      this.#transmit(packet, 0, now);
      return;
    }
    const bytes = packet.payload.length + headerBytes;
    this.#repaired.add(bytes, now);
    this.#pacer.sendAgain(packet, bytes, now);
  }

  acknowledge(feedback: TransportFeedback, now: number): void {
    const results = this.#delivery.receive(feedback, now);
    if (results.length === 0) return;
    this.#congestion.feedback(results, now);
    const { bitrate } = this.#congestion;
    this.#pacer.allow(bitrate, now);
    this.#tellAvailable(now);
    if (!this.#video?.canPad) return;
    const sent = this.#sent.bitrate(now);
    const isLimited = sent < applicationLimited * bitrate;
    const isFree = this.#congestion.usage === 'normal';
    for (const probe of this.#plan.update({ bitrate, isFree, isLimited, sent }, now))
      this.#pacer.probe(probe, now);
  }

  /** Nothing more of it is sent. */
  forget(source: SourceSender): void {
    if (this.#video === source) this.#video = undefined;
  }

  tick(now: number): void {
    this.#pacer.tick(now);
  }

  /** Infinity when nothing waits. */
  get due(): number {
    return this.#pacer.due;
  }

  /** bit/s */
  get available(): number {
    return this.#congestion.bitrate;
  }

  get delivery(): Delivery {
    return this.#delivery;
  }

  #transmit({ header, payload, source }: NumberedPacket, probe: number, now: number): number {
    if (!this.#handlers.isSent(source)) return 0;
    const { kind } = source.source;
    const number = this.#delivery.nextSequenceNumber;
    const extensions = this.#stamp.stamp(kind, header.extensions, source.mid, number, now);
    const head = buildRtpHeader({ ...header, extensions });
    const bytes = head.length + payload.length;
    this.#sent.add(bytes, now);
    const isNumbered = this.#stamp.hasSequence(kind);
    if (isNumbered) this.#delivery.sent(bytes, now, probe);
    this.#handlers.rtp(head, payload);
    // Last of all: whoever is told may send at once.
    if (isNumbered && this.#congestion.sent(now)) this.#backOff(now);
    return bytes;
  }

  #backOff(now: number): void {
    this.#pacer.allow(this.#congestion.bitrate, now);
    this.#tellAvailable(now);
  }

  /** What is sent again is not there for what is new. */
  #tellAvailable(now: number): void {
    const { bitrate } = this.#congestion;
    const left = Math.floor(bitrate - Math.min(this.#repaired.bitrate(now), repairShare * bitrate));
    if (Math.abs(left - this.#told) < noteworthy * this.#told) return;
    this.#told = left;
    this.#handlers.available(left);
  }
}
