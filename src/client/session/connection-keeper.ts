/**
 * What `join` does about media by itself: accepts each session that the focus offers, connects it, keeps the bridge channel on it, and
 * asks for a new session when the connection fails (lib-jitsi-meet `IceFailedHandling.ts`, without its limit of three: a participant
 * that cannot reach the bridge still is in the room).
 */
import type { Clock, Milliseconds } from '../../base/clock.ts';
import { JitsiError, MediaError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { RandomBytes } from '../../base/random.ts';
import { RestartLimitError } from '../../jingle/restart-limit.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { On } from '../event-source.ts';
import type { BridgeChoice } from '../join-options.ts';
import { ChannelKeeper } from './channel-keeper.ts';
import { IceRenewal } from './ice-renewal.ts';
import type { MediaSession } from './media-session.ts';
import { RestartPolicy } from './restart-policy.ts';

export interface KeeperPorts {
  on: On;
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
  bridge: Bridge;
  choice: BridgeChoice;
  isAlone(): boolean;
  /** The connection to the deployment is lost: the focus hears nothing. */
  isAway(): boolean;
  warn(error: JitsiError): void;
}

/** ms in which a focus offers a session to somebody who has come. */
const offerTime: Milliseconds = 5_000;

export class ConnectionKeeper {
  readonly #ports: KeeperPorts;
  readonly #channel: ChannelKeeper;
  readonly #policy: RestartPolicy;
  readonly #ice: IceRenewal;
  #session: MediaSession | undefined;
  /** ms; when the next session is asked for */
  #restartAt = Number.POSITIVE_INFINITY;
  #cancelRestart: () => void = () => {};
  /** To be given up for a new one, when the focus can be asked. */
  #postponed: MediaSession | undefined;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
    this.#policy = new RestartPolicy(ports.random);
    this.#channel = new ChannelKeeper({
      ...ports,
      isForgotten: (session, error) => this.#recover(session, error),
    });
    this.#ice = new IceRenewal({
      ...ports,
      failed: (session, error) => this.#iceStays(session, error),
    });
  }

  /** From now on until the conference ends. */
  start(): void {
    const { on } = this.#ports;
    on('sessionOffered', ({ session }) => void this.#take(session));
    on('sessionEnded', ({ session }) => {
      if (session !== this.#session) return;
      this.#session = undefined;
      this.#cancelRestart();
      this.#ice.stop();
      this.#channel.detach();
    });
    on('transportFailed', ({ session, error }) => this.#recover(session, error));
    on('reconnected', ({ resumed }) => this.#reconnected(resumed));
    on('ended', () => {
      this.#cancelRestart();
      this.#ice.stop();
      this.#channel.detach();
    });
  }

  /** Addresses of ours have come or gone. */
  networkChanged(): void {
    if (this.#session) this.#ice.want(this.#session, 'our network has changed');
  }

  async #take(session: MediaSession): Promise<void> {
    this.#cancelRestart();
    this.#session = session;
    try {
      await session.connect({
        patience: this.#policy.patience,
        made: () => this.#channel.attach(session),
        disturbed: () => this.#ice.want(session, 'the bridge does not answer'),
        found: () => this.#schedule(session, this.#policy.found(), 'the bridge answers again'),
      });
      this.#policy.connected();
    } catch (error) {
      this.#recover(session, error);
    }
  }

  /** There is no ICE restart in place: as long as the connection works it need not go, else there has to be a new session. */
  #iceStays(session: MediaSession, error: JitsiError): void {
    this.#ports.logger.log('info', 'no ICE restart in place', { error: error.message });
    if (session.transportState !== 'connected') this.#recover(session, error);
  }

  /** Gives the session up for a new one, soon. */
  #recover(session: MediaSession, cause: unknown): void {
    const { clock, warn } = this.#ports;
    const error =
      cause instanceof JitsiError
        ? cause
        : new MediaError(`connecting to the bridge: ${messageOf(cause)}`, {
            code: 'transport-failed',
            cause,
          });
    // A session that the focus ends while it is connected is no failure; the next one comes.
    if (error.code === 'session-ended') return;
    warn(error);
    if (session !== this.#session || session.state === 'ended') return;
    this.#schedule(session, this.#policy.failed(session.isLooking, clock.now()), error.message);
  }

  #schedule(session: MediaSession, wait: Milliseconds, because: string): void {
    const { clock, logger } = this.#ports;
    if (session !== this.#session || session.state === 'ended') return;
    const at = clock.now() + wait;
    // A second failure of the same session, as of its channel, puts nothing off.
    if (at >= this.#restartAt) return;
    logger.log('info', 'asking for a new session', { in: Math.round(wait), because });
    this.#cancelRestart();
    this.#restartAt = at;
    const cancel = clock.schedule(wait, () => void this.#restart(session));
    this.#cancelRestart = () => {
      cancel();
      this.#restartAt = Number.POSITIVE_INFINITY;
    };
  }

  #reconnected(resumed: boolean): void {
    const session = this.#postponed;
    this.#postponed = undefined;
    // After a new login the focus offers a session by itself.
    if (session) this.#schedule(session, resumed ? 0 : offerTime, 'the connection is back');
  }

  async #restart(session: MediaSession): Promise<void> {
    const { clock, warn } = this.#ports;
    this.#cancelRestart();
    if (session !== this.#session || session.state === 'ended') return;
    if (this.#ports.isAway()) {
      this.#postponed = session;
      return;
    }
    try {
      await session.restart();
      this.#policy.requested(clock.now());
    } catch (error) {
      if (error instanceof RestartLimitError) {
        this.#schedule(session, error.retryAfter, error.message);
        return;
      }
      warn(
        error instanceof JitsiError
          ? error
          : new MediaError(`asking for a new session: ${messageOf(error)}`, {
              code: 'restart-refused',
              cause: error,
            }),
      );
    }
  }
}
