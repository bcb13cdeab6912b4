/**
 * What the deployment's own domain answers: service discovery (XEP-0030), external services (XEP-0215, versions 1 and 2 of
 * its namespace), ping (XEP-0199), the session request of RFC 3921, presence without an address. Everything else is
 * `service-unavailable`.
 */
import { buildDiscoInfo, type DiscoIdentity, type DiscoInfo } from '../../xmpp/disco.ts';
import { buildExternalServices, type ExternalService } from '../../xmpp/extdisco.ts';
import { bareJid } from '../../xmpp/jid.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { is, type XmlElement, xml } from '../../xml/element.ts';
import { iqPayload, message } from '../../xmpp/stanza.ts';
import { errorReply, isIq, mayBeAnswered, resultReply, unhandled } from './replies.ts';
import type { Component } from './router.ts';

export interface DomainServiceOptions {
  domain: string;
  /** More virtual hosts that answer the same. */
  otherHosts: readonly string[];
  /** `component` identities: what a Jitsi client finds its services by. */
  identities: readonly DiscoIdentity[];
  /** Addresses of the parts, for disco#items. */
  items: readonly string[];
  externalServices: readonly ExternalService[];
  route(stanza: XmlElement): void;
  /** A client said that it is gone, without saying where from (RFC 6121, 4.5.2). */
  unavailable(stanza: XmlElement): void;
}

const serverIdentity: DiscoIdentity = { category: 'server', type: 'im', name: 'jitsi-headless sandbox' };

/** What the domain says of itself, asked or not. */
export function domainInfo(identities: readonly DiscoIdentity[]): DiscoInfo {
  return {
    identities: [...identities, serverIdentity],
    features: [ns.discoInfo, ns.discoItems, ns.ping, ns.extdisco, ns.extdisco1],
    forms: [],
  };
}

/**
 * The discovery message that a client gets unasked when it binds a resource (Prosody plugin `mod_jiconop`): identities,
 * no features.
 */
export function unaskedDiscovery(domain: string, to: string, info: DiscoInfo): XmlElement {
  return message({ from: domain, to }, buildDiscoInfo({ ...info, features: [] }));
}

export function createDomainService(options: DomainServiceOptions): Component {
  const hosts = new Set([options.domain, ...options.otherHosts]);

  function handle(stanza: XmlElement): void {
    const { from = '', to } = stanza.attrs;
    const isToHost = to === undefined || hosts.has(to) || to === bareJid(from);
    const reply = isToHost ? answer(stanza, to === undefined) : undefined;
    if (reply) options.route(reply);
    else if (stanza.name !== 'presence' && mayBeAnswered(stanza))
      options.route(errorReply(stanza, unhandled));
  }

  function answer(stanza: XmlElement, isUndirected: boolean): XmlElement | undefined {
    if (stanza.name === 'presence') {
      if (isUndirected) undirectedPresence(stanza);
      return undefined;
    }
    const payload = iqPayload(stanza);
    if (!payload) return undefined;
    if (isIq(stanza, 'set')) return is(payload, ns.session, 'session') ? resultReply(stanza) : undefined;
    if (!isIq(stanza, 'get')) return undefined;
    if (is(payload, ns.ping, 'ping')) return resultReply(stanza);
    if (is(payload, ns.discoInfo, 'query') && payload.attrs.node === undefined) {
      return resultReply(stanza, buildDiscoInfo(domainInfo(options.identities)));
    }
    if (is(payload, ns.discoItems, 'query') && payload.attrs.node === undefined) {
      const items = options.items.map((jid) => xml(ns.discoItems, 'item', { jid }));
      return resultReply(stanza, xml(ns.discoItems, 'query', {}, ...items));
    }
    if (is(payload, ns.extdisco, 'services') || is(payload, ns.extdisco1, 'services')) {
      const { type } = payload.attrs;
      const wanted = options.externalServices.filter(
        (service) => type === undefined || service.type === type,
      );
      return resultReply(stanza, buildExternalServices(wanted, payload.ns));
    }
    return undefined;
  }

  /** The account's own session gets a copy, as every available resource of an account would (RFC 6121, 4.2.2). */
  function undirectedPresence(stanza: XmlElement): void {
    const { from, type } = stanza.attrs;
    if (from === undefined) return;
    if (type === 'unavailable') options.unavailable(stanza);
    if (type === undefined || type === 'unavailable')
      options.route({ ...stanza, attrs: { ...stanza.attrs, to: from } });
  }

  return { serves: (domain) => hosts.has(domain), handle };
}
