/**
 * Where stanzas go (RFC 6120, 10): sessions and in-process links by address, components by domain, errors back to the
 * sender for what has nowhere to go.
 *
 * Stanzas are delivered one after the other from a queue, never from within the call that sends one: handlers do not
 * recurse, and everybody sees the same order.
 */
import { messageOf, UsageError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { bareJid, domainOf } from '../../xmpp/jid.ts';
import { type XmlElement, withAttrs } from '../../xml/element.ts';
import { addressed, type Delivery, deliveryOf } from './delivery.ts';
import type { StanzaLink } from './link.ts';
import { errorReply, mayBeAnswered, type Refusal, unhandled } from './replies.ts';
import type { SessionQuery } from './session-query.ts';

/** A client's session, seen from the server. */
export interface SessionEndpoint {
  readonly query: SessionQuery;
  deliver(delivery: Delivery): void;
}

export interface Component {
  /** Whether it answers for this domain and all addresses in it. */
  serves(domain: string): boolean;
  handle(stanza: XmlElement): void;
}

/** Told that an address has gone. @param status what others are to read about it, if anything */
export type GoneListener = (jid: string, status: string | undefined) => void;

interface Link {
  deliver(stanza: XmlElement): void;
  closed(reason: string): void;
}

export class Router {
  readonly #domain: string;
  readonly #logger: Logger;
  readonly #sessions = new Map<string, SessionEndpoint>();
  /** By each address a link answers for. */
  readonly #links = new Map<string, Link>();
  readonly #components: Component[] = [];
  readonly #goneListeners: GoneListener[] = [];
  readonly #queue: (() => void)[] = [];
  #draining = false;
  #scheduled = false;

  /** @param domain the deployment's; its subdomains are ours too */
  constructor(domain: string, logger: Logger) {
    this.#domain = domain;
    this.#logger = logger;
  }

  addComponent(component: Component): void {
    this.#components.push(component);
  }

  onGone(listener: GoneListener): void {
    this.#goneListeners.push(listener);
  }

  addSession(jid: string, session: SessionEndpoint): void {
    this.#sessions.set(jid, session);
  }

  /** @param status what others are to read about it, if anything */
  removeSession(jid: string, status?: string): void {
    this.#sessions.delete(jid);
    this.#gone(jid, status);
  }

  /** What the session's URL said; empty for a link. */
  queryOf(jid: string): SessionQuery {
    return this.#sessions.get(jid)?.query ?? {};
  }

  /**
   * Puts a party of this process on the server.
   * @param aliases more addresses that it answers for; a domain stands for all addresses in it
   * @throws UsageError `link-taken`
   */
  attach(party: { jid: string; aliases?: readonly string[] }): StanzaLink {
    const addresses = [party.jid, ...(party.aliases ?? [])];
    const taken = addresses.find((address) => this.#links.has(address) || this.#sessions.has(address));
    if (taken !== undefined) {
      throw new UsageError(
        `attaching ${party.jid}: ${taken} is attached already; close the other link first`,
        {
          code: 'link-taken',
        },
      );
    }
    let onStanza: (stanza: XmlElement) => void = () => {};
    let onClosed: (reason: string) => void = () => {};
    const link: Link = {
      deliver: (stanza) => onStanza(stanza),
      closed: (reason) => onClosed(reason),
    };
    for (const address of addresses) this.#links.set(address, link);
    return {
      jid: party.jid,
      send: (stanza) => {
        if (this.#links.get(party.jid) !== link) return;
        const { from = party.jid } = stanza.attrs;
        if (!addresses.includes(from)) {
          throw new UsageError(`sending as ${from}: the link of ${party.jid} does not answer for it`, {
            code: 'link-address',
          });
        }
        this.route(withAttrs(stanza, { from }));
      },
      onStanza: (listener) => {
        onStanza = listener;
      },
      onClosed: (listener) => {
        onClosed = listener;
      },
      close: () => {
        this.#detach(link, 'closed');
        return Promise.resolve();
      },
    };
  }

  /** Queues a stanza for the address in `to`; without `to`, for the sender's own server. */
  route(stanza: XmlElement): void {
    this.#enqueue(() => {
      const { to } = stanza.attrs;
      this.#deliver(to ?? domainOf(stanza.attrs.from ?? this.#domain), deliveryOf(stanza));
    });
  }

  /** Queues one stanza, without `to`, for many addresses. */
  routeToAll(stanza: XmlElement, recipients: readonly string[]): void {
    const address = addressed(stanza);
    this.#enqueue(() => {
      for (const to of recipients) this.#deliver(to, address(to));
    });
  }

  /** Delivers what is queued now; a session calls it after each frame, so that answers precede the next frame's. */
  flush(): void {
    if (this.#draining) return;
    this.#draining = true;
    for (let job = this.#queue.shift(); job; job = this.#queue.shift()) {
      try {
        job();
      } catch (error) {
        this.#logger.log('error', 'a stanza handler failed', { error: messageOf(error) });
      }
    }
    this.#draining = false;
  }

  /** Dies: nothing is delivered any more, and nobody is told who is gone. */
  crash(): void {
    this.#queue.length = 0;
    this.#sessions.clear();
    const links = new Set(this.#links.values());
    this.#links.clear();
    for (const link of links) link.closed('the server has died');
    this.#queue.length = 0;
  }

  /** Ends every link. */
  close(reason: string): void {
    for (const link of new Set(this.#links.values())) this.#detach(link, reason);
    this.flush();
  }

  #enqueue(job: () => void): void {
    this.#queue.push(job);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  #deliver(to: string, delivery: Delivery): void {
    const session = this.#sessions.get(to);
    if (session) {
      session.deliver(delivery);
      return;
    }
    const domain = domainOf(to);
    const link = this.#links.get(to) ?? this.#links.get(domain);
    if (link) {
      link.deliver(delivery.stanza);
      return;
    }
    const component = this.#components.find((each) => each.serves(domain));
    if (component) component.handle(delivery.stanza);
    else this.#bounce(delivery.stanza, domain);
  }

  #bounce(stanza: XmlElement, domain: string): void {
    if (stanza.attrs.from === undefined || !mayBeAnswered(stanza)) return;
    this.route(errorReply(stanza, this.#isOurs(domain) ? unhandled : noFederation));
  }

  #isOurs(domain: string): boolean {
    return domain === this.#domain || domain.endsWith(`.${this.#domain}`);
  }

  #detach(link: Link, reason: string): void {
    const addresses = [...this.#links].flatMap(([address, holder]) => (holder === link ? [address] : []));
    if (addresses.length === 0) return;
    for (const address of addresses) this.#links.delete(address);
    for (const address of addresses) if (bareJid(address) !== address) this.#gone(address, undefined);
    link.closed(reason);
  }

  #gone(jid: string, status: string | undefined): void {
    this.#enqueue(() => {
      for (const listener of this.#goneListeners) listener(jid, status);
    });
  }
}

/** Prosody without server-to-server connections. */
const noFederation: Refusal = {
  type: 'cancel',
  condition: 'not-allowed',
  text: 'Communication with remote domains is not enabled',
};
