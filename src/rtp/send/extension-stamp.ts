/**
 * The header extensions of packets on their way out: the transport-wide sequence number, or else the time of sending, and the MID. Their
 * bytes are used again for the next packet.
 */
import { writeUint16, writeUint24 } from '../bytes.ts';
import type { RtpExtension } from '../packet.ts';
import type { MediaKind, RtpExtensionIds } from '../parameters.ts';
import { absoluteSendTime } from '../ntp.ts';

export class ExtensionStamp {
  readonly #ids: RtpExtensionIds;
  readonly #list: RtpExtension[] = [];
  readonly #sequence: RtpExtension = { id: 0, value: new Uint8Array(2) };
  readonly #sendTime: RtpExtension = { id: 0, value: new Uint8Array(3) };

  constructor(ids: RtpExtensionIds) {
    this.#ids = ids;
  }

  hasSequence(kind: MediaKind): boolean {
    return this.#ids.transportSequence?.[kind] !== undefined;
  }

  /** All of a packet: those of its own too. Valid until the next call. */
  stamp(
    kind: MediaKind,
    own: readonly RtpExtension[],
    mid: RtpExtension | undefined,
    sequenceNumber: number,
    now: number,
  ): readonly RtpExtension[] {
    const list = this.#list;
    list.length = 0;
    const sequenceId = this.#ids.transportSequence?.[kind];
    const { absSendTime } = this.#ids;
    if (sequenceId !== undefined) {
      this.#sequence.id = sequenceId;
      writeUint16(this.#sequence.value, 0, sequenceNumber);
      list.push(this.#sequence);
    } else if (absSendTime !== undefined && kind === 'video') {
      // Jitsi offers it for video only.
      this.#sendTime.id = absSendTime;
      writeUint24(this.#sendTime.value, 0, absoluteSendTime(now));
      list.push(this.#sendTime);
    }
    if (mid) list.push(mid);
    for (const extension of own) list.push(extension);
    return list;
  }
}
