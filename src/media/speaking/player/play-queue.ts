/** What a player plays next, and again. The next one is opened before its time, so that nothing is heard between two. */
import { UsageError } from '../../../base/errors.ts';
import { canComeAgain, type Playable } from './playable.ts';
import type { Loop, QueuedSound } from './player-options.ts';
import type { Playing } from './playing.ts';

export interface QueueItem extends QueuedSound {
  playable: Playable;
}

export interface OpenItem {
  item: QueueItem;
  playing: Playing;
  /** It was over before its turn. */
  over?: { error: unknown };
}

/** What somebody in a room asks for may have no end. */
const mostQueued = 10_000;

export class PlayQueue {
  readonly #open: (item: QueueItem) => Playing;
  readonly #items: QueueItem[] = [];
  #loop: Loop;
  #prepared: OpenItem | undefined;
  /** What plays, where it is in the queue to come again. */
  #again: QueueItem | undefined;

  constructor(loop: Loop, open: (item: QueueItem) => Playing) {
    this.#loop = loop;
    this.#open = open;
  }

  get items(): readonly QueuedSound[] {
    return [...this.#items];
  }

  get loop(): Loop {
    return this.#loop;
  }

  set loop(loop: Loop) {
    this.#loop = loop;
    this.rethink();
  }

  /** @throws UsageError `player-full` */
  add(item: QueueItem): void {
    if (this.#items.length >= mostQueued)
      throw new UsageError(`queueing ${item.name}: ${mostQueued} sounds are queued`, { code: 'player-full' });
    this.#items.push(item);
  }

  addFirst(item: QueueItem): void {
    this.rethink();
    this.#items.unshift(item);
  }

  clear(): void {
    this.#items.length = 0;
    this.rethink();
  }

  /** The next one, opened by now. */
  take(): OpenItem | undefined {
    const item = this.#items.shift();
    if (!item) return undefined;
    const prepared = this.#prepared?.item === item ? this.#prepared : undefined;
    if (prepared) this.#prepared = undefined;
    return prepared ?? { item, playing: this.#open(item) };
  }

  /** What will be next is opened while the end of what plays is sent. */
  prepare(current: OpenItem): void {
    this.repeat(current);
    const [item] = this.#items;
    if (item && !this.#prepared) this.#prepared = { item, playing: this.#open(item) };
  }

  /** Puts what plays where it is to come again, if it is, once. */
  repeat({ item, playing }: OpenItem): void {
    // What has no frame at all would be over at once, again and again.
    if (this.#again || !playing.hasStarted || !canComeAgain(item.playable)) return;
    if (this.#loop === 'none') return;
    const again = { ...item };
    this.#again = again;
    if (this.#loop === 'one') this.#items.unshift(again);
    else this.#items.push(again);
  }

  /** What plays is over; what was put to come again does. */
  left(): void {
    this.#again = undefined;
  }

  /** Something else may be next. What comes once only stays open while it is in the queue: it could not be opened again. */
  rethink(): void {
    const { item: next, playing } = this.#prepared ?? {};
    if (next && (canComeAgain(next.playable) || !this.#items.includes(next))) {
      playing?.close();
      this.#prepared = undefined;
    }
    const index = this.#again ? this.#items.indexOf(this.#again) : -1;
    if (index >= 0) this.#items.splice(index, 1);
    this.#again = undefined;
  }

  /** @returns whether it was opened before its time, and is over before it; that is told when its turn has come */
  hasEnded(playing: Playing, error: unknown): boolean {
    if (this.#prepared?.playing !== playing) return false;
    this.#prepared.over = { error };
    return true;
  }
}
