/**
 * One ICE restart in place (jicofo `JingleSession.kt`, session-info with `ice-restart`): asked for, answered, and done when the
 * bridge's new credentials came. If ICE was not connected before, the request is acknowledged and nothing follows.
 */
import type { IqOutcome } from '../xmpp/iq-tracker.ts';

/** How long the new credentials may take, ms (lib-jitsi-meet `IceFailedHandling.ts`). */
export const iceRestartTime = 15_000;

export class IceRestart {
  readonly command: string;
  readonly deadline: number;
  #acknowledged: IqOutcome | undefined;
  #isRenewed = false;

  constructor(command: string, now: number) {
    this.command = command;
    this.deadline = now + iceRestartTime;
  }

  /** The focus acknowledged the request. */
  acknowledged(result: IqOutcome): void {
    this.#acknowledged = result;
  }

  /** The new credentials came: after the acknowledgement, or before it. */
  renewed(): void {
    this.#isRenewed = true;
  }

  /** Set once both have happened. */
  get result(): IqOutcome | undefined {
    return this.#isRenewed ? this.#acknowledged : undefined;
  }
}
