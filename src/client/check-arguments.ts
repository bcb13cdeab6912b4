/** What programs without types get wrong in what they give us: said at once, instead of done otherwise in silence, or halfway. */
import { UsageError } from '../base/errors.ts';
import { nearNames } from '../base/near-names.ts';

/** What a value may be. */
export interface Kind {
  /** In words, after "is to be". */
  words: string;
  fits(value: unknown): boolean;
}

/** Of every option there is; one that is undefined is as good as one that is not there. */
export type Kinds<Options extends object> = Readonly<Record<keyof Options, Kind>>;

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const has = (...names: readonly string[]): Kind['fits'] => {
  return (value) => isObject(value) && names.every((name) => typeof value[name] === 'function');
};

export const text: Kind = { words: 'a text', fits: isText };
export const flag: Kind = { words: 'true or false', fits: (value) => typeof value === 'boolean' };
export const duration: Kind = {
  words: 'a number of milliseconds, Infinity for no limit',
  fits: (value) => typeof value === 'number' && value >= 0,
};
export const size: Kind = { words: 'a number of bytes', fits: duration.fits };
export const limit: Kind = {
  words: 'a number from 1 on',
  fits: (value) => typeof value === 'number' && value >= 1,
};
/** Of what is asked for. */
export const videoHeight: Kind = {
  words: 'a whole number of pixels from 1 on, or -1 for no limit',
  fits: (value) => Number.isSafeInteger(value) && (Number(value) > 0 || value === -1),
};
export const texts: Kind = {
  words: 'a list of texts',
  fits: (value) => Array.isArray(value) && value.every(isText),
};
export const callback: Kind = { words: 'a function', fits: (value) => typeof value === 'function' };
export const abortSignal: Kind = {
  words: 'an AbortSignal',
  fits: has('addEventListener', 'throwIfAborted'),
};
export const objectWith = (words: string, ...methods: readonly string[]): Kind => ({
  words,
  fits: has(...methods),
});
export const oneOf = (...values: readonly string[]): Kind => ({
  words: values.map((value) => JSON.stringify(value)).join(' or '),
  fits: (value) => isText(value) && values.includes(value),
});
export const optional = ({ fits, words }: Kind): Kind => ({
  words: `${words}, or undefined`,
  fits: (value) => value === undefined || fits(value),
});

/** @throws UsageError `argument-invalid` */
export function checkArgument(tried: string, name: string, { fits, words }: Kind, value: unknown): void {
  if (fits(value)) return;
  throw new UsageError(`${tried}: ${name} is to be ${words}, got ${nameOf(value)}`, {
    code: 'argument-invalid',
  });
}

/** @throws UsageError `option-invalid`, `option-unknown` */
export function checkOptions<Options extends object>(
  tried: string,
  kinds: Kinds<Options>,
  options: unknown,
): void {
  if (!isObject(options)) throw invalid(tried, `the options are to be an object, got ${nameOf(options)}`);
  const known = new Map<string, Kind>(Object.entries(kinds));
  for (const [name, value] of Object.entries(options)) {
    const kind = known.get(name);
    if (value === undefined && kind) continue;
    if (!kind) throw unknownOption(tried, name, [...known.keys()]);
    if (!kind.fits(value))
      throw invalid(tried, `the option ${name} is to be ${kind.words}, got ${nameOf(value)}`);
  }
}

/** Of what waits, and may be given up. */
export const waitKinds: Kinds<{ signal?: AbortSignal; timeout?: number }> = {
  signal: abortSignal,
  timeout: duration,
};
/** Of what is read in a loop. */
export const readKinds: Kinds<{ signal?: AbortSignal; limit?: number }> = { signal: abortSignal, limit };
export const signalKinds: Kinds<{ signal?: AbortSignal }> = { signal: abortSignal };

function invalid(tried: string, what: string): UsageError {
  return new UsageError(`${tried}: ${what}`, { code: 'option-invalid' });
}

function unknownOption(tried: string, name: string, names: readonly string[]): UsageError {
  const near = nearNames(name, names);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are: ${names.join(', ')}`;
  return new UsageError(`${tried}: there is no option ${JSON.stringify(name)}; ${hint}`, {
    code: 'option-unknown',
  });
}

/** Never the value itself: it may be a password in the wrong place. */
export function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return String(value);
  return typeof value === 'undefined' ? 'nothing' : `a value of type ${typeof value}`;
}
