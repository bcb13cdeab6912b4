/**
 * ICE restarts in place, before a new session is asked for (lib-jitsi-meet `IceFailedHandling.ts`, media dossier 2.9): the bridge gets another way
 * to us, and nothing above ICE notices. Asked for when the bridge does not answer, and when our network is another.
 */
import type { Clock } from '../../base/clock.ts';
import { JitsiError, MediaError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { RestartLimitError } from '../../jingle/restart-limit.ts';
import type { MediaSession } from './media-session.ts';

export interface IceRenewalPorts {
  clock: Clock;
  logger: Logger;
  /** It cannot be had: only a new session can help. */
  failed(session: MediaSession, error: JitsiError): void;
}

export class IceRenewal {
  readonly #ports: IceRenewalPorts;
  /** It was asked for this one, and is not answered, or is to be asked later. */
  #renewing: MediaSession | undefined;
  #cancel: () => void = () => {};

  constructor(ports: IceRenewalPorts) {
    this.#ports = ports;
  }

  /** @param why in words */
  want(session: MediaSession, why: string): void {
    if (this.#renewing === session || !session.canRestartIce) return;
    this.stop();
    void this.#ask(session, why);
  }

  /** The session is over. */
  stop(): void {
    this.#cancel();
    this.#cancel = () => {};
    this.#renewing = undefined;
  }

  async #ask(session: MediaSession, why: string): Promise<void> {
    const { clock, failed, logger } = this.#ports;
    logger.log('info', 'asking for an ICE restart', { because: why });
    this.#renewing = session;
    try {
      await session.restartIce();
      this.#done(session);
    } catch (error) {
      if (this.#renewing !== session) return;
      if (error instanceof RestartLimitError) {
        this.#cancel = clock.schedule(error.retryAfter, () => {
          this.#done(session);
          if (session.transportState === 'disconnected') this.want(session, why);
        });
        return;
      }
      this.#done(session);
      failed(session, error instanceof JitsiError ? error : refused(error));
    }
  }

  #done(session: MediaSession): void {
    if (this.#renewing === session) this.#renewing = undefined;
  }
}

function refused(cause: unknown): MediaError {
  return new MediaError(`asking for an ICE restart: ${messageOf(cause)}`, {
    code: 'ice-restart-refused',
    cause,
  });
}
