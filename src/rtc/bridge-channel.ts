/**
 * The channel to the bridge during one session: tries the routes in order until one opens, and begins again when it breaks, until
 * something says that this is of no use (media dossier 5.3; lib-jitsi-meet `BridgeChannel.ts`).
 */
import type { Clock, Milliseconds } from '../base/clock.ts';
import { defined } from '../base/defined.ts';
import { ConnectionError, type JitsiError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { type RandomBytes, randomBetween } from '../base/random.ts';
import type { ChannelLink, ChannelRoute, LinkEnd } from './channel-link.ts';
import { type RouteEnd, RouteRace } from './route-race.ts';

export type ChannelEndReason =
  /** another connection of the same endpoint has taken our place */
  | 'replaced'
  /** the bridge let us go, and there is nobody else in the room */
  | 'alone'
  /** the bridge does not know us any more: a new session is needed */
  | 'refused'
  /** the data channel ended, and there is no second one in a session: a new session is needed */
  | 'lost';

export interface ChannelEnd {
  reason: ChannelEndReason;
  text: string;
}

export interface BridgeChannelPorts {
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
  /** Nobody else is in the room. */
  isAlone(): boolean;
}

export interface BridgeChannelHandlers {
  /** @param instead why a channel of the other kind, which comes first, did not open */
  opened(link: ChannelLink, kind: ChannelRoute['kind'], instead?: string): void;
  /** Of an open link, and from a data channel shortly before too. Bytes are the receiver's only during the call. */
  message(data: string | Buffer): void;
  drained(): void;
  /** It was open and is not any more. Unless `ended` follows, it will be tried again. */
  down(reason: string): void;
  warning(error: JitsiError): void;
  /** The last call. */
  ended(end: ChannelEnd): void;
}

type State =
  | { name: 'opening'; race: RouteRace }
  | { name: 'open'; link: ChannelLink; since: Milliseconds; cancelSilence: () => void }
  /** between two rounds */
  | { name: 'waiting'; cancel: () => void }
  | { name: 'ended' };

/** ms until the n-th round after one that worked: doubled each time, up to the last. What is drawn lies between half of it and all. */
const [firstWait, lastWait] = [1_000, 60_000];
/** ms: a channel that breaks sooner has not worked. Else a server that accepts and closes would be asked every second. */
const settledAfter = 10_000;
/**
 * Rounds in which each WebSocket was refused with 403 or 404 until we believe it. Focus and bridge know our endpoint before we do,
 * so the first is hardly too early; but a proxy that is being reconfigured answers 404 for a moment.
 */
const refusedRounds = 2;
/** Links in a row that break at once, after which the other routes come first: a proxy opens what leads nowhere. */
const brokenLinks = 2;
/** ms: a bridge says hello when a WebSocket opens (media dossier 5.8). */
const helloTime = 5_000;

export class BridgeChannel {
  readonly #ports: BridgeChannelPorts;
  readonly #handlers: BridgeChannelHandlers;
  /** Those that can still be opened: a data channel only once. */
  #routes: readonly ChannelRoute[];
  #state: State = { name: 'ended' };
  /** Waits since it worked. */
  #waits = 0;
  /** Rounds in a row in which all WebSockets were refused. */
  #refused = 0;
  /** Links in a row that broke before they had lasted. */
  #brokenLinks = 0;
  /** Why the kind of channel that would come first does not. */
  #passedOver: { kind: ChannelRoute['kind']; reason: string } | undefined;
  #hasHeard = false;
  /** A WebSocket was open, and since then none has failed to open but by a refusal. */
  #hasWorked = false;

  constructor(routes: readonly ChannelRoute[], ports: BridgeChannelPorts, handlers: BridgeChannelHandlers) {
    this.#routes = routes;
    this.#ports = ports;
    this.#handlers = handlers;
  }

  /** Begins; called once. */
  start(): void {
    this.#round();
  }

  get state(): State['name'] {
    return this.#state.name;
  }

  /** Ends it; no handler is called any more. */
  close(): void {
    const state = this.#state;
    this.#state = { name: 'ended' };
    if (state.name === 'opening') state.race.close();
    if (state.name === 'waiting') state.cancel();
    if (state.name !== 'open') return;
    state.cancelSilence();
    state.link.close();
  }

  #round(): void {
    const race = new RouteRace(this.#routesNow(), this.#ports, {
      won: (route, link, behind) => this.#opened(route, link, behind),
      lost: (ends) => this.#roundFailed(ends),
      tried: (route) => this.#spend(route),
      message: (data) => {
        this.#hasHeard = true;
        this.#handlers.message(data);
      },
      drained: () => this.#handlers.drained(),
      broke: (route, end) => this.#broke(route, end),
    });
    this.#state = { name: 'opening', race };
    race.start();
  }

  /** A socket that worked comes back before long, and the data channel is slower, and used up when it is left. */
  #routesNow(): readonly ChannelRoute[] {
    const sockets = this.#routes.filter(({ kind }) => kind === 'ws');
    return this.#hasWorked && sockets.length > 0 ? sockets : this.#routes;
  }

  #opened(route: ChannelRoute, link: ChannelLink, behind: readonly RouteEnd[]): void {
    const { clock } = this.#ports;
    // A data channel is open when it has said hello.
    const cancelSilence =
      route.kind === 'ws' && this.#routes.length > 1
        ? clock.schedule(helloTime, () => this.#lookForHello(route))
        : () => {};
    this.#hasHeard = false;
    this.#state = { name: 'open', link, since: clock.now(), cancelSilence };
    this.#refused = 0;
    this.#hasWorked = route.kind === 'ws';
    this.#ports.logger.log('info', 'the bridge channel is open', { route: route.name });
    const passedOver = this.#passedOver?.kind === route.kind ? undefined : this.#passedOver?.reason;
    this.#handlers.opened(link, route.kind, insteadOf(route, behind) ?? passedOver);
  }

  /** An open link that nothing comes from is left where there is another way. */
  #lookForHello(route: ChannelRoute): void {
    if (this.#hasHeard || this.#state.name !== 'open') return;
    this.#brokenLinks = brokenLinks;
    this.#state.link.close();
    this.#broke(route, { wasOpen: true, reason: `it opened, and nothing came in ${helloTime / 1_000} s` });
  }

  #putLast(route: ChannelRoute, reason: string): void {
    this.#brokenLinks = 0;
    this.#hasWorked = false;
    this.#passedOver = { kind: route.kind, reason };
    if (this.#routes.includes(route))
      this.#routes = [...this.#routes.filter((other) => other !== route), route];
  }

  /** A link that was open has ended by itself. */
  #broke(route: ChannelRoute, { code, reason: text }: LinkEnd): void {
    const { clock, logger } = this.#ports;
    if (this.#state.name !== 'open') return;
    this.#state.cancelSilence();
    if (clock.now() - this.#state.since >= settledAfter) {
      this.#waits = 0;
      this.#brokenLinks = 0;
      this.#passedOver = undefined;
    } else {
      this.#brokenLinks += 1;
      if (this.#brokenLinks >= brokenLinks) this.#putLast(route, text);
    }
    logger.log('info', 'the bridge channel broke', defined({ route: route.name, code, reason: text }));
    const reason = this.#endReason(code, text);
    if (reason) this.#state = { name: 'ended' };
    else this.#wait();
    this.#handlers.down(text);
    if (code === 1009) this.#handlers.warning(messageLost(text));
    if (reason) this.#handlers.ended({ reason, text });
  }

  /** Why it is of no use to try again. */
  #endReason(code: number | undefined, text: string): ChannelEndReason | undefined {
    if (this.#routes.length === 0) return 'lost';
    if (code === 1000 && text === 'replaced') return 'replaced';
    return code === 1001 && this.#ports.isAlone() ? 'alone' : undefined;
  }

  #spend(route: ChannelRoute): void {
    if (route.kind === 'sctp') this.#routes = this.#routes.filter((other) => other !== route);
  }

  #roundFailed(ends: readonly RouteEnd[]): void {
    const last = ends.at(-1)?.end.reason ?? 'there is no way to the bridge';
    if (this.#routes.length === 0) return this.#end('lost', last);
    if (ends.every(isUntrusted)) return this.#end('refused', last);
    this.#refused = ends.filter(({ route }) => route.kind === 'ws').every(isRefusal) ? this.#refused + 1 : 0;
    // Whoever worked and refuses us has forgotten us, and then the data channel leads nowhere either.
    if (this.#refused === 0) this.#hasWorked = false;
    if (this.#refused >= refusedRounds) return this.#end('refused', last);
    this.#wait();
  }

  #wait(): void {
    const longest = Math.min(firstWait * 2 ** this.#waits, lastWait);
    const wait = randomBetween(this.#ports.random, longest / 2, longest);
    this.#waits += 1;
    this.#ports.logger.log('debug', 'trying the bridge channel again', { in: Math.round(wait) });
    this.#state = { name: 'waiting', cancel: this.#ports.clock.schedule(wait, () => this.#round()) };
  }

  #end(reason: ChannelEndReason, text: string): void {
    this.#ports.logger.log('info', 'the bridge channel cannot be opened', { reason, text });
    this.#state = { name: 'ended' };
    this.#handlers.ended({ reason, text });
  }
}

/** Why a channel of the other kind, which comes first, is not used. */
function insteadOf(route: ChannelRoute, behind: readonly RouteEnd[]): string | undefined {
  return behind.findLast(({ route: { kind } }) => kind !== route.kind)?.end.reason;
}

/** An unknown conference, endpoint or password: 403; another bridge behind the same address: 404. */
function isRefusal({ end }: RouteEnd): boolean {
  return end.status === 403 || end.status === 404;
}

/** Its certificate or its key is not what it has to be: that changes by nobody's doing. */
function isUntrusted({ end: { error } }: RouteEnd): boolean {
  return error !== undefined && ['certificate-invalid', 'pin-mismatch'].includes(error.code);
}

function messageLost(text: string): ConnectionError {
  return new ConnectionError(
    `the bridge closed the channel because of a message that is too large for it, which is lost (${text}); send smaller ones`,
    { code: 'bridge-message-lost' },
  );
}
