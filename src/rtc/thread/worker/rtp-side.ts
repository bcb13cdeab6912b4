/** The RTP session of a transport in the network thread: its packets go into the outbox, its figures where the other thread sees them. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import type { ReceivedPacket, RemoteSource } from '../../../rtp/receive/types.ts';
import type { LocalSource, OutgoingPacket } from '../../../rtp/send/types.ts';
import type { PacketTransport } from '../../peer-transport.ts';
import type { RtpLink } from '../../rtp/rtp-link.ts';
import type { ThreadedRtpOptions } from '../messages.ts';
import { writeReceived, writeSent } from '../statistics-record.ts';
import type { Outbox } from './outbox.ts';

/** ms between two looks at all figures */
const interval = 100;

export class RtpSide {
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #link: RtpLink;
  readonly #codecs: ReadonlyMap<number, number>;
  readonly #received = new Map<number, { record: Float64Array; stream: number }>();
  readonly #sent = new Map<number, Float64Array>();
  /** Those of which a packet was dropped since the last that was not. */
  readonly #interrupted = new Set<number>();
  #cancelTimer: (() => void) | undefined;

  constructor(
    transport: Pick<PacketTransport, 'openRtp'>,
    number: number,
    options: ThreadedRtpOptions,
    clock: Clock,
    outbox: Outbox,
  ) {
    this.#outbox = outbox;
    this.#clock = clock;
    this.#codecs = new Map(options.parameters.codecs.map(({ payloadType }, index) => [payloadType, index]));
    this.#link = transport.openRtp(
      { ...options, clock, random: (length) => randomBytes(length) },
      {
        packet: (packet) => this.#packet(packet),
        reported: (ssrc, report) => {
          const stream = this.#received.get(ssrc)?.stream;
          if (stream !== undefined) outbox.mention({ name: 'reported', stream, report });
        },
        keyFrameRequested: (ssrc) => outbox.tell({ name: 'keyFrameRequested', link: number, ssrc }),
        available: (bitrate) => outbox.mention({ name: 'available', link: number, bitrate }),
        changed: () => this.#changed(),
      },
    );
  }

  addReceived(source: RemoteSource, stream: number, record: SharedArrayBuffer): void {
    this.#received.set(source.ssrc, { record: new Float64Array(record), stream });
    this.#link.addReceived(source);
  }

  removeReceived(ssrc: number): void {
    this.#received.delete(ssrc);
    this.#interrupted.delete(ssrc);
    this.#link.removeReceived(ssrc);
  }

  requestKeyFrame(ssrc: number): void {
    this.#link.requestKeyFrame(ssrc);
  }

  addSent(source: LocalSource, record: SharedArrayBuffer): void {
    this.#sent.set(source.ssrc, new Float64Array(record));
    this.#link.addSent(source);
  }

  removeSent(ssrc: number): void {
    this.#sent.delete(ssrc);
    this.#link.removeSent(ssrc);
  }

  send(ssrc: number, packet: OutgoingPacket): void {
    this.#link.send(ssrc, packet);
  }

  close(): void {
    this.#cancelTimer?.();
    this.#link.close();
  }

  #packet(packet: ReceivedPacket): void {
    const { ssrc } = packet;
    if (this.#outbox.isFull) {
      this.#interrupted.add(ssrc);
      return;
    }
    const codec = this.#codecs.get(packet.codec.payloadType);
    const received = this.#received.get(ssrc);
    if (codec === undefined || !received) return;
    const gap = packet.gap || this.#interrupted.delete(ssrc);
    this.#outbox.packet(received.stream, codec, gap === packet.gap ? packet : { ...packet, gap });
    // Whoever gets it may ask at once.
    const figures = this.#link.receivedStatistics(ssrc);
    if (figures) writeReceived(received.record, figures);
  }

  #changed(): void {
    this.#cancelTimer ??= this.#clock.schedule(interval, () => {
      this.#cancelTimer = undefined;
      this.#writeAll();
    });
  }

  #writeAll(): void {
    for (const [ssrc, { record }] of this.#received) {
      const figures = this.#link.receivedStatistics(ssrc);
      if (figures) writeReceived(record, figures);
    }
    for (const [ssrc, record] of this.#sent) {
      const figures = this.#link.sentStatistics(ssrc);
      const numbers = this.#link.sequenceNumbers(ssrc);
      if (figures && numbers) writeSent(record, figures, numbers.rtx);
    }
  }
}
