/** Fuzzes one target: seeded batches of inputs, each of which can be made again from the seed and its number. */
import * as fc from 'fast-check';
import { type Drift, driftOf } from '../lib/drift.ts';
import { minimise } from './minimise.ts';
import { wasRead } from './outcome.ts';
import type { FuzzTarget, Input, Subject } from './target.ts';

export const batchSize = 1_000;
/** ms of CPU that an input may take on any machine: far more than any does, far less than what grows with the square of its length */
export const inputLimit = 10_000;
/** How often memory is looked at in the whole of a run, if it is at all. */
const memorySamples = 128;
/** Quarters of fewer say nothing. */
const leastSamples = 16;

export interface FuzzShare {
  seed: number;
  /** Inputs altogether. */
  count: number;
  /** This one of `of` takes every `of`-th batch. */
  share: number;
  of: number;
}

export interface Failure {
  /** -1 for those that were made on purpose. */
  batch: number;
  error: string;
  /** Unless it is unknown which one it was. */
  input?: Input;
}

export interface FuzzResult {
  inputs: number;
  read: number;
  /** By code. */
  refused: Record<string, number>;
  /** ms of CPU, and its length. */
  slowest: { ms: number; length: number };
  /** Bytes after a collection: heap with buffers, and resident. Where the process can collect. */
  heap?: Drift;
  resident?: Drift;
  failure?: Failure;
}

export interface FuzzHooks {
  /** After each batch. */
  progress?(inputs: number): void;
  /** Before each input: who wants to know which one never ends. */
  before?(input: Input): void;
}

export class Fuzz {
  readonly #target: FuzzTarget;
  readonly #share: FuzzShare;
  readonly #hooks: FuzzHooks;
  readonly #result: FuzzResult = { inputs: 0, read: 0, refused: {}, slowest: { ms: 0, length: 0 } };
  readonly #escaped: unknown[] = [];
  #isStopped = false;

  constructor(target: FuzzTarget, share: FuzzShare, hooks: FuzzHooks = {}) {
    this.#target = target;
    this.#share = share;
    this.#hooks = hooks;
  }

  /** An error that nobody caught: of the batch under way. */
  escaped(error: unknown): void {
    this.#escaped.push(error);
  }

  /** Ends with the batch under way. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The inputs that were made on purpose, then the seeded ones, up to the first failure. */
  async run(): Promise<FuzzResult> {
    const { count, share, of } = this.#share;
    const result = this.#result;
    if (share === 0) await this.#runWorst();
    const batches = Math.ceil(count / batchSize);
    const everySample = Math.max(1, Math.floor(batches / of / memorySamples));
    const heap: number[] = [];
    const resident: number[] = [];
    for (let batch = share; batch < batches && !result.failure && !this.#isStopped; batch += of) {
      await this.runBatch(batch);
      this.#hooks.progress?.(result.inputs);
      if (globalThis.gc && Math.floor(batch / of) % everySample === 0) {
        globalThis.gc();
        const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
        heap.push(heapUsed + arrayBuffers);
        resident.push(rss);
      }
    }
    if (heap.length >= leastSamples) {
      result.heap = driftOf(heap);
      result.resident = driftOf(resident);
    }
    return result;
  }

  async runBatch(batch: number): Promise<FuzzResult> {
    const { seed, count } = this.#share;
    const subject = await this.#target.open();
    const details = await fc.check(
      fc.asyncProperty(this.#target.inputs, (input) => this.#read(subject, input)),
      { seed: batchSeed(seed, batch), numRuns: Math.min(batchSize, count - batch * batchSize) },
    );
    if (details.failed) {
      const [input = ''] = details.counterexample ?? [];
      await this.#fail(batch, details.errorInstance, input);
    }
    await this.#close(subject, batch);
    return this.#result;
  }

  async #runWorst(): Promise<void> {
    const subject = await this.#target.open();
    for (const [name, input] of Object.entries(this.#target.worst())) {
      try {
        await this.#read(subject, input);
      } catch (error) {
        await this.#fail(-1, error, input, ` (the worst input "${name}")`);
        break;
      }
    }
    await this.#close(subject, -1);
  }

  async #read(subject: Subject, input: Input): Promise<void> {
    this.#hooks.before?.(input);
    const before = process.cpuUsage();
    const outcome = await subject.read(input);
    // Not the time that went by: the machine may have had something else to do.
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    const result = this.#result;
    result.inputs++;
    if (outcome === wasRead) result.read++;
    else result.refused[outcome] = (result.refused[outcome] ?? 0) + 1;
    if (ms > result.slowest.ms) result.slowest = { ms, length: input.length };
    if (ms > inputLimit) throw new TooSlow(ms);
  }

  /** What was left behind may go wrong later. */
  async #close(subject: Subject, batch: number): Promise<void> {
    await subject.close?.();
    await new Promise((resolve) => setImmediate(resolve));
    const [error] = this.#escaped.splice(0);
    if (error !== undefined && !this.#result.failure)
      this.#result.failure = this.#failure(batch, error, undefined, ' (nobody caught it)');
  }

  async #fail(batch: number, error: unknown, input: Input, where = ''): Promise<void> {
    const subject = await this.#target.open();
    const fails = async (candidate: Input): Promise<boolean> => {
      try {
        await subject.read(candidate);
        return false;
      } catch {
        return true;
      }
    };
    const isSlow = error instanceof TooSlow;
    this.#result.failure = this.#failure(batch, error, isSlow ? input : await minimise(input, fails), where);
    await subject.close?.();
  }

  #failure(batch: number, error: unknown, input: Input | undefined, where = ''): Failure {
    const text = (error instanceof Error ? error.stack : undefined) ?? String(error);
    return { batch, error: text + where, ...(input === undefined ? {} : { input }) };
  }
}

class TooSlow extends Error {
  constructor(ms: number) {
    super(`it took ${Math.round(ms)} ms of CPU, ${inputLimit} are allowed`);
  }
}

/** Far apart for neighbouring batches; fast-check wants 32 bits. */
function batchSeed(seed: number, batch: number): number {
  return Math.imul(seed ^ Math.imul(batch + 1, 0x9e3779b1), 0x85ebca6b) | 0;
}
