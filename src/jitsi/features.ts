/**
 * What a participant announces it can do (disco#info features; jicofo `Features.kt`). The focus builds its offer from
 * them, and an answer takes nothing back: nothing is announced that is not done.
 */
import { type Caps, capsVer } from '../xmpp/caps.ts';
import type { DiscoInfo } from '../xmpp/disco.ts';
import { ns } from '../xmpp/namespaces.ts';

export const feature = {
  jsonSources: 'http://jitsi.org/json-encoded-sources',
  sourceNames: 'http://jitsi.org/source-name',
  ssrcRewriting: 'http://jitsi.org/ssrc-rewriting-1',
  midDemux: 'http://jitsi.org/rtp-mid-demux',
  transportCc: 'http://jitsi.org/tcc',
  remb: 'http://jitsi.org/remb',
  opusRed: 'http://jitsi.org/opus-red',
  rtx: 'urn:ietf:rfc:4588',
  jingle: 'urn:xmpp:jingle:1',
  rtp: 'urn:xmpp:jingle:apps:rtp:1',
  audio: 'urn:xmpp:jingle:apps:rtp:audio',
  video: 'urn:xmpp:jingle:apps:rtp:video',
  dtls: 'urn:xmpp:jingle:apps:dtls:0',
  iceUdp: 'urn:xmpp:jingle:transports:ice-udp:1',
  dtlsSctp: 'urn:xmpp:jingle:transports:dtls-sctp:1',
} as const;

/** What every participant of this library announces. */
export const defaultFeatures: readonly string[] = [
  ns.caps,
  feature.jsonSources,
  feature.sourceNames,
  feature.jingle,
  feature.dtls,
  feature.rtp,
  feature.audio,
  feature.video,
  feature.dtlsSctp,
  feature.iceUdp,
];

/**
 * What those announce who want bridge messages only. Audio stays: a focus whose bridges have no SCTP offers nothing else that
 * has a transport in it.
 */
export const dataFeatures: readonly string[] = defaultFeatures.filter((name) => name !== feature.video);

/**
 * What is announced besides where RTP is ours: retransmissions, and transport-wide feedback over everything that comes. Whoever announces both
 * and sends no feedback gets no video any more after 20 s (media dossier, 12).
 */
export const congestionFeatures: readonly string[] = [feature.rtx, feature.transportCc];

/** The node under which Jitsi's clients publish their features. */
const capsNode = 'https://jitsi.org/jitsi-meet';

/** A client's disco#info: features only, no identity, as the reference client has it (lib-jitsi-meet `Caps.ts`). */
export function clientDiscoInfo(features: readonly string[]): DiscoInfo {
  return { identities: [], features, forms: [] };
}

export function clientCaps(features: readonly string[]): Caps {
  return { node: capsNode, ver: capsVer(clientDiscoInfo(features)), hash: 'sha-1' };
}
