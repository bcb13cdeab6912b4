/** What a packet's payload type says: its codec, and whether it is a retransmission. */
import type { RtpCodec, RtpParameters } from './parameters.ts';

export interface PayloadType {
  codec: RtpCodec;
  isRetransmission: boolean;
  /** The identifier of the extension with the transport-wide sequence number. */
  transportSequenceId: number | undefined;
}

/** By payload type. */
export function payloadTypesOf({ codecs, extensions }: RtpParameters): (PayloadType | undefined)[] {
  const table: (PayloadType | undefined)[] = Array.from({ length: 128 });
  for (const codec of codecs) {
    const transportSequenceId = extensions.transportSequence?.[codec.kind];
    table[codec.payloadType] = { codec, isRetransmission: false, transportSequenceId };
    if (codec.rtxPayloadType !== undefined)
      table[codec.rtxPayloadType] = { codec, isRetransmission: true, transportSequenceId };
  }
  return table;
}
