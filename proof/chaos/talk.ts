/** What a participant says, and what came of it. */
import type { Conference } from '../../src/index.ts';
import { type Book, codeOf } from './keep-ledger.ts';
import type { LineKind, SentLine } from './ledger.ts';

export class Talk {
  readonly #conference: Conference;
  readonly #book: Book;
  readonly #name: string;
  readonly #peer: string;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  constructor(conference: Conference, book: Book, name: string, peer: string) {
    this.#conference = conference;
    this.#book = book;
    this.#name = name;
    this.#peer = peer;
  }

  /** Does it again and again. @param every ms */
  start(activity: string, every: number): void {
    this.stop();
    this.#timer = setInterval(() => this.#once(activity), every);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #once(activity: string): void {
    this.#count += 1;
    this.say(activity, `${this.#name} ${activity} ${this.#count}`);
  }

  /** Says something once. */
  say(activity: string, text: string): void {
    if (activity === 'chat' || activity === 'private') void this.#write(activity, text);
    if (activity === 'bridge') this.#post(text);
  }

  async #write(kind: LineKind, text: string): Promise<void> {
    const to = this.#peerId;
    if (kind === 'private' && to === undefined) return;
    const line: SentLine = { text, kind, outcome: 'pending', at: Date.now() };
    this.#book.sent.push(line);
    try {
      await this.#conference.chat.send(text, to !== undefined && kind === 'private' ? { to } : {});
      line.outcome = 'confirmed';
    } catch (error) {
      line.outcome = codeOf(error);
    }
  }

  #post(text: string): void {
    const to = this.#peerId;
    if (to === undefined) return;
    try {
      this.#conference.bridge.sendMessage(to, { chaos: text });
    } catch {
      // There is no channel now: messages to the bridge are lost then, and whoever sends them is told.
    }
  }

  get #peerId(): string | undefined {
    return [...this.#conference.participants.values()].find(({ displayName }) => displayName === this.#peer)
      ?.id;
  }
}
