/** Answers to the requests of others that need no conference state: disco#info, pings, and a refusal of everything unknown. */
import { is, type XmlElement } from '../xml/element.ts';
import { buildDiscoInfo } from '../xmpp/disco.ts';
import { ns } from '../xmpp/namespaces.ts';
import { errorReply, iqPayload, iqResult } from '../xmpp/stanza.ts';
import { clientDiscoInfo } from '../jitsi/features.ts';

/** @param features what we announce; the focus builds its offer from this answer */
export function answerIq(iq: XmlElement, features: readonly string[]): XmlElement {
  const payload = iqPayload(iq);
  if (iq.attrs.type === 'get' && payload && is(payload, ns.discoInfo, 'query')) {
    // Asked with the caps node (XEP-0115, 6.2) or without: the same answer, the node echoed.
    const node = payload.attrs.node;
    return iqResult(
      iq,
      buildDiscoInfo({ ...clientDiscoInfo(features), ...(node === undefined ? {} : { node }) }),
    );
  }
  if (iq.attrs.type === 'get' && payload && is(payload, ns.ping, 'ping')) return iqResult(iq);
  // RFC 6120, 8.4: a request that is not understood is refused, never ignored.
  return errorReply(iq, 'cancel', 'service-unavailable');
}
