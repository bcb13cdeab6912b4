/**
 * `<transport/>`: ICE-UDP (XEP-0176 1.1.1), DTLS fingerprints (XEP-0320 1.0.0), the SCTP map (XEP-0343 0.3.1) and what Jitsi
 * adds: colibri `web-socket` URLs, `ice-generation`, `cryptex`. Not implemented: `remote-candidate`, `network`.
 * A broken fingerprint, candidate or URL is left out, and one that a browser would refuse the whole description for: each is one
 * of several, and without any the session fails later with a clearer reason.
 */
import { defined } from '../base/defined.ts';
import { child, childrenNamed, text, type XmlElement, xml } from '../xml/element.ts';
import { keep, type LeftOut } from './left-out.ts';
import type { Fingerprint, IceCandidate, IceTransport, SctpParameters } from './model.ts';
import { jingleNs } from './namespaces.ts';
import { flag, integer, nonEmpty, oneOf, word, writtenAs } from './wire-values.ts';

const maxUint32 = 2 ** 32 - 1;

/** Bytes of the hash functions that a fingerprint may be of (RFC 8122, 5; RFC 4572). */
const hashLengths: ReadonlyMap<string, number> = new Map([
  ['md5', 16],
  ['sha-1', 20],
  ['sha-224', 28],
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
]);
const candidateTypes = ['host', 'srflx', 'prflx', 'relay'];
const candidateProtocols = ['udp', 'tcp', 'ssltcp', 'tls'];

export function parseIceTransport(element: XmlElement, leftOut: LeftOut): IceTransport {
  const { attrs } = element;
  const all = <Value>(name: string, ns: string, read: (each: XmlElement) => Value | undefined): Value[] =>
    childrenNamed(element, name, ns).flatMap(keep(read, writtenAs, leftOut));
  return defined({
    ufrag: word(attrs.ufrag),
    pwd: word(attrs.pwd),
    iceGeneration: integer(attrs['ice-generation'], 0, maxUint32),
    rtcpMux: child(element, 'rtcp-mux', jingleNs.iceUdp) !== undefined,
    fingerprints: all('fingerprint', jingleNs.dtls, parseFingerprint),
    candidates: all('candidate', jingleNs.iceUdp, parseIceCandidate),
    webSocketUrls: all('web-socket', jingleNs.colibri, parseWebSocketUrl),
    sctp: parseSctpMap(child(element, 'sctpmap', jingleNs.dtlsSctp)),
  });
}

/** Children in Jicofo's order. */
export function buildIceTransport(transport: IceTransport): XmlElement {
  const { ufrag, pwd, iceGeneration, sctp } = transport;
  return xml(
    jingleNs.iceUdp,
    'transport',
    { ufrag, pwd, 'ice-generation': iceGeneration },
    ...transport.webSocketUrls.map((url) => xml(jingleNs.colibri, 'web-socket', { url })),
    transport.rtcpMux ? xml(jingleNs.iceUdp, 'rtcp-mux') : undefined,
    ...transport.fingerprints.map(buildFingerprint),
    sctp &&
      xml(jingleNs.dtlsSctp, 'sctpmap', {
        number: sctp.port,
        protocol: sctp.protocol,
        streams: sctp.streams,
      }),
    ...transport.candidates.map(buildIceCandidate),
  );
}

function parseWebSocketUrl({ attrs }: XmlElement): string | undefined {
  const url = word(attrs.url);
  return url !== undefined && /^wss?:\/\/[^/]/i.test(url) ? url : undefined;
}

function parseFingerprint(element: XmlElement): Fingerprint | undefined {
  const hash = word(element.attrs.hash)?.toLowerCase();
  // Jitsi Videobridge compares fingerprints as strings: upper-case (`DtlsUtils.verifyAndValidateCertificate`).
  const value = text(element).trim().toUpperCase();
  const length = hashLengths.get(hash ?? '');
  if (hash === undefined || length === undefined || value.length !== length * 3 - 1) return undefined;
  if (!/^[0-9A-F]{2}(?::[0-9A-F]{2})+$/.test(value)) return undefined;
  const setup = oneOf(element.attrs.setup, ['actpass', 'active', 'passive', 'holdconn']);
  return defined({ hash, value, setup, cryptex: flag(element.attrs.cryptex) });
}

function buildFingerprint({ hash, value, setup, cryptex }: Fingerprint): XmlElement {
  // Jicofo writes `required` and `cryptex`, browser clients neither (`DtlsFingerprintPacketExtension.copy`).
  const required = cryptex === undefined ? undefined : false;
  return xml(jingleNs.dtls, 'fingerprint', { hash, required, setup, cryptex }, value);
}

function parseIceCandidate({ attrs }: XmlElement): IceCandidate | undefined {
  const foundation = word(attrs.foundation);
  const component = integer(attrs.component, 1, 256);
  const protocol = oneOf(attrs.protocol?.toLowerCase(), candidateProtocols);
  const priority = integer(attrs.priority, 0, maxUint32);
  const ip = word(attrs.ip);
  const port = integer(attrs.port, 0, 65535);
  const type = oneOf(attrs.type, candidateTypes);
  if (
    foundation === undefined ||
    component === undefined ||
    protocol === undefined ||
    priority === undefined ||
    ip === undefined ||
    port === undefined ||
    type === undefined
  ) {
    return undefined;
  }
  const tcpType = oneOf(attrs.tcptype, ['active', 'passive', 'so']);
  // Nothing can be sent to port 0; who only opens connections of its own may have it (RFC 6544, 4.5).
  if (port === 0 && tcpType !== 'active') return undefined;
  return defined({
    foundation,
    component,
    protocol,
    priority,
    ip,
    port,
    type,
    relatedAddress: word(attrs['rel-addr']),
    relatedPort: integer(attrs['rel-port'], 0, 65535),
    tcpType,
    generation: integer(attrs.generation, 0, maxUint32) ?? 0,
    id: nonEmpty(attrs.id),
  });
}

function buildIceCandidate(candidate: IceCandidate): XmlElement {
  const { component, foundation, generation, id, ip, port, priority, protocol, type } = candidate;
  return xml(jingleNs.iceUdp, 'candidate', {
    component,
    foundation,
    generation,
    id,
    ip,
    network: 0,
    port,
    priority,
    protocol,
    'rel-addr': candidate.relatedAddress,
    'rel-port': candidate.relatedPort,
    tcptype: candidate.tcpType,
    type,
  });
}

function parseSctpMap(element: XmlElement | undefined): SctpParameters | undefined {
  const port = integer(element?.attrs.number, 1, 65535);
  if (element === undefined || port === undefined) return undefined;
  const { protocol, streams } = element.attrs;
  return defined({
    port,
    protocol: word(protocol) ?? 'webrtc-datachannel',
    streams: integer(streams, 0, 65535),
  });
}
