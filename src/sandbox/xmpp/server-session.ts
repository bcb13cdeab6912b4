/**
 * One client's XMPP stream over WebSocket, the server's side: framing (RFC 7395), authentication and resource binding (RFC
 * 6120, 4–7), stream management with resumption (XEP-0198), refusals in the words of Prosody 0.12 (`mod_websocket`,
 * `mod_c2s`, `mod_saslauth`, `mod_smacks`). A machine: frames in, effects out, no socket and no clock. Frames may come
 * pipelined: each one is dealt with completely before the next.
 *
 * Stricter than Prosody in one thing: two stanzas in one frame are ill-formed, as RFC 7395, 3.3.3 has it.
 */
import { ParseError } from '../../base/errors.ts';
import { randomToken, randomUuid } from '../../base/random.ts';
import { child, childText, is, type XmlElement, xml } from '../../xml/element.ts';
import { parseXml } from '../../xml/parse.ts';
import { serialize } from '../../xml/serialize.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { iqPayload, isStanza } from '../../xmpp/stanza.ts';
import { authenticate, buildAuthenticationResult } from './authentication.ts';
import type { Delivery } from './delivery.ts';
import { unaskedDiscovery } from './domain-service.ts';
import { checkStanza } from './incoming-stanza.ts';
import { errorReply, isIq, mayBeAnswered, resultReply, unhandled } from './replies.ts';
import { ServerStreamManagement } from './server-stream-management.ts';
import type { ServerSessionOptions, SessionEffect, SessionState } from './session-effects.ts';
import {
  bindFeaturesFrame,
  closeFrame,
  mechanismsFrame,
  openFrame,
  streamErrorFrame,
} from './stream-frames.ts';

/** Frame sizes that Jitsi's Prosody accepts, before and after authentication. */
const sizeLimits = { unauthenticated: 10_000, authenticated: 512 * 1024 };

export class ServerSession {
  readonly #options: ServerSessionOptions;
  #state: SessionState = { name: 'opening' };
  #management: ServerStreamManagement | undefined;

