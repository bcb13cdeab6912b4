/**
 * What a bridge sends to one participant, as far as it goes by its estimate (media 4.7): two videos as long as they fit, sound, and probes. The estimate is Google congestion
 * control by transport-wide feedback, begun at 2.5 Mbit/s and kept from 30 kbit/s to 20 Mbit/s, as a bridge of 2026 has it; probes are retransmissions.
 */
import type { RandomBytes } from '../../../src/base/random.ts';
import { buildRtpHeader } from '../../../src/rtp/packet.ts';
import { parseRtcp } from '../../../src/rtp/rtcp/compound.ts';
import { CongestionController } from '../../../src/rtp/send/congestion/controller.ts';
import { ProbePlan } from '../../../src/rtp/send/congestion/probe-plan.ts';
import { Delivery } from '../../../src/rtp/send/delivery.ts';
import { ProbeCluster } from '../../../src/rtp/send/pacing/probe-cluster.ts';
import { RateWindow } from '../../../src/rtp/send/rate-window.ts';
import type { ManualClock } from '../manual-clock.ts';

export const extensionId = 5;
export const payloadTypes = { opus: 111, vp8: 100, rtx: 96 } as const;
export const videos = [
  { ssrc: 1_000, rtxSsrc: 1_001 },
  { ssrc: 2_000, rtxSsrc: 2_001 },
] as const;
export const sound = { ssrc: 3_000 } as const;
/** bit/s of each video */
export const videoBitrate = 800_000;

const [start, least, most] = [2_500_000, 30_000, 20_000_000];
/** ms */
const [frameInterval, soundInterval, probingInterval] = [1_000 / 30, 20, 15];
const packetsPerFrame = 3;
const soundBytes = 80;
/** A new estimate has to differ by so much before videos come or go. */
const noteworthy = 0.15;
/** Who sends less of what is allowed leaves the way empty (libwebrtc's `AlrDetector`). */
const applicationLimited = 0.65;

interface Packet {
  payloadType: number;
  ssrc: number;
  payload: Uint8Array;
}

export interface BridgeOptions {
  clock: ManualClock;
  random: RandomBytes;
  /** A packet to the participant. */
  send(packet: Uint8Array): void;
}

