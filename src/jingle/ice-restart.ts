/**
 * One ICE restart in place (jicofo `JingleSession.kt`, session-info with `ice-restart`): asked for, answered, and done when the
 * bridge's new credentials came. If ICE was not connected before, the request is acknowledged and nothing follows.
 */
import type { IqOutcome } from '../xmpp/iq-tracker.ts';

/** How long all may take, ms (lib-jitsi-meet `IceFailedHandling.ts`). */
const iceRestartTime = 15_000;
/** How long the credentials may take from the acknowledgement on, ms: they follow within a tenth of that, or not at all. */
const credentialsTime = 5_000;

export class IceRestart {
  readonly command: string;
  deadline: number;
  #acknowledged: IqOutcome | undefined;
  #isRenewed = false;

  constructor(command: string, now: number) {
    this.command = command;
    this.deadline = now + iceRestartTime;
  }

  /** The focus acknowledged the request. */
  acknowledged(result: IqOutcome, now: number): void {
    this.#acknowledged = result;
    this.deadline = Math.min(this.deadline, now + credentialsTime);
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
