/** Drives one conference machine: does what its effects say, and feeds it what happens. It decides nothing itself. */
import type { Clock } from '../base/clock.ts';
import { ConnectionError, JitsiError, messageOf, ProtocolError, UsageError } from '../base/errors.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import type { ConferenceEvent } from '../conference/events.ts';
import type { CloseInfo, ConferenceEffect, ConferenceInput, HttpRequest } from '../conference/io.ts';
import type { ConferenceMachine } from '../conference/machine.ts';
import { hideInError } from '../jitsi/redact/carriers.ts';
import { secretsReceived, secretsSent } from '../jitsi/redact/frame-secrets.ts';
import { redactText } from '../jitsi/redact/redact.ts';
import type { Secrets } from '../jitsi/redact/secrets.ts';
import type { NetworkAccess } from '../net/access.ts';
import { httpRequest } from '../net/http.ts';
import type { NetworkChanges } from '../net/network-watch.ts';
import { answersLimit, ReadingPace } from '../net/reading-pace.ts';
import { openWebSocket, type TextSocket } from '../net/websocket.ts';
import { serialize } from '../xml/serialize.ts';
import { subprotocol } from '../xmpp/framing.ts';
import type { IqOutcome } from '../xmpp/iq-tracker.ts';
import type { TokenSource } from './join-options.ts';
import type { WireEntry } from './wire.ts';

export interface RunnerPorts {
  clock: Clock;
  logger: Logger;
  access: NetworkAccess;
  /** What no log, wire entry or error may show; what the deployment tells is added. */
  secrets: Secrets;
  wire: ((entry: WireEntry) => void) | undefined;
  networkChanges: NetworkChanges;
  tokenSource: TokenSource | undefined;
}

export interface RunnerListener {
  event(event: ConferenceEvent): void;
  answer(id: string, outcome: IqOutcome): void;
  joined(): void;
  /** We have another endpoint id. */
  renamed(): void;
  ended(info: CloseInfo): void;
  /** Our own addresses are others than before: what goes over the network may hang. */
  networkChanged(): void;
}

/** ms for a connection to open, and for an HTTP exchange. */
const networkTimeout = 15_000;
/** Bytes of one WebSocket message; the XML limit is lower, this only keeps a flood out. */
const messageLimit = 16 * 1024 * 1024;
/** Bytes of one HTTP answer; a config.js larger than this is none. */
const bodyLimit = 2 * 1024 * 1024;

export class ConferenceRunner {
  readonly #machine: ConferenceMachine;
  readonly #ports: RunnerPorts;
  readonly #listener: RunnerListener;
  readonly #inputs: ConferenceInput[] = [];
  readonly #abort = new AbortController();
  /** Of the requests that stand for a socket. */
  #boshAbort = new AbortController();
  #isBusy = false;
  #socket: TextSocket | undefined;
  #pace: ReadingPace | undefined;
  #timerAt: number | undefined;
  #cancelTimer: () => void = () => {};
  #stopWatching: () => void = () => {};

  constructor(machine: ConferenceMachine, ports: RunnerPorts, listener: RunnerListener) {
    this.#machine = machine;
    this.#ports = ports;
    this.#listener = listener;
  }

