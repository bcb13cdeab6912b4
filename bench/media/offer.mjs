/** What the bridge's end offers to the peers that are compared: one video on one transport, as Jitsi numbers things. */

export const stream = { payloadType: 100, ssrc: 1111, rtxPayloadType: 96, rtxSsrc: 1112 };
export const extensionId = 5;
const transportWide = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/** @param transport the bridge's side, as the port's `local` */
export function offerSdp({ ufrag, pwd, fingerprints, candidates }) {
  const [{ hash, value }] = fingerprints;
  return `${[
    'v=0',
    'o=- 1 2 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=msid-semantic: WMS *',
    'm=video 9 UDP/TLS/RTP/SAVPF 100 96',
    'c=IN IP4 0.0.0.0',
    'a=rtpmap:100 VP8/90000',
    'a=rtpmap:96 rtx/90000',
    'a=fmtp:96 apt=100',
    'a=rtcp-fb:100 ccm fir',
    'a=rtcp-fb:100 nack',
    'a=rtcp-fb:100 nack pli',
    'a=rtcp-fb:100 transport-cc',
    `a=extmap:${extensionId} ${transportWide}`,
    'a=setup:actpass',
    'a=mid:0',
    'a=sendrecv',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:${hash} ${value}`,
    ...candidates.map(
      ({ foundation, component, protocol, priority, ip, port, type }) =>
        `a=candidate:${foundation} ${component} ${protocol} ${priority} ${ip} ${port} typ ${type} generation 0`,
    ),
    'a=ssrc:1111 cname:bench',
    'a=ssrc:1111 msid:stream track',
    'a=ssrc:1112 cname:bench',
    'a=ssrc:1112 msid:stream track',
    'a=ssrc-group:FID 1111 1112',
    'a=rtcp-mux',
    'a=rtcp-rsize',
  ].join('\r\n')}\r\n`;
}
