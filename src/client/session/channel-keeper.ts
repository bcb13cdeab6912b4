/**
 * The bridge channel over the sessions of a conference. A channel that is refused is not a session that failed: whether the bridge has
 * forgotten us is found out with one new session; then media goes on without a channel, which is tried again, later each time.
 */
import type { Clock, Milliseconds } from '../../base/clock.ts';
import { JitsiError, MediaError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { type RandomBytes, randomBetween } from '../../base/random.ts';
import type { ChannelEnd } from '../../rtc/bridge-channel.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { BridgeChoice } from '../join-options.ts';
import type { MediaSession } from './media-session.ts';

export interface ChannelKeeperPorts {
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
  bridge: Bridge;
  choice: BridgeChoice;
  isAlone(): boolean;
  warn(error: JitsiError): void;
  /** Only a new session can bring the channel back, if anything can. */
  isForgotten(session: MediaSession, error: MediaError): void;
}

/** ms; the n-th wait in a row lies between half of 2^n times the first and all of it, and is at most the last. */
const [firstWait, lastWait] = [10_000, 120_000];
/** ms that a channel has to be open until a new session is worth its while again. */
const settledAfter: Milliseconds = 60_000;

export class ChannelKeeper {
  readonly #ports: ChannelKeeperPorts;
  #cancelRetry: () => void = () => {};
  /** When it opened in this session; undefined: it has not. */
  #openedAt: Milliseconds | undefined;
  /** A new session was asked for, and no channel has lasted since. */
  #hasAsked = false;
  /** Without success. */
  #retries = 0;

  constructor(ports: ChannelKeeperPorts) {
    this.#ports = ports;
    const { bridge, clock } = ports;
    bridge.on('opened', () => {
      this.#openedAt = clock.now();
      this.#retries = 0;
    });
    bridge.on('down', () => {
      if (this.#openedAt !== undefined && clock.now() - this.#openedAt >= settledAfter)
        this.#hasAsked = false;
    });
  }

  /** The channel goes over this session now. */
  attach(session: MediaSession): void {
    this.#cancelRetry();
    this.#openedAt = undefined;
    this.#open(session);
  }

  /** There is no session. */
  detach(): void {
    this.#cancelRetry();
    this.#ports.bridge.detach();
  }

  #open(session: MediaSession): void {
    const { bridge, choice, isAlone, warn } = this.#ports;
    try {
      bridge.attach(session.bridgeRoutes(choice), {
        isAlone,
        fellBack: warn,
        ended: (end) => this.#ended(session, end),
      });
    } catch (error) {
      if (!(error instanceof JitsiError)) throw error;
      // Audio works without a channel.
      warn(error);
    }
  }

  #ended(session: MediaSession, { reason, text }: ChannelEnd): void {
    // Another connection of ours has taken the channel, or there is nobody to talk to: a new session would change nothing.
    if (reason === 'replaced' || reason === 'alone') return;
    const { warn, isForgotten } = this.#ports;
    // A bridge that never let us in, and has media of ours, knows us.
    if (this.#openedAt !== undefined && !this.#hasAsked) {
      this.#hasAsked = true;
      isForgotten(session, bridgeLost(`the bridge channel ended (${reason}: ${text})`));
      return;
    }
    if (this.#retries === 0)
      warn(
        bridgeLost(
          `the bridge channel cannot be opened (${reason}: ${text}); audio and video go on without it, no messages and no requests for video do, and it is tried again`,
        ),
      );
    this.#retry(session);
  }

  #retry(session: MediaSession): void {
    const { clock, logger, random } = this.#ports;
    const longest = Math.min(firstWait * 2 ** this.#retries, lastWait);
    this.#retries += 1;
    const wait = randomBetween(random, longest / 2, longest);
    logger.log('debug', 'trying the bridge channel again', { in: Math.round(wait) });
    this.#cancelRetry = clock.schedule(wait, () => this.#open(session));
  }
}

function bridgeLost(words: string): MediaError {
  return new MediaError(words, { code: 'bridge-lost', retryable: true });
}
