/** The server's own frames (RFC 7395, 3.4–3.6; RFC 6120, 4.3): opening, features, errors, closing. */
import { buildCaps, capsVer } from '../../xmpp/caps.ts';
import type { DiscoInfo } from '../../xmpp/disco.ts';
import { buildStreamError } from '../../xmpp/framing.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { type XmlElement, xml } from '../../xml/element.ts';
import { serialize } from '../../xml/serialize.ts';

/** Strophe takes a frame for a close in mid-session only when it is exactly this text. */
export const closeFrame: string = `<close xmlns="${ns.framing}" />`;

export function openFrame(from: string, id: string): string {
  return serialize(xml(ns.framing, 'open', { from, id, version: '1.0', 'xml:lang': 'en' }));
}

export function streamErrorFrame(condition: string, text?: string): string {
  return serialize(buildStreamError(condition, text));
}

/** What is offered before authentication. */
export function mechanismsFrame(mechanisms: readonly string[]): string {
  const offered = mechanisms.map((mechanism) => xml(ns.sasl, 'mechanism', {}, mechanism));
  return featuresFrame(xml(ns.sasl, 'mechanisms', {}, ...offered));
}

/** What is offered after it. `session` is for clients of RFC 3921; it does nothing. */
export function bindFeaturesFrame(domain: DiscoInfo): string {
  return featuresFrame(
    xml(ns.bind, 'bind', {}, xml(ns.bind, 'required')),
    xml(ns.session, 'session', {}, xml(ns.session, 'optional')),
    buildCaps({ node: 'urn:jitsi-headless:sandbox', hash: 'sha-1', ver: capsVer(domain) }),
    xml(ns.sm, 'sm', {}, xml(ns.sm, 'optional')),
  );
}

function featuresFrame(...features: readonly XmlElement[]): string {
  return serialize(xml(ns.streams, 'features', {}, ...features));
}
