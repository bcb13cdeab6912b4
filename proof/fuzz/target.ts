/** What is fuzzed: a kind of input, and who reads it. */
import type * as fc from 'fast-check';

/** As it comes from outside. */
export type Input = string | Uint8Array;

/** Whoever reads inputs; it may keep something from one to the next, as what it stands for does. */
export interface Subject<Kind extends Input = Input> {
  /**
   * @returns how it went, in a word: `read`, or the code of the refusal
   * @throws what must not be thrown
   */
  read(input: Kind): string | Promise<string>;
  close?(): Promise<void>;
}

export interface FuzzTarget<Kind extends Input = Input> {
  name: string;
  inputs: fc.Arbitrary<Kind>;
  /** Made on purpose to take long, by name. */
  worst(): Readonly<Record<string, Kind>>;
  /** A new one for each batch of inputs. */
  open(): Subject<Kind> | Promise<Subject<Kind>>;
}
