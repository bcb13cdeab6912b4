/** One source of ours: its numbers, what was sent lately, and what is reported of it. */
import type { RandomBytes } from '../../base/random.ts';
import { readUint16, writeUint16 } from '../bytes.ts';
import type { RtpExtension, RtpHeader } from '../packet.ts';
import type { RtpCodec } from '../parameters.ts';
import type { ReportBlock, SenderReport } from '../rtcp.ts';
import { KeyFrameAnswers } from './key-frame-answers.ts';
import { toNtp } from '../ntp.ts';
import { type KeptPacket, PacketHistory } from './packet-history.ts';
import type { LocalSource, OutgoingPacket, SendLimits, SequenceNumbers } from './types.ts';

/** A packet with its numbers, whose extensions are still its own only. */
export interface NumberedPacket {
  source: SourceSender;
  header: RtpHeader;
  payload: Uint8Array;
}

/** ms; what comes later than that is not late, but was captured after a pause. */
const longestWait = 100;
/** Packets. */
const paddingFrom = 16;
const defaultClockRates = { audio: 48_000, video: 90_000 } as const;

/** In the lower half: a receiver that misses the first packets before a wrap would take the wrong rollover counter (RFC 3711, 3.3.1). */
export function firstSequenceNumbers(random: RandomBytes): SequenceNumbers {
  const start = random(4);
  return { media: readUint16(start, 0) & 0x7fff, rtx: readUint16(start, 2) & 0x7fff };
}

export class SourceSender {
  readonly source: LocalSource;
  readonly mid: RtpExtension | undefined;
  readonly keyFrames: KeyFrameAnswers;
  packets = 0;
  bytes = 0;
  retransmitted = 0;
  nacks = 0;
  keyFrameRequests = 0;
  lastReport: ReportBlock | undefined;
  readonly #history: PacketHistory;
  /** Of the next packets; do not wrap. */
  #sequenceNumber: number;
  #rtxSequenceNumber: number;
  #timestamp = 0;
  #clockRate: number;
  /** Of those since the last report, the timestamp that was sent the soonest after its time, and when. */
  #soonest = { timestamp: 0, at: 0 };
  /** There is none since. */
  #isReported = true;

  constructor(source: LocalSource, mid: RtpExtension | undefined, random: RandomBytes, limits: SendLimits) {
    this.source = source;
    this.mid = mid;
    this.keyFrames = new KeyFrameAnswers(limits.keyFrameInterval);
    this.#history = new PacketHistory(limits);
    this.#clockRate = defaultClockRates[source.kind];
    const { media, rtx } = source.continues ?? firstSequenceNumbers(random);
    this.#sequenceNumber = media;
    this.#rtxSequenceNumber = rtx;
  }

  get sequenceNumbers(): SequenceNumbers {
    return { media: this.#sequenceNumber, rtx: this.#rtxSequenceNumber };
  }

  /** Gives it the next number, and keeps it if it may be asked for again. */
  number(
    packet: OutgoingPacket,
    extensions: readonly RtpExtension[],
    codec: RtpCodec | undefined,
    now: number,
  ): NumberedPacket {
    const { payloadType, timestamp, marker, payload } = packet;
    const sequenceNumber = this.#sequenceNumber++;
    if (codec) this.#clockRate = codec.clockRate;
    if (this.packets === 0 || timestamp !== this.#timestamp) this.#time(timestamp, now);
    this.#timestamp = timestamp;
    this.packets++;
    this.bytes += payload.length;
    if (codec?.nack)
      this.#history.add({
        sequenceNumber,
        payloadType,
        timestamp,
        marker,
        payload,
        extensions,
        sentAt: now,
        retransmittedAt: -Infinity,
        rtxPayloadType: codec.rtxPayloadType,
      });
    const { ssrc } = this.source;
    const header = {
      payloadType,
      marker,
      sequenceNumber: sequenceNumber & 0xffff,
      timestamp,
      ssrc,
      extensions,
    };
    return { source: this, header, payload };
  }

  /** A packet that is asked for, unless it is gone, or went out less than `pause` ms ago once more. */
  find(sequenceNumber: number, pause: number, now: number): KeptPacket | undefined {
    this.nacks++;
    const kept = this.#history.find(sequenceNumber, now);
    return kept && now - kept.retransmittedAt >= pause ? kept : undefined;
  }

  /** Something can be sent that tells nothing new. */
  get canPad(): boolean {
    return this.source.rtxSsrc !== undefined && this.#history.last?.rtxPayloadType !== undefined;
  }

  /** Something large of what was sent lately once more, as a retransmission that nobody asked for: receivers know to drop it. */
  padding(): NumberedPacket | undefined {
    const kept = this.canPad ? this.#history.largestOfLast(paddingFrom) : undefined;
    return kept && this.again(kept);
  }

  /** As RTX (RFC 4588, 4) if both sides have it, else just so. */
  again(kept: KeptPacket): NumberedPacket {
    const { payloadType, timestamp, marker, payload, extensions, sequenceNumber, rtxPayloadType } = kept;
    const { ssrc, rtxSsrc } = this.source;
    const common = { timestamp, marker, extensions };
    if (rtxSsrc === undefined || rtxPayloadType === undefined)
      return {
        source: this,
        header: { ...common, payloadType, ssrc, sequenceNumber: sequenceNumber & 0xffff },
        payload,
      };
    const withNumber = new Uint8Array(2 + payload.length);
    writeUint16(withNumber, 0, sequenceNumber & 0xffff);
    withNumber.set(payload, 2);
    const header = {
      ...common,
      payloadType: rtxPayloadType,
      ssrc: rtxSsrc,
      sequenceNumber: this.#rtxSequenceNumber++ & 0xffff,
    };
    return { source: this, header, payload: withNumber };
  }

  report(now: number): SenderReport {
    const { timestamp, at } = this.#soonest;
    this.#isReported = true;
    return {
      type: 'sender-report',
      ssrc: this.source.ssrc,
      ntp: toNtp(now),
      rtpTimestamp: (timestamp + this.#ticks(now - at)) >>> 0,
      packets: this.packets % 2 ** 32,
      octets: this.bytes % 2 ** 32,
      reports: [],
    };
  }

  /** One that had to wait, for this machine was busy, says nothing of when it was captured. */
  #time(timestamp: number, now: number): void {
    const soonest = this.#soonest;
    const late = this.#ticks(now - soonest.at) - ((timestamp - soonest.timestamp) | 0);
    if (!this.#isReported && late > 0 && late <= this.#ticks(longestWait)) return;
    this.#soonest = { timestamp, at: now };
    this.#isReported = false;
  }

  #ticks(time: number): number {
    return Math.round((time * this.#clockRate) / 1000);
  }
}