  /** Feeds the machine. Inputs that come while effects are carried out wait their turn. */
  input(input: ConferenceInput): void {
    if (input.type === 'start') this.#watchNetwork();
    this.#inputs.push(input);
    if (!this.#isBusy) this.#work();
  }

  #work(): void {
    this.#isBusy = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
        const effects = this.#handle(next);
        for (const effect of effects) this.#carryOut(effect);
        if (effects.some(({ type }) => type === 'joined')) return this.#pause();
      }
      this.#isBusy = false;
    } catch (error) {
      this.#isBusy = false;
      throw error;
    }
    this.#setTimer();
  }

  #watchNetwork(): void {
    this.#stopWatching = this.#ports.networkChanges.subscribe(() => {
      this.input({ type: 'network-changed' });
      this.#listener.networkChanged();
    });
  }

  /** A mistake of ours that an input brings to light costs what that input was for, and not the program that holds the conference. */
  #handle(input: ConferenceInput): ConferenceEffect[] {
    // Not when they come: what the frames before them tell of secrets is to be known.
    if (input.type === 'socket-frame') this.#tapFrame(input.text);
    if (input.type === 'http-response' && input.purpose === 'bosh' && input.status === 200)
      this.#tap('xmpp', 'received', input.body);
    try {
      return this.#machine.handle(input, this.#ports.clock.now());
    } catch (cause) {
      const words = `handling ${input.type}: a mistake in this library, ${messageOf(cause)}; it goes on, please report it`;
      const error = new ProtocolError(words, { code: 'internal-error', cause });
      return [{ type: 'event', event: { name: 'warning', payload: { error } } }];
    }
  }

  /**
   * Whoever awaits the join gets the chance to add listeners before anything else happens: history and subject follow our
   * own presence at once, often in the same packet.
   */
  #pause(): void {
    this.#ports.clock.schedule(0, () => this.#work());
  }

  #carryOut(effect: ConferenceEffect): void {
    switch (effect.type) {
      case 'http':
        void this.#fetch(effect.request);
        return;
      case 'get-token':
        void this.#getToken();
        return;
      case 'open-socket':
        this.#openSocket(effect.url);
        return;
      case 'close-socket':
        this.#closeSocket();
        return;
      case 'drop-socket':
        this.#socket?.drop();
        this.#closeSocket();
        return;
      case 'send-frame': {
        const text = serialize(effect.element);
        for (const secret of secretsSent(effect.element)) this.#ports.secrets.learn(secret);
        this.#tap('xmpp', 'sent', text);
        this.#socket?.send(text);
        this.#pace?.sent();
        return;
      }
      case 'event':
        this.#keepSecrets(effect.event);
        this.#listener.event(effect.event);
        return;
      case 'answer':
        if (!effect.outcome.ok) hideInError(effect.outcome.error, this.#ports.secrets);
        this.#listener.answer(effect.id, effect.outcome);
        return;
      case 'joined':
        this.#listener.joined();
        return;
      case 'renamed':
        this.#listener.renamed();
        return;
      case 'ended':
        this.#cancelTimer();
        this.#stopWatching();
        this.#abort.abort();
        this.#closeSocket();
        this.#listener.ended(hideInError(effect.info, this.#ports.secrets));
        return;
      case 'log':
        this.#ports.logger.log(effect.level, effect.message, effect.fields);
        return;
      default:
        effect satisfies never;
    }
  }

  async #getToken(): Promise<void> {
    const { secrets, tokenSource } = this.#ports;
    try {
      const token = await tokenSource?.();
      if (token !== undefined && typeof token !== 'string')
        throw new UsageError(`it gave ${typeof token}, not a text`, { code: 'option-invalid' });
      secrets.learn(token);
      this.input({ type: 'token', token });
    } catch (cause) {
      const words = `asking the token function for a token: ${messageOf(cause)}`;
      this.input({
        type: 'token-failed',
        error: new ConnectionError(words, { code: 'token-failed', retryable: true, cause }),
      });
    }
  }

  #openSocket(url: string): void {
    this.#ports.logger.log('debug', 'opening the WebSocket', { url: redactText(url) });
    const options = {
      ...this.#ports.access,
      url,
      protocol: subprotocol,
      timeout: networkTimeout,
      sizeLimit: messageLimit,
      highWaterMark: answersLimit,
    };
    const socket = openWebSocket(options, {
      opened: () => this.input({ type: 'socket-opened' }),
      message: (text) => pace.frame(() => this.input({ type: 'socket-frame', text })),
      drained: () => pace.drained(),
      closed: (reason) => this.input({ type: 'socket-closed', reason }),
      failed: (error) => this.input({ type: 'socket-failed', error }),
    });
    const pace = new ReadingPace(this.#ports.clock, socket);
    this.#socket = socket;
    this.#pace = pace;
  }

  #closeSocket(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#boshAbort.abort();
    this.#boshAbort = new AbortController();
  }

  async #fetch(request: HttpRequest): Promise<void> {
    const { purpose, key, method, url, body = '', timeout = networkTimeout } = request;
    const isBosh = purpose === 'bosh';
    const { signal } = isBosh ? this.#boshAbort : this.#abort;
    const asked = { purpose, ...(key === undefined ? {} : { key }) };
    if (isBosh) this.#tap('xmpp', 'sent', body);
    else this.#tap('http', 'sent', `${method} ${url} ${body}`.trimEnd());
    try {
      const sizeLimit = isBosh ? messageLimit : bodyLimit;
      const answer = await httpRequest({ ...this.#ports.access, ...request, timeout, sizeLimit, signal });
      if (signal.aborted) return;
      if (!isBosh || answer.status !== 200) this.#tap('http', 'received', `${answer.status} ${answer.body}`);
      this.input({ type: 'http-response', ...asked, ...answer });
    } catch (error) {
      if (signal.aborted) return;
      const known =
        error instanceof JitsiError
          ? error
          : new ProtocolError(messageOf(error), { code: 'http-failed', cause: error });
      this.input({ type: 'http-failed', ...asked, error: known });
    }
  }

  #tapFrame(text: string): void {
    for (const secret of secretsReceived(text)) this.#ports.secrets.learn(secret);
    this.#tap('xmpp', 'received', text);
  }

  #tap(channel: WireEntry['channel'], direction: WireEntry['direction'], text: string): void {
    const { wire, logger, clock } = this.#ports;
    // Redacting costs more than parsing: only for those who listen.
    if (!wire && logger === silentLogger) return;
    let shown: string | undefined;
    const entry: WireEntry = {
      at: clock.now(),
      channel,
      direction,
      // Most loggers do not write traces, and then do not look.
      get text() {
        return (shown ??= redactText(text));
      },
    };
    wire?.({ ...entry });
    logger.log('trace', direction === 'sent' ? '>>>' : '<<<', {
      channel,
      get text() {
        return entry.text;
      },
    });
  }

  #keepSecrets({ name, payload }: ConferenceEvent): void {
    const { secrets } = this.#ports;
    if (name === 'iceServersChanged')
      for (const server of payload.iceServers) secrets.learn(server.credential);
    else if (name === 'sessionOffered') {
      const { pwd, webSocketUrls = [] } = payload.session.transport ?? {};
      secrets.learn(pwd);
      for (const url of webSocketUrls) secrets.learn(queryOf(url).get('pwd') ?? undefined);
    } else if (name === 'sessionEnded') hideInError(payload.end, secrets);
    else for (const value of Object.values(payload)) if (value instanceof Error) hideInError(value, secrets);
  }

  #setTimer(): void {
    const next = this.#machine.nextTimeout();
    // Most inputs leave it as it was.
    if (next === this.#timerAt) return;
    this.#cancelTimer();
    this.#timerAt = next;
    if (next === undefined) return;
    this.#cancelTimer = this.#ports.clock.schedule(Math.max(0, next - this.#ports.clock.now()), () => {
      this.#timerAt = undefined;
      this.input({ type: 'tick' });
    });
  }
}

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.slice(url.indexOf('?') + 1));
}
