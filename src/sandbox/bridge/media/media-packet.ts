/** A packet on its way from its sender to many; what does not depend on the receiver is made once. */
import type { CodecName } from '../../../rtp/parameters.ts';
import { isKeyFrameStart } from '../../../rtp/codecs/key-frames.ts';
import { extensionOf, type RtpPacket } from '../../../rtp/packet.ts';
import type { ExtensionIds, Format } from './formats.ts';
import { type HeaderTemplate, headerTemplate } from './outgoing/header-template.ts';

export class MediaPacket {
  readonly rtp: RtpPacket;
  /** Counts the packets of its source; does not wrap, and has no gaps where the bridge dropped something on purpose. */
  readonly number: number;
  readonly format: Format;
  readonly #from: ExtensionIds;
  readonly #templates = new Map<ExtensionIds, HeaderTemplate>();
  #isStart: boolean | undefined;

  /** @param from the sender's identifiers of header extensions */
  constructor(rtp: RtpPacket, number: number, format: Format, from: ExtensionIds) {
    this.rtp = rtp;
    this.number = number;
    this.format = format;
    this.#from = from;
  }

  get dependencyDescriptor(): Uint8Array | undefined {
    return extensionOf(this.rtp, this.#from.dependencyDescriptor);
  }

  /** A decoder can begin with it. Audio can be begun anywhere, and so can what this bridge knows nothing of. */
  get isStart(): boolean {
    const codec = videoCodecs.find((name) => name === this.format.name);
    this.#isStart ??= codec === undefined || isKeyFrameStart(codec, this.rtp.payload);
    return this.#isStart;
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

const videoCodecs: readonly CodecName[] = ['vp8', 'vp9', 'h264', 'av1'];
