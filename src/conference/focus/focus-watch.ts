/**
 * The focus while we are in the room. When it leaves, as it does when it restarts, nothing brings it back but a conference request (jicofo
 * `FocusManager.conferenceRequest`): we ask again until it is in the room. Everybody in the room notices at the same moment, so each
 * waits for a while of its own; one request is enough for all.
 */
import { type RandomBytes, randomBetween } from '../../base/random.ts';
import type { JitsiError } from '../../base/errors.ts';
import type { Connection } from '../connection/connection.ts';
import { FocusDialogue, type FocusSink } from './focus-dialogue.ts';
import type { FocusRequest } from './focus-request.ts';
import type { HttpAnswer } from '../io.ts';
import type { ConferenceOptions } from '../options.ts';

/** ms until it is asked first: from, to */
const first = [500, 5_000] as const;
/** ms; the n-th wait after an answer lies between half of 2^n times the first and all of it, and is at most the last */
const [backOffFirst, backOffLast] = [4_000, 60_000];
/** ms for an answer; a request's own limits are shorter */
const answerTime = 45_000;

export class FocusWatch {
  readonly #request: () => FocusRequest;
  readonly #options: ConferenceOptions;
  readonly #random: RandomBytes;
  readonly #sink: Pick<FocusSink, 'http' | 'waiting' | 'failed'>;
  /** It was in the room once: some deployments may hide it. */
  #wasHere = false;
  /** While it is away. */
  #dialogue: FocusDialogue | undefined;
  #askAt: number | undefined;
  #asked = 0;
  #hasFailed = false;

  /**
   * @param sink.waiting told of each wait
   * @param sink.failed told once of each absence: it answers, and does not want to come; it is asked again nevertheless
   */
  constructor(
    request: () => FocusRequest,
    options: ConferenceOptions,
    random: RandomBytes,
    sink: Pick<FocusSink, 'http' | 'waiting' | 'failed'>,
  ) {
    this.#request = request;
    this.#options = options;
    this.#random = random;
    this.#sink = sink;
  }

  /** When a {@link tick} is due, ms since the epoch. */
  get nextTimeout(): number | undefined {
    return this.#askAt;
  }

  /** We are in the room, and the focus is or is not. */
  look(isHere: boolean, now: number): void {
    if (isHere) {
      this.#wasHere = true;
      this.stop();
    } else if (this.#wasHere && !this.#dialogue) {
      this.#dialogue = this.#open();
      this.#wait(randomBetween(this.#random, ...first), 'the focus has left the room', now);
    }
  }

  tick(xmpp: Connection, now: number): void {
    if (!this.#dialogue || this.#askAt === undefined || now < this.#askAt) return;
    this.#askAt = now + answerTime;
    this.#asked += 1;
    if (this.#dialogue.isOverHttp) this.#dialogue.askOverHttp();
    else this.#dialogue.askByIq(xmpp, now);
  }

  httpAnswered(answer: HttpAnswer, xmpp: Connection, now: number): void {
    this.#dialogue?.httpAnswered(answer, xmpp, now);
  }

  httpFailed(error: JitsiError, xmpp: Connection, now: number): void {
    this.#dialogue?.httpFailed(error, xmpp, now);
  }

  /** It is in the room, or we are not. */
  stop(): void {
    this.#dialogue?.stop();
    this.#dialogue = undefined;
    this.#askAt = undefined;
    this.#asked = 0;
    this.#hasFailed = false;
  }

  #open(): FocusDialogue {
    return new FocusDialogue(this.#request(), this.#options, {
      http: (request) => this.#sink.http(request),
      // Its presence says when it is.
      ready: (now) => this.#backOff('the focus says that it is in the room', now),
      waiting: (_, why, now) => this.#backOff(why, now),
      failed: (error, now) => {
        if (!this.#hasFailed) this.#sink.failed(error, now);
        this.#hasFailed = true;
        this.#backOff(error.message, now);
      },
    });
  }

  #backOff(why: string, now: number): void {
    const longest = Math.min(backOffFirst * 2 ** (this.#asked - 1), backOffLast);
    this.#wait(randomBetween(this.#random, longest / 2, longest), why, now);
  }

  #wait(delay: number, why: string, now: number): void {
    this.#askAt = now + Math.round(delay);
    this.#sink.waiting(Math.round(delay), why, now);
  }
}
