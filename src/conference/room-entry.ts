/** Getting into the room: under which endpoint id, and what helps when it refuses us. */
import { type RandomBytes, randomBetween, randomHex } from '../base/random.ts';
import type { JoinError } from '../jitsi/join-error.ts';
import { type ConferenceOptions, timing } from './options.ts';
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
  /** Times that the room was gone when we came, and that our endpoint id was taken. */
  #roomGone = 0;
  #conflicts = 0;

  constructor(options: ConferenceOptions, random: RandomBytes) {
    this.#options = options;
    this.#random = random;
  }

  get endpointId(): string {
    return this.#endpointId;
  }

  /** @param jid the address the server bound us to */
  loggedIn(jid: string): void {
    const isAnonymous = this.#options.credentials.mechanism === 'ANONYMOUS';
    this.#endpointId = this.#options.endpointId ?? chooseEndpointId(jid, isAnonymous, this.#random);
  }

  refused(error: JoinError): EntryVerdict {
    if (error.code === 'room-does-not-exist' && this.#roomGone < timing.roomGoneTries) {
      // The focus left, or was not there yet (lib-jitsi-meet `ChatRoom.ts`, room creation restriction).
      this.#roomGone += 1;
      return { type: 'ask-focus', delay: randomBetween(this.#random, 500, 1_000 * 1.5 ** this.#roomGone) };
    }
    const mayChoose = this.#options.endpointId === undefined && this.#conflicts === 0;
    if (error.code !== 'nick-conflict' || !mayChoose) return { type: 'failed' };
    this.#conflicts += 1;
    this.#endpointId = randomHex(this.#random, 8);
    return { type: 'again' };
  }
}
