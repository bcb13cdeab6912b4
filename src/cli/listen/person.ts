/** Whom `--from` means, by name or id, whether they are there, come later, or come again under another id. */
import { waitFor } from '../../base/wait-for.ts';
import type { Conference } from '../../client/conference.ts';
import { lookUpParticipant } from '../visit/participants.ts';

/** Who left says so; others may be back. */
const gone: readonly string[] = ['left', 'kicked', 'banned', 'removed'];

export class Person {
  readonly #name: string;
  readonly #conference: Pick<Conference, 'participants' | 'on'>;
  #id: string | undefined;

  /** @param left they were there, and have left */
  constructor(name: string, conference: Pick<Conference, 'participants' | 'on'>, left: () => void) {
    this.#name = name;
    this.#conference = conference;
    conference.on('participantLeft', ({ departure, participant }) => {
      if (participant.id !== this.#id) return;
      this.#id = undefined;
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
    this.#id ??= lookUpParticipant(this.#name, this.#conference.participants)?.id;
    return this.#id !== undefined;
  }
}
