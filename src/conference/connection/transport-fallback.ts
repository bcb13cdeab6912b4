/** Why there is no WebSocket, and why no BOSH in its place; what is said of it. */
import type { ConnectionError, JitsiError } from '../../base/errors.ts';
import type { MeetingAddress } from '../../jitsi/meeting-address.ts';
import type { Discovery } from '../discovery.ts';
import { notJitsi } from '../join-errors.ts';
import { boshFallbackWarning, boshMayWork, boshUrlFor, bothFailed } from './transport-choice.ts';

export class TransportFallback {
  readonly #address: MeetingAddress;
  #socketError: JitsiError | undefined;
  #boshError: JitsiError | undefined;

  constructor(address: MeetingAddress) {
    this.#address = address;
  }

  /** There is no WebSocket. @returns whether BOSH is to be tried instead */
  takesOver(error: JitsiError, { deployment }: Discovery, token: string | undefined): boolean {
    const url = boshUrlFor(deployment, this.#address, token);
    if (!boshMayWork(error, deployment.websocketUrl, url)) return false;
    this.#socketError = error;
    return true;
  }

  boshFailed(error: JitsiError, { isGuess }: Discovery): void {
    const first = this.#socketError;
    if (!first) this.#boshError = error;
    else this.#boshError = isGuess ? this.advice(first, isGuess) : bothFailed(first, error);
  }

  /** What to do next, where the address may be none of Jitsi Meet. */
  advice(error: JitsiError, isGuess: boolean): JitsiError {
    return isGuess ? notJitsi(this.#address.origin, error) : error;
  }

  /** Says more than what the stream knows. */
  get error(): JitsiError | undefined {
    return this.#boshError;
  }

  /** What is lost without a WebSocket, when that is the case. */
  warning({ deployment }: Discovery): ConnectionError | undefined {
    const url = boshUrlFor(deployment, this.#address, undefined);
    return this.#socketError && boshFallbackWarning(this.#socketError, url);
  }
}
