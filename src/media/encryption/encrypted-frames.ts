/**
 * Whether frames are end-to-end encrypted. Presence says so (`e2ee.enabled`), but frames may come before it; each ends with the length of
 * its initialisation vector and the index of its key (lib-jitsi-meet `modules/e2ee/Context.ts`).
 */
import type { Participant } from '../../conference/room/roster.ts';

/** Bytes of the vector, and keys that there are. */
const [vectorLength, keys] = [12, 16];
/** One frame of 4096 looks like that by chance; so many in a row do not. */
const certain = 3;
/** So many in a row without it: they are in the clear again. */
const clearAgain = 25;

/** Presence says it. */
export function saysEncrypted(participant: Participant | undefined): boolean {
  return participant?.properties['e2ee.enabled'] === 'true';
}

export type EncryptionVerdict = 'clear' | 'unsure' | 'encrypted';

export class EncryptedFrames {
  #alike = 0;
  #clear = 0;
  #isEncrypted = false;

  /** `unsure`: the next frames will tell what this one was. */
  look(data: Uint8Array): EncryptionVerdict {
    const isAlike =
      data.length > vectorLength + 2 && data.at(-2) === vectorLength && (data.at(-1) ?? keys) < keys;
    this.#alike = isAlike ? this.#alike + 1 : 0;
    this.#clear = isAlike ? 0 : this.#clear + 1;
    if (this.#alike >= certain) this.#isEncrypted = true;
    else if (this.#clear >= clearAgain) this.#isEncrypted = false;
    if (this.#isEncrypted) return 'encrypted';
    return isAlike ? 'unsure' : 'clear';
  }
}