export class ModelledBridge {
  readonly #options: BridgeOptions;
  readonly #congestion = new CongestionController({ start, least, most });
  readonly #delivery: Delivery;
  /** The first is under way. */
  readonly #probes: ProbeCluster[] = [];
  #lastProbeId = 0;
  readonly #plan = new ProbePlan(most);
  readonly #sent = new RateWindow();
  readonly #numbers = new Map<number, number>();
  #allocatedFor = start;
  #forwarded: number = videos.length;
  #hasStopped = false;
  /** Video packets that went out, probes left out. */
  videoPackets = 0;

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#delivery = new Delivery(options.random);
    this.#every(soundInterval, (now) =>
      this.#transmit(
        { payloadType: payloadTypes.opus, ...sound, payload: new Uint8Array(soundBytes) },
        0,
        now,
      ),
    );
    for (const index of videos.keys())
      this.#every(frameInterval, (now) => this.#sendFrame(index, now), index * 11);
    this.#every(probingInterval, (now) => this.#probeForMore(now));
  }

  /** bit/s */
  get estimate(): number {
    return this.#congestion.bitrate;
  }

  /** Videos that fit, by the estimate. */
  get forwarded(): number {
    return this.#forwarded;
  }

  /** It sends nothing more. */
  stop(): void {
    this.#hasStopped = true;
  }

  receiveRtcp(compound: Uint8Array): void {
    const now = this.#options.clock.now();
    for (const packet of parseRtcp(compound)) {
      if (packet.type !== 'transport-feedback') continue;
      const results = this.#delivery.receive(packet.feedback, now);
      if (results.length === 0) continue;
      this.#congestion.feedback(results, now);
      this.#adapt(now);
    }
  }

  #adapt(now: number): void {
    const { bitrate } = this.#congestion;
    if (Math.abs(bitrate - this.#allocatedFor) > noteworthy * this.#allocatedFor) {
      this.#allocatedFor = bitrate;
      this.#forwarded = Math.min(videos.length, Math.floor(bitrate / videoBitrate));
    }
    const isLimited = this.#sent.bitrate(now) < applicationLimited * bitrate;
    // A bridge tries up to its maximum, whatever it has to send.
    const isFree = this.#congestion.usage === 'normal';
    for (const rate of this.#plan.update({ bitrate, isFree, isLimited, sent: most }, now))
      this.#probe(rate, now);
  }

  /** Forwarded as it comes: a bridge holds no media back. */
  #sendFrame(index: number, now: number): void {
    const video = videos[index];
    if (!video || index >= this.#forwarded) return;
    const bytes = Math.round((videoBitrate * frameInterval) / 8_000 / packetsPerFrame);
    for (let count = 0; count < packetsPerFrame; count++) {
      this.#transmit(
        { payloadType: payloadTypes.vp8, ssrc: video.ssrc, payload: vp8Payload(bytes, count === 0) },
        0,
        now,
      );
      this.videoPackets++;
    }
  }

  /** While something does not fit, as much as is allowed is sent (jitsi-videobridge `BandwidthProbing`). */
  #probeForMore(now: number): void {
    if (this.#forwarded < videos.length) {
      const missing = ((this.#congestion.bitrate - this.#sent.bitrate(now)) * probingInterval) / 8_000;
      for (let bytes = 0; bytes + repeated.payload.length <= missing; bytes += repeated.payload.length)
        this.#transmit(repeated, 0, now);
    }
  }

  #probe(bitrate: number, now: number): void {
    this.#lastProbeId = (this.#lastProbeId % 255) + 1;
    const probe = new ProbeCluster(this.#lastProbeId, bitrate, now);
    this.#congestion.probing(probe);
    this.#probes.push(probe);
    if (this.#probes.length === 1) this.#sendProbes();
  }

  #sendProbes(): void {
    const { clock } = this.#options;
    const [probe] = this.#probes;
    if (!probe) return;
    while (!probe.isDone && probe.due <= clock.now())
      probe.sent(this.#transmit(repeated, probe.id, clock.now()), clock.now());
    if (probe.isDone) this.#probes.shift();
    clock.schedule(probe.isDone ? 0 : probe.due - clock.now(), () => this.#sendProbes());
  }

  #transmit({ payload, payloadType, ssrc }: Packet, probe: number, now: number): number {
    const sequenceNumber = ((this.#numbers.get(ssrc) ?? 0) + 1) & 0xffff;
    this.#numbers.set(ssrc, sequenceNumber);
    const number = this.#delivery.nextSequenceNumber;
    const header = buildRtpHeader({
      payloadType,
      ssrc,
      sequenceNumber,
      timestamp: Math.round(now * (payloadType === payloadTypes.opus ? 48 : 90)) >>> 0,
      marker: false,
      extensions: [{ id: extensionId, value: Uint8Array.of(number >> 8, number & 0xff) }],
    });
    const bytes = header.length + payload.length;
    this.#delivery.sent(bytes, now, probe);
    this.#congestion.sent(now);
    this.#sent.add(bytes, now);
    this.#options.send(Uint8Array.from([...header, ...payload]));
    return bytes;
  }

  #every(interval: number, run: (now: number) => void, delay = 0): void {
    const { clock } = this.#options;
    clock.schedule(delay + interval, () => {
      if (this.#hasStopped) return;
      run(clock.now());
      this.#every(interval, run);
    });
  }
}

/** A packet of the past, once more (RFC 4588, 4). */
const repeated: Packet = {
  payloadType: payloadTypes.rtx,
  ssrc: videos[0].rtxSsrc,
  payload: new Uint8Array(1_100),
};

function vp8Payload(bytes: number, isFirst: boolean): Uint8Array {
  const payload = new Uint8Array(bytes);
  payload[0] = isFirst ? 0x10 : 0;
  return payload;
}
