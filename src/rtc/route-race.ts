/**
 * The ways to the bridge tried in their order until one opens. One that takes long is not given up for the next: both go on, the first
 * to open wins and the others are closed (as RFC 8305, 5, does with addresses).
 */
import type { Clock, Milliseconds } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ChannelLink, ChannelRoute, LinkEnd } from './channel-link.ts';

export interface RouteEnd {
  route: ChannelRoute;
  end: LinkEnd;
}

export interface RaceHandlers {
  /** The last call about the race; `message`, `drained` and `broke` may follow. @param behind those before it that are not open */
  won(route: ChannelRoute, link: ChannelLink, behind: readonly RouteEnd[]): void;
  /** None opened. */
  lost(ends: readonly RouteEnd[]): void;
  /** A route is being tried. */
  tried(route: ChannelRoute): void;
  /** Of the link that won, and from a data channel shortly before too. */
  message(data: string | Buffer): void;
  drained(): void;
  /** The link that won has ended by itself. */
  broke(route: ChannelRoute, end: LinkEnd): void;
}

/** ms until the next is tried beside one that has not opened. */
const patience: Milliseconds = 3_000;
/** ms for a route to open. Over SCTP that includes ICE and DTLS, for which a bridge takes 30 s. */
const openTimeout = { ws: 10_000, sctp: 30_000 } as const;

interface Attempt {
  route: ChannelRoute;
  since: Milliseconds;
  link?: ChannelLink;
  cancelTimeout: () => void;
}

export class RouteRace {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #handlers: RaceHandlers;
  readonly #routes: readonly ChannelRoute[];
  readonly #left: ChannelRoute[];
  readonly #attempts = new Set<Attempt>();
  readonly #ends: RouteEnd[] = [];
  #cancelNext: () => void = () => {};

  constructor(
    routes: readonly ChannelRoute[],
    { clock, logger }: { clock: Clock; logger: Logger },
    handlers: RaceHandlers,
  ) {
    this.#routes = routes;
    this.#left = [...routes];
    this.#clock = clock;
    this.#logger = logger;
    this.#handlers = handlers;
  }

  start(): void {
    this.#next();
  }

  /** Ends it before somebody has won; no handler is called any more. */
  close(): void {
    this.#cancelNext();
    for (const { link, cancelTimeout } of this.#attempts) {
      cancelTimeout();
      link?.close();
    }
    this.#attempts.clear();
  }

  #next(): void {
    this.#cancelNext();
    const route = this.#left.shift();
    if (route) {
      if (this.#left.length > 0) this.#cancelNext = this.#clock.schedule(patience, () => this.#next());
      this.#try(route);
    } else if (this.#attempts.size === 0) this.#handlers.lost(this.#ends);
  }

  #try(route: ChannelRoute): void {
    const limit = openTimeout[route.kind];
    const attempt: Attempt = {
      route,
      since: this.#clock.now(),
      cancelTimeout: this.#clock.schedule(limit, () => {
        attempt.link?.close();
        this.#failed(attempt, notOpenAfter(limit));
      }),
    };
    this.#attempts.add(attempt);
    this.#logger.log('debug', 'opening the bridge channel', { route: route.name });
    this.#handlers.tried(route);
    /** What came before `open` had returned the link. */
    let early: (() => void) | undefined;
    const withLink = (run: (link: ChannelLink) => void): void => {
      if (attempt.link) run(attempt.link);
      else early = () => withLink(run);
    };
    try {
      attempt.link = route.open({
        opened: () => withLink((link) => this.#won(attempt, link)),
        message: (data) => this.#handlers.message(data),
        drained: () => this.#handlers.drained(),
        closed: (end) =>
          withLink(() =>
            this.#attempts.has(attempt) ? this.#failed(attempt, end) : this.#handlers.broke(route, end),
          ),
      });
    } catch (error) {
      this.#failed(attempt, { wasOpen: false, reason: messageOf(error) });
      return;
    }
    early?.();
  }

  #won(attempt: Attempt, link: ChannelLink): void {
    if (!this.#attempts.delete(attempt)) return;
    attempt.cancelTimeout();
    const now = this.#clock.now();
    const slower = [...this.#attempts].map(({ route, since }) => ({ route, end: notOpenAfter(now - since) }));
    this.close();
    const better = this.#routes.slice(0, this.#routes.indexOf(attempt.route));
    const behind = [...this.#ends, ...slower].filter(({ route }) => better.includes(route));
    this.#handlers.won(attempt.route, link, behind);
  }

  #failed(attempt: Attempt, end: LinkEnd): void {
    if (!this.#attempts.delete(attempt)) return;
    attempt.cancelTimeout();
    const { route } = attempt;
    this.#logger.log('debug', 'the bridge channel did not open', { route: route.name, reason: end.reason });
    this.#ends.push({ route, end });
    this.#next();
  }
}

function notOpenAfter(ms: Milliseconds): LinkEnd {
  return { wasOpen: false, reason: `not open after ${(ms / 1_000).toFixed(1)} s` };
}
