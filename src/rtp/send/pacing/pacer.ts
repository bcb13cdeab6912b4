/**
 * Spreads what is sent, so that a large frame does not fill the queues on the way: up to two and a half times of what the way carries, retransmissions
 * first, and at the rates that are to be tried (libwebrtc's `PacingController`). What fits goes straight through, and then nothing is due here. Sound never comes here.
 */
import { PacketQueue } from './packet-queue.ts';
import { ProbeCluster } from './probe-cluster.ts';

/** Of what the way carries: encoders keep to it on average only. */
const pacingFactor = 2.5;
/** ms of the pace that may go out at once: a timer for each packet would cost more than it helps */
const burst = 20;
/** ms; rather too fast than later than this */
const longestWait = 2_000;
const mostProbes = 8;
const lastProbeId = 255;

export interface PacerPorts<Packet> {
  /** @param probe the cluster it is part of, 0: none @returns bytes that went out; 0 when nobody wants it any more */
  transmit(packet: Packet, probe: number, now: number): number;
  /** Something that may as well be sent, and tells nothing new; undefined where there is no such thing */
  padding(now: number): Packet | undefined;
  /** A cluster begins. */
  probing(probe: ProbeCluster): void;
}

export class Pacer<Packet> {
  readonly #ports: PacerPorts<Packet>;
  readonly #repairs = new PacketQueue<Packet>();
  readonly #media = new PacketQueue<Packet>();
  readonly #probes: ProbeCluster[] = [];
  #probe: ProbeCluster | undefined;
  #lastProbeId = 0;
  /** bit/s; Infinity while nothing is known of the way */
  #pace = Infinity;
  /** Bytes that were sent ahead of the pace, as of `#drained`. */
  #debt = 0;
  #drained = 0;

  constructor(ports: PacerPorts<Packet>) {
    this.#ports = ports;
  }

  /** @param bitrate bit/s that the way carries */
  allow(bitrate: number, now: number): void {
    this.#drain(now);
    this.#pace = pacingFactor * bitrate;
  }

  /** Tries a rate as soon as there is video to do it with. */
  probe(bitrate: number, now: number): void {
    const fresh = this.#probes.findIndex((probe) => !probe.isTooOld(now));
    this.#probes.splice(0, fresh < 0 ? this.#probes.length : fresh);
    if (this.#probes.length === mostProbes) return;
    this.#lastProbeId = (this.#lastProbeId % lastProbeId) + 1;
    this.#probes.push(new ProbeCluster(this.#lastProbeId, bitrate, now));
  }

  send(packet: Packet, bytes: number, now: number): void {
    if (this.#probes.length > 0 && !this.#probe) this.#beginProbe(now);
    if (this.#isFree && this.#mayGo(now)) {
      this.#transmit(packet, 0, now);
      return;
    }
    this.#media.push(packet, bytes, now);
    if (this.#probe) this.tick(now);
  }

  /** A packet that is missed by somebody. */
  sendAgain(packet: Packet, bytes: number, now: number): void {
    if (this.#isFree && this.#mayGo(now)) this.#transmit(packet, 0, now);
    else this.#repairs.push(packet, bytes, now);
  }

  /** ms that the oldest packet has waited */
  waited(now: number): number {
    const oldest = this.#oldest;
    return oldest === Infinity ? 0 : now - oldest;
  }

  /** When to call {@link tick}; Infinity when nothing waits. */
  get due(): number {
    if (this.#probe) return this.#probe.due;
    if (this.#isEmpty) return Infinity;
    // Until all of the debt is paid: packets then go out some at a time.
    return this.#drained + (this.#debt * 8_000) / this.#drainingPace(this.#drained);
  }

  tick(now: number): void {
    this.#sendProbe(now);
    if (this.#probe || this.#isEmpty || now < this.due) return;
    while (!this.#isEmpty && this.#mayGo(now)) this.#sendNext(0, now);
  }

  get #isEmpty(): boolean {
    return this.#media.length === 0 && this.#repairs.length === 0;
  }

  get #isFree(): boolean {
    return this.#isEmpty && !this.#probe;
  }

  get #oldest(): number {
    return Math.min(this.#media.oldest, this.#repairs.oldest);
  }

  #mayGo(now: number): boolean {
    this.#drain(now);
    return this.#debt <= (this.#pace * burst) / 8_000;
  }

  #drain(now: number): void {
    const passed = Math.max(0, now - this.#drained);
    if (passed === 0) return;
    this.#debt = Math.max(0, this.#debt - (this.#drainingPace(now) * passed) / 8_000);
    this.#drained = now;
  }

  /** bit/s that make the oldest packet wait no longer than it may */
  #drainingPace(now: number): number {
    if (this.#isEmpty) return this.#pace;
    const left = Math.max(1, longestWait - this.waited(now));
    return Math.max(this.#pace, ((this.#media.bytes + this.#repairs.bytes) * 8_000) / left);
  }

  #beginProbe(now: number): void {
    const next = this.#probes.findIndex((probe) => !probe.isTooOld(now));
    this.#probe = this.#probes.splice(0, next < 0 ? this.#probes.length : next + 1)[next];
    if (this.#probe) this.#ports.probing(this.#probe);
  }

  #sendProbe(now: number): void {
    // What a probe sends is not paid for by the time before it.
    if (this.#probe) this.#drain(now);
    while (this.#probe && this.#probe.due <= now) {
      const bytes = this.#sendNext(this.#probe.id, now);
      if (bytes > 0) this.#probe.sent(bytes, now);
      if (bytes === 0 || this.#probe.isDone) {
        this.#probe = undefined;
        if (this.#probes.length > 0 && bytes > 0) this.#beginProbe(now);
      }
    }
  }

  /** @returns bytes; 0 when there is nothing to be sent */
  #sendNext(probe: number, now: number): number {
    while (!this.#isEmpty) {
      const packet = this.#repairs.shift() ?? this.#media.shift();
      const bytes = packet ? this.#transmit(packet, probe, now) : 0;
      if (bytes > 0) return bytes;
    }
    const padding = probe > 0 ? this.#ports.padding(now) : undefined;
    return padding ? this.#transmit(padding, probe, now) : 0;
  }

  #transmit(packet: Packet, probe: number, now: number): number {
    const bytes = this.#ports.transmit(packet, probe, now);
    this.#debt += bytes;
    return bytes;
  }
}
