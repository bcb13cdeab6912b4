/** A transcription that goes on: speech in, words out, to all who want them. */
import type { Clock } from '../../base/clock.ts';
import type { Emitter, EventNames } from '../../base/emitter.ts';
import { JitsiError, MediaError, messageOf } from '../../base/errors.ts';
import { EventStream } from '../../base/event-stream.ts';
import { onAbort } from '../../base/on-abort.ts';
import { withResolvers } from '../../base/resolvers.ts';
import { TypedEmitter, warningEmitter } from '../../client/typed-emitter.ts';
import type { Utterance } from '../hearing/utterance.ts';
import type { Recognition, Recogniser } from './recogniser.ts';
import { longestText, type Transcript } from './transcript.ts';

/** Payloads by event name. */
export interface TranscriptionEvents {
  /** Words: what is understood so far, or, with `final`, what it stays at. */
  transcribed: { transcript: Transcript };
  /** A recogniser that failed (`recogniser-failed`), a file or a chat that took no more; it goes on with the next. */
  warning: { error: JitsiError };
  /** All that was said is understood, or given up. The last event of all. */
  ended: { count: number };
}

export const transcriptionEventNames: EventNames<TranscriptionEvents> = {
  transcribed: true,
  warning: true,
  ended: true,
};

/** Where words go, besides whoever reads or listens. */
export interface TranscriptSink {
  begun?(speech: object, start: number): void;
  add(transcript: Transcript): void;
  ended?(speech: object): void;
  /** Resolves when all is kept; never rejects. */
  close?(): Promise<void>;
}

export interface TranscriptionPorts {
  heard: AsyncIterable<Utterance> & { close(): void };
  recogniser: Recogniser;
  language: string | undefined;
  /** Utterances that are recognised at a time; others wait, with a minute of their sound. */
  atOnce: number;
  clock: Clock;
  signal: AbortSignal | undefined;
}

/** Utterances that wait for their turn; what is said then is left out. */
const mostWaiting = 32;
/** Transcripts that may be unread. */
const limit = 1_000;

