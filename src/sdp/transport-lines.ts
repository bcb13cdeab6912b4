/**
 * What an m-line says about its transport: ICE credentials and candidates (RFC 8839), DTLS fingerprints and `setup`
 * (RFC 8122, RFC 8842), the SCTP port (RFC 8841). `cryptex` (RFC 9335) may stand at session level only, as Jitsi has it.
 */
import { defined } from '../base/defined.ts';
import type { DtlsSetup, Fingerprint, IceTransport, SctpParameters } from '../jingle/model.ts';
import { buildCandidate, parseCandidate } from './candidate.ts';
import { attribute, attributes } from './sdp.ts';

/**
 * Only candidates for RTP are written, as only those are read: everything is multiplexed, component 2 is never used
 * (RFC 8843, 9.3).
 * @param protocols only candidates of these
 */
export function buildTransportLines(
  { ufrag, pwd, fingerprints, candidates }: IceTransport,
  protocols?: readonly string[],
): string[] {
  return [
    ...(ufrag === undefined ? [] : [`a=ice-ufrag:${ufrag}`]),
    ...(pwd === undefined ? [] : [`a=ice-pwd:${pwd}`]),
    ...fingerprints.map(({ hash, value }) => `a=fingerprint:${hash} ${value}`),
    ...candidates
      .filter(({ component, protocol }) => component === 1 && (protocols?.includes(protocol) ?? true))
      .map((candidate) => `a=${buildCandidate(candidate)}`),
  ];
}

/**
 * @param lines an m-line's
 * @param session the session's, which hold for m-lines that say nothing themselves
 * @throws ParseError (`sdp-bad-candidate`)
 */
export function parseTransportLines(lines: readonly string[], session: readonly string[]): IceTransport {
  const value = (name: string): string | undefined => attribute(lines, name) ?? attribute(session, name);
  const fingerprints = attributes(lines, 'fingerprint');
  const setup = setups.find((each) => each === value('setup'));
  const cryptex = value('cryptex') === undefined ? undefined : true;
  return defined({
    ufrag: value('ice-ufrag'),
    pwd: value('ice-pwd'),
    rtcpMux: false,
    fingerprints: (fingerprints.length > 0 ? fingerprints : attributes(session, 'fingerprint')).flatMap(
      (text): Fingerprint[] => {
        const [hash, hex] = text.trim().split(/\s+/);
        if (!hash || !hex) return [];
        // The bridge compares text (jitsi-videobridge `DtlsUtils.verifyAndValidateCertificate`).
        return [defined({ hash: hash.toLowerCase(), value: hex.toUpperCase(), setup, cryptex })];
      },
    ),
    // XEP-0176 wants an id; SDP has none.
    candidates: attributes(lines, 'candidate')
      .map((text) => parseCandidate(`candidate:${text}`))
      .filter(({ component }) => component === 1)
      .map((candidate, index) => ({ ...candidate, id: `c${index}` })),
    webSocketUrls: [],
    sctp: parseSctp(lines),
  });
}

const setups: readonly DtlsSetup[] = ['actpass', 'active', 'passive', 'holdconn'];

/** `sctp-port`, or what was before it: `sctpmap`. */
function parseSctp(lines: readonly string[]): SctpParameters | undefined {
  const [port = ''] = (attribute(lines, 'sctp-port') ?? attribute(lines, 'sctpmap') ?? '').split(' ');
  // Nobody limits the streams here; lib-jitsi-meet writes 0 because readers want a number.
  return /^\d{1,5}$/.test(port)
    ? { port: Number(port), protocol: 'webrtc-datachannel', streams: 0 }
    : undefined;
}
