/**
 * Regular expressions of the script, as far as they are harmless: at most two repetitions, none of a group, nothing that looks
 * ahead or back, on short text. Such a one takes at most the cube of the text's length, and that is charged before it is run.
 */
import type { Budget } from './budget.ts';

const longestPattern = 200;
/** A page's address and its parts are shorter. */
const longestText = 512;
const mostRepetitions = 2;
/** Characters looked at that count as one step. */
const charactersPerStep = 4_096;

export class Pattern {
  readonly expression: RegExp;
  readonly #repetitions: number;

  private constructor(expression: RegExp, repetitions: number) {
    this.expression = expression;
    this.#repetitions = repetitions;
  }

  /** undefined when it may take long, or is none. */
  static from(source: string, flags: string): Pattern | undefined {
    if (source.length > longestPattern || !/^[gimsu]{0,5}$/.test(flags)) return undefined;
    const repetitions = repetitionsIn(source);
    if (repetitions === undefined || repetitions > mostRepetitions) return undefined;
    try {
      return new Pattern(new RegExp(source, flags), repetitions);
    } catch {
      return undefined;
    }
  }

  /** Whether it may be run on this text; what that costs is charged. */
  accepts(text: string, budget: Budget): boolean {
    if (text.length > longestText) return false;
    budget.step(Math.ceil(text.length ** (this.#repetitions + 1) / charactersPerStep));
    this.expression.lastIndex = 0;
    return true;
  }
}

/** How many `*`, `+` and `{…}` it has; undefined where there is anything else that takes time. */
function repetitionsIn(source: string): number | undefined {
  let count = 0;
  let isClass = false;
  for (let index = 0; index < source.length; index += 1) {
    const character = source[index] ?? '';
    if (character === '\\') {
      index += 1;
      if (/[1-9k]/.test(source[index] ?? '')) return undefined;
    } else if (isClass) isClass = character !== ']';
    else if (character === '[') isClass = true;
    else if (character === '(' && source[index + 1] === '?' && source[index + 2] !== ':') return undefined;
    else if ('*+{'.includes(character)) {
      if (source[index - 1] === ')') return undefined;
      count += 1;
    }
  }
  return count;
}
