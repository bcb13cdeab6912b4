/** Whom `--from` means, by name or id, whether they are there, come later, or come again under another id. */
import { waitFor } from '../../base/wait-for.ts';
import type { Conference } from '../../client/conference.ts';
import type { Participant } from '../../conference/room/roster.ts';
import { lookUpParticipant } from '../visit/participants.ts';

/** Who left says so; others may be back. */
const gone: readonly string[] = ['left', 'kicked', 'banned', 'removed'];

export class Person {
  readonly #name: string;
  readonly #conference: Pick<Conference, 'participants' | 'on'>;
  #id: string | undefined;
  /** What they were called when they left, if nobody else was. */
  #displayName: string | undefined;

  /** @param left they were there, and have left */
  constructor(name: string, conference: Pick<Conference, 'participants' | 'on'>, left: () => void) {
    this.#name = name;
    this.#conference = conference;
    conference.on('participantLeft', ({ departure, participant }) => {
      if (participant.id !== this.#id) return;
      this.#id = undefined;
      this.#displayName = this.#isOnly(participant) ? participant.displayName : undefined;
      if (gone.includes(departure.reason)) left();
    });
  }

  is(id: string): boolean {
    return id === this.#id;
  }

  /**
   * Waits until they are there; from then on they are followed.
   * @throws UsageError `participant-ambiguous`, or the signal's reason
   */
  async comes(signal: AbortSignal): Promise<void> {
    const { on } = this.#conference;
    await waitFor((wait) => {
      const look = (): void => {
        try {
          if (this.#look()) wait.resolve();
        } catch (error) {
          wait.reject(error);
        }
      };
      for (const event of ['participantJoined', 'participantChanged'] as const)
        wait.after(on.call(this.#conference, event, look));
      look();
    }, signal);
    const follow = (): void => {
      // Whoever else is called so now is not taken for them.
      try {
        this.#look();
      } catch {}
    };
    on.call(this.#conference, 'participantJoined', follow);
    on.call(this.#conference, 'participantChanged', follow);
  }

  #look(): boolean {
    this.#id ??= (this.#find(this.#name) ?? this.#find(this.#displayName))?.id;
    return this.#id !== undefined;
  }

  #find(name: string | undefined): Participant | undefined {
    return name === undefined ? undefined : lookUpParticipant(name, this.#conference.participants);
  }

  /** Nobody else is called so. */
  #isOnly({ displayName, id }: Participant): boolean {
    const name = displayName?.toLowerCase();
    for (const other of this.#conference.participants.values())
      if (other.id !== id && other.displayName?.toLowerCase() === name) return false;
    return true;
  }
}
