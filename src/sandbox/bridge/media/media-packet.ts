/** A packet on its way from its sender to many; what does not depend on the receiver is made once. */
import type { Milliseconds } from '../../../base/clock.ts';
import type { CodecName } from '../../../rtp/parameters.ts';
import { vp9SpatialLayer } from '../../../rtp/codecs/vp9/descriptor.ts';
import { isKeyFrameStart } from '../../../rtp/codecs/key-frames.ts';
import { extensionOf, type RtpPacket } from '../../../rtp/packet.ts';
import type { NtpTime } from '../../../rtp/rtcp.ts';
import type { ExtensionIds, Format } from './formats.ts';
import { type HeaderTemplate, headerTemplate } from './outgoing/header-template.ts';

/** One stream of a source, with an SSRC of its own: of audio the only one, of simulcast one size of the picture (jitsi-videobridge `RtpEncodingDesc.kt`). */
export interface Encoding {
  readonly ssrc: number;
  /** Among those of its source, the smallest first. */
  readonly index: number;
  /** Number of the newest packet. */
  readonly latest: number;
  /** What its timestamps are, by the last sender report. */
  readonly clock: SenderClock | undefined;
  /** A packet that may be sent again. */
  kept(number: number, now: Milliseconds): MediaPacket | undefined;
}

/** An instant of the sender's clock, and what its stream calls it. */
export interface SenderClock {
  ntp: NtpTime;
  rtpTimestamp: number;
}

export class MediaPacket {
  readonly encoding: Encoding;
  readonly rtp: RtpPacket;
  /** Counts the packets of its encoding; does not wrap, and has no gaps where the bridge dropped something on purpose. */
  readonly number: number;
  readonly format: Format;
  readonly #from: ExtensionIds;
  readonly #templates = new Map<ExtensionIds, HeaderTemplate>();
  #isStart: boolean | undefined;

  /** @param from the sender's identifiers of header extensions */
  constructor(encoding: Encoding, rtp: RtpPacket, number: number, format: Format, from: ExtensionIds) {
    this.encoding = encoding;
    this.rtp = rtp;
    this.number = number;
    this.format = format;
    this.#from = from;
  }

  get dependencyDescriptor(): Uint8Array | undefined {
    return extensionOf(this.rtp, this.#from.dependencyDescriptor);
  }

  /** Undefined for audio, and for what this bridge knows nothing of. */
  get videoCodec(): CodecName | undefined {
    return videoCodecs.get(this.format.name);
  }

  /** A decoder can begin with it. Audio can be begun anywhere, and so can what this bridge knows nothing of. */
  get isStart(): boolean {
    const codec = this.videoCodec;
    this.#isStart ??= codec === undefined || isKeyFrameStart(codec, this.rtp.payload);
    return this.#isStart;
  }

  /** The spatial layer within its encoding; 0 where there are none, or this bridge does not know of them. */
  get spatialId(): number {
    return this.format.name === 'vp9' ? vp9SpatialLayer(this.rtp.payload) : 0;
  }

  /** A picture begins, with its lowest spatial layer. Told of VP9 only: of others nothing within an encoding is left out. */
  get isPictureStart(): boolean {
    return this.format.name === 'vp9' && ((this.rtp.payload[0] ?? 0) & 0x08) !== 0 && this.spatialId === 0;
  }

  /** Nothing more of the picture comes in this spatial layer. */
  get isLayerEnd(): boolean {
    return this.format.name === 'vp9' && ((this.rtp.payload[0] ?? 0) & 0x04) !== 0;
  }

  /** Receivers with the same `to` share one. */
  template(to: ExtensionIds, mid: Uint8Array | undefined): HeaderTemplate {
    if (mid) return headerTemplate(this.rtp, this.#from, to, mid);
    let template = this.#templates.get(to);
    if (!template) {
      template = headerTemplate(this.rtp, this.#from, to);
      this.#templates.set(to, template);
    }
    return template;
  }
}

const videoCodecs: ReadonlyMap<string, CodecName> = new Map(
  (['vp8', 'vp9', 'h264', 'av1'] as const).map((name) => [name, name]),
);
