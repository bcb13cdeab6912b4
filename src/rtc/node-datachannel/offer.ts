/** The bridge's transport as an offer of one data m-line (RFC 8841): libdatachannel takes parameters in SDP only. */
import type { IceTransport } from '../../jingle/model.ts';
import { writeSdp } from '../../sdp/sdp.ts';
import { buildTransportLines } from '../../sdp/transport-lines.ts';

export const mid = 'data';

/** @param maxMessageSize bytes that we may send in one message */
export function dataOffer(
  transport: IceTransport,
  { sctpPort, maxMessageSize }: { sctpPort: number; maxMessageSize: number },
): string {
  return writeSdp({
    session: ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', `a=group:BUNDLE ${mid}`],
    media: [
      [
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
        'c=IN IP4 0.0.0.0',
        `a=mid:${mid}`,
        'a=setup:actpass',
        ...buildTransportLines(transport),
        `a=sctp-port:${sctpPort}`,
        `a=max-message-size:${maxMessageSize}`,
      ],
    ],
  });
}
