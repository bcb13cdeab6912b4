/** Getting into the room: under which endpoint id, and what helps when it refuses us. */
import { type RandomBytes, randomBetween, randomHex } from '../../base/random.ts';
import type { JoinError } from '../../jitsi/join-error.ts';
import { type ConferenceOptions, timing } from '../options.ts';
import { chooseEndpointId } from './own-identity.ts';

export type EntryVerdict =
  /** ask the focus for the room once more, in so many ms */
  | { type: 'ask-focus'; delay: number }
  /** come again, under another id */
  | { type: 'again' }
  | { type: 'failed' };

export class RoomEntry {
  readonly #options: ConferenceOptions;
  readonly #random: RandomBytes;
  #endpointId = '';
  /** The one that the present login suggests, where we come with another. */
  #suggested: string | undefined;
  /** Times that the room was gone when we came, and that our endpoint id was taken. */
  #roomGone = 0;
  #conflicts = 0;
  #isBack = false;

  constructor(options: ConferenceOptions, random: RandomBytes) {
    this.#options = options;
    this.#random = random;
  }

  get endpointId(): string {
    return this.#endpointId;
  }

  /**
   * We keep the id that we had, if the room lets us have it again.
   * @param jid the address the server bound us to
   */
  loggedIn(jid: string): void {
    const isAnonymous = this.#options.credentials.mechanism === 'ANONYMOUS';
    const suggested = this.#options.endpointId ?? chooseEndpointId(jid, isAnonymous, this.#random);
    this.#isBack = this.#endpointId !== '';
    if (!this.#isBack) this.#endpointId = suggested;
    this.#suggested = suggested === this.#endpointId ? undefined : suggested;
    this.#roomGone = 0;
    this.#conflicts = 0;
  }

  refused(error: JoinError): EntryVerdict {
    if (error.code === 'room-does-not-exist' && this.#roomGone < timing.roomGoneTries) {
      // The focus left, or was not there yet (lib-jitsi-meet `ChatRoom.ts`, room creation restriction).
      this.#roomGone += 1;
      return { type: 'ask-focus', delay: randomBetween(this.#random, 500, 1_000 * 1.5 ** this.#roomGone) };
    }
    // Strict servers want the id of the login (signalling dossier 5.1).
    const isTaken = error.code === 'nick-conflict';
    if (this.#suggested !== undefined && (isTaken || error.code === 'join-not-allowed'))
      return this.#again(this.#suggested);
    if (!isTaken) return { type: 'failed' };
    if (this.#options.endpointId !== undefined) return this.#waitForGhost();
    if (this.#conflicts > 0) return { type: 'failed' };
    this.#conflicts += 1;
    return this.#again(randomHex(this.#random, 8));
  }

  #again(endpointId: string): EntryVerdict {
    this.#endpointId = endpointId;
    this.#suggested = undefined;
    return { type: 'again' };
  }

  /** Ours goes within a minute; whoever has the id after that is somebody else. */
  #waitForGhost(): EntryVerdict {
    this.#conflicts += 1;
    if (!this.#isBack || this.#conflicts > timing.ghostLooks) return { type: 'failed' };
    return { type: 'ask-focus', delay: randomBetween(this.#random, timing.ghostLook / 2, timing.ghostLook) };
  }
}
