/**
 * The steps from an open socket to a stream that stands (RFC 6120, 4-7): authentication, then resource binding and stream management, or the
 * resumption of an earlier stream (XEP-0198, 5) in the place of both.
 *
 * An orderly login takes one step at a time: nothing is sent before the answer to the step before. A pipelined one waits
 * for one answer alone, the `<success/>`, and sends the steps before it and the steps after it in one go each; the answers
 * are matched as they come. RFC 6120 wants it orderly; Prosody takes both. It does not take the second `<open/>` in one
 * read with `<auth/>`: authentication gives it a new parser (`util.xmppstream`), what was read already still goes to the
 * old one, and the stream breaks a little later.
 */
import { messageOf, ProtocolError, RefusedError } from '../base/errors.ts';
import { child, childText, is, type XmlElement, xml } from '../xml/element.ts';
import { buildOpen, isStreamFeatures, parseStreamFeatures, type StreamFeatures } from './framing.ts';
import type { IqAnswer, IqOutcome } from './iq-tracker.ts';
import { ns } from './namespaces.ts';
import { authenticationError, buildAuth, requireMechanism } from './sasl.ts';
import { iqSet } from './stanza.ts';
import type { LoginState, StreamOptions } from './stream-io.ts';
import type { ResumptionState, StreamManagement } from './stream-management.ts';

/** What the login asks of its stream. */
export interface LoginPorts {
  send(element: XmlElement): void;
  nextId(): string;
  /** Sends a request whose answer comes to {@link StreamLogin.answered}. */
  request(iq: XmlElement, tried: string, now: number): void;
  flight(): void;
  bound(jid: string): void;
  established(jid: string, now: number): void;
  /** @param answer the server's `<resumed/>` */
  resumed(answer: XmlElement, now: number): void;
  /** The server resumes nothing; the login goes on. @param answer its `<failed/>`, if it was asked */
  notResumed(answer: XmlElement | undefined): void;
}

export class StreamLogin {
  /** Of the stream that is made here; one that is resumed has its own. */
  readonly management: StreamManagement;
  readonly #options: StreamOptions;
  readonly #ports: LoginPorts;
  #state: LoginState = { name: 'opening' };
  /** The stream to resume. */
  #previous: ResumptionState | undefined;
  #bindId = '';
  #maxBytes: number | undefined;

  constructor(
    options: StreamOptions,
    management: StreamManagement,
    previous: ResumptionState | undefined,
    ports: LoginPorts,
  ) {
    this.#options = options;
    this.management = management;
    this.#previous = previous;
    this.#ports = ports;
  }

  get state(): LoginState {
    return this.#state;
  }

  /** Bytes of a stanza at most, where the server says so (XEP-0478). */
  get maxBytes(): number | undefined {
    return this.#maxBytes;
  }

  /** Whether an earlier stream may still be resumed. */
  get isResumption(): boolean {
    return this.#previous !== undefined;
  }

  get isPipelined(): boolean {
    return this.#options.login === 'pipelined';
  }

  begin(): void {
    this.#ports.send(buildOpen(this.#options.domain));
    if (this.isPipelined) this.#ports.send(buildAuth(this.#options.credentials));
  }

  /** An element that is no stanza. @throws RefusedError, ProtocolError */
  element(element: XmlElement, now: number): void {
    const { credentials, domain } = this.#options;
    switch (this.#state.name) {
      case 'opening':
        if (!isStreamFeatures(element)) return;
        requireMechanism(credentials, parseStreamFeatures(element).mechanisms, domain);
        this.#state = { name: 'authenticating' };
        if (!this.isPipelined) this.#ports.send(buildAuth(credentials));
        return;
      case 'authenticating':
        if (is(element, ns.sasl, 'failure'))
          throw authenticationError(element, domain, credentials.mechanism);
        if (!is(element, ns.sasl, 'success')) return;
        this.#state = { name: 'restarting' };
        if (this.isPipelined) this.#sendFlight(now);
        else this.#ports.send(buildOpen(domain));
        return;
      case 'restarting':
        if (isStreamFeatures(element)) this.#features(parseStreamFeatures(element), now);
        return;
      case 'resuming':
        if (is(element, ns.sm, 'resumed')) this.#ports.resumed(element, now);
        else if (is(element, ns.sm, 'failed')) this.#notResumed(element, this.#state.features, now);
        return;
      case 'enabling':
        if (is(element, ns.sm, 'enabled')) this.management.enabled(element);
        else if (!is(element, ns.sm, 'failed')) return;
        else if (this.isPipelined) throw this.#outOfOrder('declines stream management that it offers');
        else this.management.disable();
        this.#ports.established(this.#state.jid, now);
        return;
      case 'binding':
        return;
      default:
        this.#state satisfies never;
    }
  }