  constructor(options: ServerSessionOptions) {
    this.#options = options;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** What the client can resume with, while it can. */
  get resumptionId(): string | undefined {
    return this.#management?.isResumable ? this.#management.token : undefined;
  }

  /** Stanzas that came since stream management was enabled; undefined without it. */
  get received(): number | undefined {
    return this.#management?.received;
  }

  /** A text frame from the client. */
  receive(frame: string): SessionEffect[] {
    if (this.#state.name === 'ended' || this.#state.name === 'hibernating') return [];
    const isKnown = this.#state.name === 'binding' || this.#state.name === 'bound';
    const size = isKnown ? sizeLimits.authenticated : sizeLimits.unauthenticated;
    try {
      return this.#handle(parseXml(frame, { size, depth: 64, elements: 25_000 }));
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      return error.code === 'xml-too-large'
        ? this.fail('policy-violation', 'stanza too large')
        : this.fail('not-well-formed');
    }
  }

  /** A stanza for the client. */
  deliver(delivery: Delivery, now: number): SessionEffect[] {
    if (this.#state.name !== 'bound' && this.#state.name !== 'hibernating') return [];
    this.#management?.push(delivery, now);
    if (this.#state.name === 'hibernating') return [];
    return [{ type: 'send', frame: delivery.text() }, ...this.#requestAck()];
  }

  /** The socket closed under the session. */
  disconnected(): SessionEffect[] {
    if (this.#state.name === 'bound' && this.#management?.isResumable && this.#options.resumptionTime > 0) {
      this.#state = { ...this.#state, name: 'hibernating' };
      return [{ type: 'hibernated' }];
    }
    return this.#end('Disconnected: connection closed');
  }

  /** Nobody resumed it in time: others learn it from the answers to what was never delivered, or else from a presence. */
  expire(): SessionEffect[] {
    return this.#state.name === 'hibernating' ? this.#end('Disconnected: Hibernating too long') : [];
  }

  /** A new socket takes this stream over. @param h what the client says it has received */
  resume(h: string | undefined): SessionEffect[] {
    const management = this.#management;
    if ((this.#state.name !== 'hibernating' && this.#state.name !== 'bound') || !management) return [];
    const previd = management.token;
    const problem = management.acknowledgeResumed(h);
    this.#state = { ...this.#state, name: 'bound' };
    if (problem) {
      const failed = xml(ns.sm, 'failed', { h: management.received, previd });
      return [send(failed), ...this.fail(problem.condition, problem.text)];
    }
    management.resumed();
    return [
      send(xml(ns.sm, 'resumed', { h: management.received, previd })),
      ...management.replay(this.#state.jid).map(send),
      send(xml(ns.sm, 'r')),
    ];
  }

  /** There is no stream with the id that this client asked for. @param h what it had received, where that is remembered */
  refuseResumption(h?: number): SessionEffect[] {
    return [send(xml(ns.sm, 'failed', { h }, xml(ns.stanzaErrors, 'item-not-found')))];
  }

  /** Ends the stream with an error (RFC 6120, 4.9). */
  fail(condition: string, text?: string): SessionEffect[] {
    const opening: SessionEffect[] =
      this.#state.name === 'opening' ? [{ type: 'send', frame: openFrame(this.#anyHost(), '') }] : [];
    const error: SessionEffect = { type: 'send', frame: streamErrorFrame(condition, text) };
    return [...opening, ...this.#close([error], `Disconnected: ${text ?? condition}`)];
  }

  #handle(element: XmlElement): SessionEffect[] {
    if (is(element, ns.framing, 'open')) return this.#open(element);
    // Without a stream there is nothing to be in.
    if (this.#state.name === 'opening' || this.#state.name === 'restarting')
      return this.fail('invalid-namespace');
    if (is(element, ns.framing, 'close')) return this.#close([], undefined);
    if (element.ns === ns.sasl) return this.#authenticate(element);
    if (element.ns === ns.sm) return this.#manage(element);
    return isStanza(element) ? this.#stanza(element) : this.fail('unsupported-stanza-type');
  }

  #open(open: XmlElement): SessionEffect[] {
    const state = this.#state;
    if (state.name !== 'opening' && state.name !== 'restarting') return this.fail('unsupported-stanza-type');
    const to = open.attrs.to?.toLowerCase();
    if (!to) return this.fail('improper-addressing', "A 'to' attribute is required on stream headers");
    const opened: SessionEffect = { type: 'send', frame: openFrame(to, randomUuid(this.#options.random)) };
    if (state.name === 'restarting') {
      if (to !== state.host.domain) {
        return this.fail('not-authorized', "The 'to' attribute must remain the same across stream restarts");
      }
      this.#state = { ...state, name: 'binding' };
      return [opened, { type: 'send', frame: bindFeaturesFrame(this.#options.info) }];
    }
    const host = this.#options.hosts.get(to);
    if (!host) {
      const error = streamErrorFrame('host-unknown', `This server does not serve ${to}`);
      return [opened, ...this.#close([{ type: 'send', frame: error }], undefined)];
    }
    this.#state = { name: 'authenticating', host };
    return [opened, { type: 'send', frame: mechanismsFrame([host.mechanism]) }];
  }

  #authenticate(element: XmlElement): SessionEffect[] {
    if (this.#state.name !== 'authenticating') return this.fail('unsupported-stanza-type');
    const { host } = this.#state;
    if (element.name === 'abort') return [send(saslFailure('aborted'))];
    // Neither mechanism has a second step.
    if (element.name === 'response')
      return [send(saslFailure('not-authorized', 'Out of order SASL element'))];
    if (element.name !== 'auth') return this.fail('unsupported-stanza-type');
    const { query, random } = this.#options;
    const resumable = query.previd === undefined ? undefined : this.#options.resumableUser(query.previd);
    const result = authenticate(element, host, query, { random, resumable });
    if (result.name === 'success') this.#state = { name: 'restarting', host, username: result.username };
    return [send(buildAuthenticationResult(result))];
  }

  #manage(element: XmlElement): SessionEffect[] {
    switch (element.name) {
      case 'enable':
        return this.#enable(element);
      case 'resume':
        if (this.#state.name === 'binding' && element.attrs.previd !== undefined) {
          return [{ type: 'resume', id: element.attrs.previd, h: element.attrs.h }];
        }
        return this.#state.name === 'bound'
          ? [send(smFailed('unexpected-request'))]
          : this.refuseResumption();
      case 'r':
        if (!this.#management) break;
        return [send(xml(ns.sm, 'a', { h: this.#management.received })), ...this.#requestAck()];
      case 'a': {
        if (!this.#management) break;
        const problem = this.#management.acknowledge(element.attrs.h);
        return problem ? this.fail(problem.condition, problem.text) : this.#requestAck();
      }
      default:
        break;
    }
    return this.fail('unsupported-stanza-type');
  }

  #enable(enable: XmlElement): SessionEffect[] {
    if (this.#state.name === 'authenticating') return [send(smFailed('service-unavailable'))];
    if (this.#state.name !== 'bound' || this.#management) return [send(smFailed('unexpected-request'))];
    const { resume } = enable.attrs;
    const max = this.#options.resumptionTime;
    if ((resume !== 'true' && resume !== '1') || max === 0) {
      this.#management = new ServerStreamManagement(undefined);
      return [send(xml(ns.sm, 'enabled'))];
    }
    // Only word characters: browsers' clients match the id in a URL with `[\w-]+`.
    const id = randomToken(this.#options.random, 12);
    this.#management = new ServerStreamManagement(id);
    return [send(xml(ns.sm, 'enabled', { id, resume, max }))];
  }

  #stanza(stanza: XmlElement): SessionEffect[] {
    if (this.#management) this.#management.received += 1;
    const isBind = isIq(stanza, 'set') && child(stanza, 'bind', ns.bind) !== undefined;
    if (this.#state.name !== 'bound') {
      if (isBind) return this.#bind(stanza);
      // Nobody is there to handle it yet.
      return mayBeAnswered(stanza) ? [send(errorReply(stanza, unhandled))] : [];
    }
    const checked = checkStanza(stanza, this.#state.jid);
    switch (checked.name) {
      case 'ignored':
        return [];
      case 'refused':
        return [send(checked.reply)];
      case 'accepted':
        return isBind && checked.stanza.attrs.to === undefined
          ? [send(errorReply(stanza, boundAlready))]
          : [{ type: 'route', stanza: checked.stanza }];
    }
  }

  #bind(request: XmlElement): SessionEffect[] {
    if (this.#state.name !== 'binding') return [send(errorReply(request, notAuthenticated))];
    const { host, username } = this.#state;
    const bind = iqPayload(request);
    const resource = (bind && childText(bind, 'resource')) || randomToken(this.#options.random, 12);
    const jid = `${username}@${host.domain}/${resource}`;
    this.#state = { name: 'bound', host, username, jid };
    const result = xml(ns.bind, 'bind', {}, xml(ns.bind, 'jid', {}, jid));
    return [
      { type: 'bound', jid },
      // Jitsi's servers send it before the answer.
      send(unaskedDiscovery(host.domain, jid, this.#options.info)),
      send(resultReply(request, result)),
    ];
  }

  #requestAck(): SessionEffect[] {
    return this.#management?.takeRequest() ? [send(xml(ns.sm, 'r'))] : [];
  }

  /** Before closing, the client gets the last count (XEP-0198, 4). A stream that was closed cannot be resumed. */
  #close(last: SessionEffect[], status: string | undefined): SessionEffect[] {
    const count = this.#management ? [send(xml(ns.sm, 'a', { h: this.#management.received }))] : [];
    return [
      ...count,
      ...last,
      { type: 'send', frame: closeFrame },
      { type: 'closeSocket', code: 1000, reason: 'Stream closed' },
      ...this.#end(status),
    ];
  }

  /** What was never acknowledged goes back to who sent it. */
  #end(status: string | undefined): SessionEffect[] {
    if (this.#state.name === 'ended') return [];
    this.#state = { name: 'ended' };
    const undelivered = (this.#management?.unacknowledged ?? []).filter(
      (stanza) => mayBeAnswered(stanza) && stanza.attrs.from !== undefined,
    );
    this.#management = undefined;
    return [
      ...undelivered.map(
        (stanza): SessionEffect => ({ type: 'route', stanza: errorReply(stanza, unreachable) }),
      ),
      { type: 'ended', status },
    ];
  }

  #anyHost(): string {
    return this.#options.hosts.keys().next().value ?? '';
  }
}

const boundAlready = {
  type: 'cancel',
  condition: 'not-allowed',
  text: 'Cannot bind multiple resources on a single connection',
} as const;

const notAuthenticated = {
  type: 'auth',
  condition: 'not-authorized',
  text: 'Cannot bind resource before authentication',
} as const;

const unreachable = { type: 'cancel', condition: 'recipient-unavailable' } as const;

function send(element: XmlElement): SessionEffect & { type: 'send' } {
  return { type: 'send', frame: serialize(element) };
}

function saslFailure(condition: string, text?: string): XmlElement {
  return buildAuthenticationResult(
    text === undefined ? { name: 'failure', condition } : { name: 'failure', condition, text },
  );
}

function smFailed(condition: string): XmlElement {
  return xml(ns.sm, 'failed', {}, xml(ns.stanzaErrors, condition));
}
