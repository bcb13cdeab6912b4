/** What one evaluation may cost. Whatever a hostile config.js does, it runs into one of these. */
import { ParseError } from '../../base/errors.ts';
import type { ConfigJsErrorCode, ConfigJsLimits } from './config.ts';

/** Nested expressions and statements; each takes a few frames of the JavaScript stack. */
const longestChain = 500;

const stepsPerLook = 100;

export class Budget {
  #steps: number;
  #characters: number;
  #depth = 0;
  readonly #now: () => number;
  readonly #deadline: number;
  #unlooked = 0;

  constructor(limits: ConfigJsLimits, now: () => number) {
    this.#steps = limits.steps;
    this.#characters = limits.characters;
    this.#now = now;
    this.#deadline = now() + limits.time;
  }

  /** @throws ParseError `config-too-complex` */
  step(count = 1): void {
    this.#steps -= count;
    if (this.#steps < 0) throw configError('config-too-complex', 'evaluating it takes too many steps');
    this.#unlooked += 1;
    if (this.#unlooked >= stepsPerLook) this.look();
  }

  /**
   * Whatever a step costs that was counted wrongly: time is what matters in the end.
   * @throws ParseError `config-too-complex`
   */
  look(): void {
    this.#unlooked = 0;
    if (this.#now() > this.#deadline) throw configError('config-too-complex', 'evaluating it takes too long');
  }

  /** @throws ParseError `config-too-complex` */
  characters(count: number): void {
    this.#characters -= count;
    if (this.#characters < 0) throw configError('config-too-complex', 'it builds too much text');
  }

  /**
   * Before going one level down; `leave` afterwards, except after an error, which ends the evaluation.
   * @throws ParseError `config-too-deep`
   */
  enter(): void {
    this.step();
    if (++this.#depth > longestChain)
      throw configError('config-too-deep', 'its expressions are nested too deeply');
  }

  leave(): void {
    this.#depth -= 1;
  }
}

export function configError(code: ConfigJsErrorCode, reason: string, cause?: unknown): ParseError {
  return new ParseError('config.js', code, `unacceptable config.js: ${reason}`, cause);
}
