/** What the focus says about itself: to disco#info queries, and in the presence of each room (jicofo `JitsiMeetConferenceImpl.java`). */
import { jitsiNs } from '../../jitsi/namespaces.ts';
import { buildCaps, capsVer } from '../../xmpp/caps.ts';
import { buildDiscoInfo, type DiscoInfo } from '../../xmpp/disco.ts';
import { localOf } from '../../xmpp/jid.ts';
import { buildMucJoin } from '../../xmpp/muc.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { presence } from '../../xmpp/stanza.ts';
import { type XmlElement, xml } from '../../xml/element.ts';

/** The nick that makes an occupant the focus, for every client. */
export const focusNick = 'focus';

const discoInfo: DiscoInfo = {
  identities: [{ category: 'client', type: 'pc', name: 'focus' }],
  features: [ns.discoInfo, ns.caps, ns.ping, ns.muc, 'https://jitsi.org/meet/jicofo/terminate-restart'],
  forms: [],
};

const caps: XmlElement = buildCaps({
  hash: 'sha-1',
  node: 'http://jitsi.org/jicofo',
  ver: capsVer(discoInfo),
});

/** The answer's query; it names the node that was asked for. */
export function focusDiscoInfo(node: string | undefined): XmlElement {
  return buildDiscoInfo(node === undefined ? discoInfo : { ...discoInfo, node });
}

export interface FocusPresence {
  properties: ReadonlyMap<string, string>;
  /** There is no bridge for the members. */
  isBridgeMissing: boolean;
  /** The first presence in a room asks to enter it. */
  isJoining: boolean;
}

export function focusPresence(
  room: string,
  { properties, isBridgeMissing, isJoining }: FocusPresence,
): XmlElement {
  return presence(
    { to: `${room}/${focusNick}` },
    isJoining ? buildMucJoin() : undefined,
    xml(ns.client, 'priority', {}, '0'),
    xml(jitsiNs.etherpad, 'etherpad', {}, localOf(room)),
    xml(jitsiNs.jitmeet, 'versions', {}, xml(jitsiNs.jitmeet, 'component', { name: 'focus' }, '1.1.sandbox')),
    xml(
      jitsiNs.focus,
      'conference-properties',
      {},
      ...[...properties].map(([key, value]) => xml(jitsiNs.focus, 'property', { key, value })),
    ),
    isBridgeMissing ? xml(jitsiNs.focus, 'bridgeNotAvailable') : undefined,
    caps,
  );
}