export class Transcription
  extends TypedEmitter<TranscriptionEvents>
  implements AsyncIterableIterator<Transcript>, AsyncDisposable
{
  /** Resolves when it has ended and all that was said is understood, with the number of final transcripts. Never rejects. */
  readonly done: Promise<number>;
  readonly #ports: TranscriptionPorts;
  readonly #sinks: TranscriptSink[] = [];
  readonly #emitter: Emitter<TranscriptionEvents>;
  readonly #unread: EventStream<Transcript>;
  readonly #stopped = new AbortController();
  readonly #startedAt: number;
  /** Who waits for its turn. */
  readonly #turns: (() => void)[] = [];
  #running = 0;
  #speeches = 0;
  #count = 0;

  /** Use `transcribe`. */
  constructor(ports: TranscriptionPorts) {
    const emitter = warningEmitter(transcriptionEventNames);
    super(emitter);
    this.#emitter = emitter;
    this.#ports = ports;
    this.#startedAt = ports.clock.now();
    this.#unread = new EventStream<Transcript>({ limit, signal: ports.signal });
    this.done = this.#run();
  }

  /** Transcripts that the loop was too slow for: 1000 may wait, the oldest are lost. */
  get dropped(): number {
    return this.#unread.dropped;
  }

  next(): Promise<IteratorResult<Transcript, undefined>> {
    return this.#unread.next();
  }

  async return(): Promise<IteratorResult<Transcript, undefined>> {
    await this.stop();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Hears no more; resolves when what was said is understood. May be called twice.
   * @param options.now gives up what is not understood yet
   */
  async stop(options: { now?: boolean } = {}): Promise<void> {
    this.#ports.heard.close();
    if (options.now === true) this.#stopped.abort();
    await this.done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Called by who made it, before anything is heard. */
  tell(sink: TranscriptSink): void {
    this.#sinks.push(sink);
  }

  /** Called by its sinks. */
  warn(error: JitsiError): void {
    this.#emitter.emit('warning', { error });
  }

  async #run(): Promise<number> {
    const speeches = new Set<Promise<void>>();
    try {
      for await (const utterance of this.#ports.heard) {
        if (this.#turns.length >= mostWaiting) {
          this.warn(tooSlow(utterance));
          await utterance.audio.return();
          continue;
        }
        const speech = this.#understand(utterance);
        speeches.add(speech);
        void speech.finally(() => speeches.delete(speech));
      }
    } catch (error) {
      this.warn(asJitsiError('hearing what is said', error));
    }
    await Promise.all(speeches);
    for (const sink of this.#sinks) await sink.close?.();
    this.#unread.close();
    this.#emitter.emit('ended', { count: this.#count });
    this.#emitter.removeAll();
    return this.#count;
  }

  /** Never rejects. */
  async #understand(utterance: Utterance): Promise<void> {
    const start = this.#seconds(utterance.start);
    const speech = { id: `${utterance.endpointId}-${(this.#speeches += 1)}` };
    for (const sink of this.#sinks) sink.begun?.(speech, start);
    await this.#turn();
    const { participant } = utterance;
    try {
      if (this.#stopped.signal.aborted) return;
      await this.#words(utterance, speech.id, start);
    } catch (error) {
      const who = participant?.displayName ?? utterance.endpointId;
      if (!this.#stopped.signal.aborted) this.warn(asJitsiError(`recognising what ${who} said`, error));
    } finally {
      // Whoever has not read it to its end does not need it.
      await utterance.audio.return().catch(() => {});
      this.#running -= 1;
      this.#turns.shift()?.();
      for (const sink of this.#sinks) sink.ended?.(speech);
    }
  }

  async #words(utterance: Utterance, id: string, start: number): Promise<void> {
    const { clock, language, recogniser } = this.#ports;
    const { audio, participant } = utterance;
    const { signal } = this.#stopped;
    let part = 1;
    /** Understood so far, and not final. */
    let open: Recognition | undefined;
    let from = start;
    const tell = (result: Recognition, end: number): void => {
      const text = result.text.trim().slice(0, longestText);
      if (text === '') return;
      this.#tell({
        id: `${id}-${part}`,
        participant: utterance.endpointId,
        name: participant?.displayName ?? utterance.endpointId,
        start: from,
        end: Math.max(from, end),
        text,
        final: result.final,
        ...((result.language ?? language) === undefined
          ? {}
          : { language: result.language ?? language ?? '' }),
      });
      if (!result.final) return;
      part += 1;
      from = Math.max(from, end);
    };
    // The last words of an utterance end with it; those before where we are.
    let over: number | undefined;
    void utterance.ended.then(({ end }) => (over = end));
    for await (const result of resultsOf(recogniser({ audio, participant, language, signal }), signal)) {
      tell(result, this.#seconds(over ?? clock.now()));
      open = result.final ? undefined : result;
    }
    // It has ended without a last word: what was understood is what it stays at.
    if (open) tell({ ...open, final: true }, this.#seconds((await utterance.ended).end));
  }

  #tell(transcript: Transcript): void {
    if (transcript.final) this.#count += 1;
    this.#unread.push(transcript);
    this.#emitter.emit('transcribed', { transcript });
    for (const sink of this.#sinks) sink.add(transcript);
  }

  async #turn(): Promise<void> {
    if (this.#running < this.#ports.atOnce) {
      this.#running += 1;
      return;
    }
    const { promise, resolve } = withResolvers();
    this.#turns.push(() => {
      this.#running += 1;
      resolve();
    });
    await promise;
  }

  #seconds(at: number): number {
    return Math.max(0, Math.round(at - this.#startedAt) / 1_000);
  }
}

/** Until the recogniser has ended, or the signal is aborted: one that never answers is not waited for. */
async function* resultsOf(
  answer: ReturnType<Recogniser>,
  signal: AbortSignal,
): AsyncGenerator<Recognition, void, undefined> {
  const aborted = withResolvers<undefined>();
  const off = onAbort(signal, () => aborted.resolve(undefined));
  try {
    if (!isIterable(answer)) {
      const words = await firstOf(Promise.resolve(answer), aborted.promise);
      if (words !== undefined) yield { text: words, final: true };
      return;
    }
    const results = answer[Symbol.asyncIterator]();
    for (;;) {
      const result = await firstOf(results.next(), aborted.promise);
      if (result === undefined) void results.return?.().catch(() => {});
      if (result === undefined || result.done === true) return;
      yield result.value;
    }
  } finally {
    off();
  }
}

function isIterable(answer: ReturnType<Recogniser>): answer is AsyncIterable<Recognition> {
  return typeof answer === 'object' && Symbol.asyncIterator in answer;
}

/** The first of the two; where that is not `promise`, nobody waits for it any more. */
function firstOf<Value, Other>(promise: Promise<Value>, other: Promise<Other>): Promise<Value | Other> {
  promise.catch(() => {});
  return Promise.race([promise, other]);
}

function tooSlow({ endpointId, participant }: Utterance): MediaError {
  const who = participant?.displayName ?? endpointId;
  const words = `recognising what ${who} said: ${mostWaiting} utterances wait already, so this one is left out`;
  return new MediaError(words, { code: 'recogniser-slow' });
}

function asJitsiError(tried: string, error: unknown): JitsiError {
  if (error instanceof JitsiError) return error;
  return new MediaError(`${tried}: ${messageOf(error)}`, { code: 'recogniser-failed', cause: error });
}
