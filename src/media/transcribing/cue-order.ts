/** Final words in the order in which they were begun, as subtitles have to be: who began first may be understood last. */
import type { Transcript } from './transcript.ts';

export class CueOrder {
  readonly #write: (transcript: Transcript) => void;
  /** Starts of what is being said or understood. */
  readonly #open = new Map<object, number>();
  #waiting: Transcript[] = [];

  constructor(write: (transcript: Transcript) => void) {
    this.#write = write;
  }

  /** @param speech any object that is its own */
  begun(speech: object, start: number): void {
    this.#open.set(speech, start);
  }

  add(transcript: Transcript): void {
    const after = this.#waiting.findIndex(({ start }) => start > transcript.start);
    this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, transcript);
    this.#release();
  }

  /** No more words of it. */
  ended(speech: object): void {
    this.#open.delete(speech);
    this.#release();
  }

  #release(): void {
    const oldest = Math.min(...this.#open.values());
    const ready = this.#waiting.filter(({ start }) => start <= oldest);
    this.#waiting = this.#waiting.slice(ready.length);
    for (const transcript of ready) this.#write(transcript);
  }
}