  /**
   * A request was answered.
   * @returns false when it is not the login's
   * @throws RefusedError, ProtocolError
   */
  answered({ id, outcome }: IqAnswer, now: number): boolean {
    if (this.#state.name === 'binding' && id === this.#bindId) {
      this.#bound(outcome, this.#state.features, now);
      return true;
    }
    // Only a flight can have asked before the login was complete.
    if (this.isPipelined) throw this.#outOfOrder(`answered before ${this.#state.name} was done`);
    return false;
  }

  #features(features: StreamFeatures, now: number): void {
    this.#maxBytes = features.maxBytes;
    const previous = this.#previous;
    if (!previous) return this.#bind(features, now);
    // Another server than the one that had the stream.
    if (!features.streamManagement) return this.#notResumed(undefined, features, now);
    this.#state = { name: 'resuming', features };
    this.#ports.send(xml(ns.sm, 'resume', { h: previous.received, previd: previous.id }));
  }

  #notResumed(answer: XmlElement | undefined, features: StreamFeatures, now: number): void {
    this.#previous = undefined;
    this.#ports.notResumed(answer);
    this.#bind(features, now);
  }

  #bind(features: StreamFeatures, now: number): void {
    if (!features.bind) {
      throw new ProtocolError(
        `logging in to ${this.#options.domain}: the server offers no resource binding after login`,
        { code: 'no-bind' },
      );
    }
    this.#state = { name: 'binding', features };
    if (!this.isPipelined) this.#sendBind(now);
  }

  /** All that an orderly login would send after the `<success/>`. */
  #sendFlight(now: number): void {
    this.#ports.send(buildOpen(this.#options.domain));
    this.#sendBind(now);
    // What follows it counts; whether it is offered shows later.
    if (this.#options.streamManagement) this.#ports.send(this.management.enable());
    this.#ports.flight();
  }

  #sendBind(now: number): void {
    this.#bindId = this.#ports.nextId();
    const { resource } = this.#options;
    const bind = xml(
      ns.bind,
      'bind',
      {},
      resource === undefined ? undefined : xml(ns.bind, 'resource', {}, resource),
    );
    this.#ports.request(iqSet(undefined, this.#bindId, bind), 'binding a resource', now);
  }

  #bound(outcome: IqOutcome, features: StreamFeatures, now: number): void {
    if (!outcome.ok)
      throw new RefusedError(messageOf(outcome.error), { code: 'bind-refused', cause: outcome.error });
    const bind = child(outcome.result, 'bind', ns.bind);
    const jid = bind && childText(bind, 'jid');
    if (!jid)
      throw new ProtocolError(`logging in to ${this.#options.domain}: the server bound no address`, {
        code: 'no-bind',
      });
    this.#ports.bound(jid);
    if (this.#options.streamManagement && features.streamManagement) {
      this.#state = { name: 'enabling', jid };
      if (!this.isPipelined) this.#ports.send(this.management.enable());
    } else {
      // In a flight it was asked for all the same.
      this.management.disable();
      this.#ports.established(jid, now);
    }
  }

  #outOfOrder(what: string): ProtocolError {
    return new ProtocolError(
      `logging in to ${this.#options.domain}: the server ${what}; it may not take the steps of a login in one go`,
      { code: 'login-out-of-order' },
    );
  }
}
