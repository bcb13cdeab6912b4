/**
 * Packets that tell a receiver nothing new, sent to see whether more fits (jitsi-videobridge `BandwidthProbing.kt`, `ProbingDataSender.kt`): what was sent lately once more,
 * as a retransmission, and where that cannot be, padding on the bridge's own SSRC (media 12).
 */
import type { Milliseconds } from '../../../../base/clock.ts';
import { writeUint16 } from '../../../../rtp/bytes.ts';
import { buildRtpHeader } from '../../../../rtp/packet.ts';
import type { EndpointFormats } from '../formats.ts';

/** A length of padding is told in a byte. */
const longestPadding = 255;
const paddingBytes = new Uint8Array(longestPadding).fill(0, 0, longestPadding - 1);
paddingBytes[longestPadding - 1] = longestPadding;

/** On the bridge's SSRC, to one receiver. */
export class PaddingStream {
  readonly #ssrc: number;
  readonly #payloadType: number | undefined;
  readonly #transportSequence: number | undefined;
  #sequence: number;

  /** @param sequence where it begins to count, 16 bits */
  constructor(ssrc: number, formats: EndpointFormats, sequence: number) {
    this.#ssrc = ssrc;
    this.#payloadType = formats.anyVideo?.payloadType;
    this.#transportSequence = formats.extensions.video.transportSequence;
    this.#sequence = sequence;
  }

  /** A packet of nothing, with its transport-wide number; undefined for a receiver without video. */
  next(transportSequence: number): { header: Uint8Array; payload: Uint8Array } | undefined {
    if (this.#payloadType === undefined || this.#transportSequence === undefined) return undefined;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const value = new Uint8Array(2);
    writeUint16(value, 0, transportSequence);
    const header = buildRtpHeader(
      {
        payloadType: this.#payloadType,
        marker: false,
        sequenceNumber: this.#sequence,
        timestamp: 0,
        ssrc: this.#ssrc,
        extensions: [{ id: this.#transportSequence, value }],
      },
      true,
    );
    return { header, payload: paddingBytes };
  }
}

/** What is wanted, and what of it is forwarded now; bit/s. */
export interface Demand {
  ideal: number;
  bitrate: number;
}

/** So much is sent beside what is forwarded, up to what would be wanted and what is known to fit. */
export class PaddingBudget {
  #bytes = 0;
  #last: Milliseconds | undefined;

  /** Bytes that are due. @param estimate bit/s */
  due({ bitrate, ideal }: Demand, estimate: number | undefined, now: Milliseconds): number {
    const passed = now - (this.#last ?? now);
    this.#last = now;
    if (estimate === undefined || ideal <= bitrate || ideal <= estimate) {
      this.#bytes = 0;
      return 0;
    }
    const rate = Math.min(ideal, estimate) - bitrate;
    this.#bytes = Math.max(0, this.#bytes + (rate * Math.min(passed, longestPause)) / 8_000);
    return this.#bytes;
  }

  sent(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** What was not sent for so long is not made up for. */
const longestPause: Milliseconds = 100;
