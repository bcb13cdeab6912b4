/**
 * A client's TCP connection, once a WebSocket goes over it: what the network does to its bytes. It stands between the stream and whoever
 * uses it, and costs nothing while nothing is wrong.
 */
import type { Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { Way, WayConditions } from './conditions.ts';
import { Flow } from './flow.ts';

export class Wire {
  readonly #stream: Duplex;
  readonly #up: Flow;
  readonly #down: Flow;

  /** @param now what each direction is like; undefined: perfect */
  constructor(stream: Duplex, clock: Clock, now: (way: Way) => WayConditions | undefined) {
    this.#stream = stream;
    this.#up = new Flow(clock, () => now('up'));
    this.#down = new Flow(clock, () => now('down'));
    this.#slowReading();
    this.#slowWriting();
    stream.once('close', () => this.#clear());
  }

  /** The conditions are others now. */
  changed(): void {
    this.#up.changed();
    this.#down.changed();
  }

  /** From now on nothing reaches the client, which the server does not notice. */
  loseAnswers(): void {
    this.#down.lose();
  }

  /** Breaks the connection; what is on its way is lost. */
  break(): void {
    this.#clear();
    this.#stream.destroy();
  }

  #clear(): void {
    this.#up.clear();
    this.#down.clear();
  }

  /** What the stream has read goes to its reader by `push` (Node's documentation of `readable.push`). */
  #slowReading(): void {
    const stream = this.#stream;
    const push = stream.push.bind(stream);
    stream.push = (chunk: Uint8Array | null, encoding?: BufferEncoding): boolean => {
      if (this.#up.isClear) return push(chunk, encoding);
      this.#up.pass(chunk?.length ?? 0, (done) => {
        push(chunk, encoding);
        done();
      });
      return !this.#up.isFull;
    };
  }

  /** What its user writes goes out by `_write` and `_writev`, and `_final` after the last. */
  #slowWriting(): void {
    const stream = this.#stream;
    const write = stream._write.bind(stream);
    const writeMany = stream._writev?.bind(stream);
    const final = stream._final.bind(stream);
    const slowly = (bytes: number, go: (done: Done) => void, callback: Done): void => {
      if (this.#down.isClear) {
        go(callback);
        return;
      }
      const deliver = (done: () => void): void =>
        go((error) => {
          if (error) stream.destroy(error);
          else done();
        });
      this.#down.pass(bytes, deliver, callback);
    };
    stream._write = (chunk: string | Uint8Array, encoding, callback): void =>
      slowly(Buffer.byteLength(chunk), (done) => write(chunk, encoding, done), callback);
    if (writeMany) {
      stream._writev = (chunks, callback): void => {
        const bytes = chunks.reduce((sum, { chunk }) => sum + Buffer.byteLength(chunk as string), 0);
        slowly(bytes, (done) => writeMany(chunks, done), callback);
      };
    }
    stream._final = (callback): void => {
      if (this.#down.isClear) final(callback);
      else {
        this.#down.pass(0, (done) =>
          final((error) => {
            callback(error);
            done();
          }),
        );
      }
    };
  }
}

type Done = (error?: Error | null) => void;
