/**
 * Whether we are without a media session though there should be one. A focus has ways to leave a member of its conference without any: no bridge
 * could be had, or it was out of health for a while (jicofo `ParticipantInviteRunnable.java`, `BridgeSelector.healthCheckPassed`, which invites nobody), an accept or
 * a restart was refused, a re-invitation failed. No request brings one then; leaving the room and coming again does, at once.
 */
import type { Milliseconds } from '../../base/clock.ts';
import { type JitsiError, MediaError } from '../../base/errors.ts';
import { type RandomBytes, randomBetween } from '../../base/random.ts';
import type { SessionEnd } from '../../jingle/session-io.ts';
import type { FocusState } from '../../jitsi/focus-presence.ts';

/** ms until the room is entered anew: from, to, and at most when it was of no use, each time twice as long. */
type Patience = readonly [from: Milliseconds, to: Milliseconds, most: Milliseconds];

const patience = {
  /** The focus has said that there will be none. */
  refused: [1_000, 3_000, 300_000],
  /** An offer should have come: it does within a second or two, or after the 15 s that a focus waits for a bridge that does not answer. */
  late: [20_000, 25_000, 300_000],
  /** There is no bridge, and nobody may tell us when there is one again. */
  noBridge: [60_000, 120_000, 600_000],
} as const satisfies Record<string, Patience>;

type Lack = keyof typeof patience;

/** ms that a session has to last until its end is a new beginning */
const settledAfter: Milliseconds = 60_000;

export interface SessionSight {
  /** There is a session, or one on offer. */
  hasSession: boolean;
  /** How the last one ended; undefined when there was none, or we left the room. */
  lastEnd: SessionEnd | undefined;
  /** How many others are in the room. */
  others: number;
  focus: FocusState | undefined;
}

export class SessionWatch {
  readonly #random: RandomBytes;
  #lack: Lack | undefined;
  #at: Milliseconds | undefined;
  /** In a row, without a session that lasted. */
  #entries = 0;
  #sessionSince: Milliseconds | undefined;

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  /** When {@link look} may say something, ms since the epoch. */
  get nextTimeout(): Milliseconds | undefined {
    return this.#at;
  }

  /** We are in the room, and this is what we see. @returns why the room is to be left and entered anew, now */
  look(sight: SessionSight, now: Milliseconds): JitsiError | undefined {
    this.#noteSession(sight.hasSession, now);
    const lack = lackOf(sight, this.#entries > 0);
    if (lack !== this.#lack) {
      this.#lack = lack;
      this.#at = lack && now + this.#wait(patience[lack]);
    }
    if (!lack || this.#at === undefined || now < this.#at) return undefined;
    this.#lack = undefined;
    this.#at = undefined;
    this.#entries += 1;
    return strandedError(lack, sight.lastEnd);
  }

  #noteSession(hasSession: boolean, now: Milliseconds): void {
    if (hasSession) this.#sessionSince ??= now;
    else {
      if (this.#sessionSince !== undefined && now - this.#sessionSince >= settledAfter) this.#entries = 0;
      this.#sessionSince = undefined;
    }
  }

  #wait([from, to, most]: Patience): Milliseconds {
    const factor = 2 ** Math.min(this.#entries, 20);
    return Math.round(
      Math.min(randomBetween(this.#random, from, to) * factor, randomBetween(this.#random, most / 2, most)),
    );
  }
}

function lackOf({ focus, hasSession, lastEnd, others }: SessionSight, isBack: boolean): Lack | undefined {
  if (hasSession || others === 0 || !focus) return undefined;
  // Our user's own wish.
  if (lastEnd?.by === 'us' && lastEnd.nextOffer === 'after-rejoin') return undefined;
  if (!focus.bridgeAvailable) return 'noBridge';
  if (lastEnd?.nextOffer === 'after-rejoin') return 'refused';
  const isExpected = isBack || lastEnd?.nextOffer === 'at-once' || lastEnd?.reason === 'gone';
  return isExpected ? 'late' : undefined;
}

const words: Readonly<Record<Lack, string>> = {
  refused: 'the focus has ended the media session, and offers no other to those who stay',
  late: 'the focus has offered no other media session',
  noBridge: 'the focus had no bridge, and may have one again',
};

function strandedError(lack: Lack, end: SessionEnd | undefined): MediaError {
  const why = end ? ` (${[end.reason, end.text].filter(Boolean).join(', ')})` : '';
  return new MediaError(`being in the room: ${words[lack]}${why}; the room is left and entered anew`, {
    code: 'session-missing',
    retryable: true,
  });
}
