/**
 * Reads the transport of a client's Jingle message from the raw elements. Only the first one counts: everything is bundled
 * (jicofo `ConferenceUtil.kt`, `getTransport`).
 */
import { defined } from '../../../base/defined.ts';
import type { DtlsSetup, Fingerprint, IceCandidate, IceTransport } from '../../../jingle/model.ts';
import { childrenNamed, text, type XmlElement } from '../../../xml/element.ts';
import { wire } from '../namespaces.ts';

export function readTransport(jingle: XmlElement): IceTransport | undefined {
  const [transport] = childrenNamed(jingle, 'content', wire.jingle).flatMap((content) =>
    childrenNamed(content, 'transport', wire.iceUdp),
  );
  if (!transport) return undefined;
  const { ufrag, pwd } = transport.attrs;
  return defined({
    ufrag,
    pwd,
    iceGeneration: readInteger(transport.attrs['ice-generation']),
    // Jicofo adds it where it is missing.
    rtcpMux: true,
    fingerprints: childrenNamed(transport, 'fingerprint', wire.dtls).map(readFingerprint),
    candidates: childrenNamed(transport, 'candidate', wire.iceUdp).flatMap(readCandidate),
    webSocketUrls: [],
  });
}

/** `initial-last-n` of the content named `video` (jicofo `Participant.kt`, `onSessionOrTransportAccept`). */
export function readInitialLastN(jingle: XmlElement): number | undefined {
  const video = childrenNamed(jingle, 'content', wire.jingle).find(({ attrs }) => attrs.name === 'video');
  return readInteger(video && childrenNamed(video, 'initial-last-n', wire.colibri2)[0]?.attrs.value);
}

const setups: readonly DtlsSetup[] = ['actpass', 'active', 'passive', 'holdconn'];

function readFingerprint(element: XmlElement): Fingerprint {
  return defined({
    hash: element.attrs.hash ?? '',
    value: text(element).trim(),
    setup: setups.find((known) => known === element.attrs.setup),
    cryptex: element.attrs.cryptex === undefined ? undefined : element.attrs.cryptex === 'true',
  });
}

/** A candidate that lacks what a check needs is of no use to a bridge. */
function readCandidate({ attrs }: XmlElement): IceCandidate[] {
  const component = readInteger(attrs.component);
  const port = readInteger(attrs.port);
  const priority = readInteger(attrs.priority);
  const { ip, protocol, type } = attrs;
  if (component === undefined || port === undefined || priority === undefined || !ip || !protocol || !type)
    return [];
  return [
    defined({
      foundation: attrs.foundation ?? '',
      component,
      protocol: protocol.toLowerCase(),
      priority,
      ip,
      port,
      type,
      relatedAddress: attrs['rel-addr'],
      relatedPort: readInteger(attrs['rel-port']),
      tcpType: attrs.tcptype,
      generation: readInteger(attrs.generation) ?? 0,
      id: attrs.id,
    }),
  ];
}

function readInteger(value: string | undefined): number | undefined {
  return value !== undefined && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
}
