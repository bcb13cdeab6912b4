/**
 * The methods of strings, arrays, objects and harmless regular expressions that config.js files use on known values.
 * Everything else is unsupported.
 */
import type { Budget } from './budget.ts';
import { Pattern } from './patterns.ts';
import {
  isPrimitive,
  isTruthy,
  ObjectValue,
  Unknown,
  type Unsupported,
  unsupported,
  type Value,
} from './values.ts';

/** Calls a function of the script. */
export type Invoke = (callee: Value, args: readonly Value[]) => Value | Unsupported;

export function callMethod(
  receiver: Value,
  name: string,
  args: readonly Value[],
  budget: Budget,
  invoke: Invoke,
): Value | Unsupported {
  if (typeof receiver === 'string') return callStringMethod(receiver, name, args, budget);
  if (receiver instanceof Pattern) {
    const [text] = args;
    if (typeof text !== 'string' || (name !== 'test' && name !== 'exec')) return unsupported;
    if (!receiver.accepts(text, budget)) return unsupported;
    return name === 'test' ? receiver.expression.test(text) : matchOf(receiver.expression.exec(text));
  }
  if (Array.isArray(receiver)) return callArrayMethod(receiver, name, args, budget, invoke);
  if (receiver instanceof ObjectValue) {
    if (name !== 'hasOwnProperty' || receiver.entries.has(name)) return unsupported;
    const key = args[0];
    if (!isPrimitive(key)) return unsupported;
    return receiver.entries.has(String(key)) || (receiver.incomplete ?? false);
  }
  return unsupported;
}

const plainMethods = new Map<string, (text: string) => string>([
  ['toLowerCase', (text) => text.toLowerCase()],
  ['toUpperCase', (text) => text.toUpperCase()],
  ['toString', (text) => text],
  ['trim', (text) => text.trim()],
  ['trimEnd', (text) => text.trimEnd()],
  ['trimStart', (text) => text.trimStart()],
]);

const positionMethods = new Map<
  string,
  (text: string, first: number, second: number | undefined) => string | undefined
>([
  ['at', (text, first) => text.at(first)],
  ['charAt', (text, first) => text.charAt(first)],
  ['slice', (text, first, second) => text.slice(first, second)],
  ['substr', (text, first, second) => substr(text, first, second)],
  ['substring', (text, first, second) => text.substring(first, second)],
]);

const searchMethods = new Map<
  string,
  (text: string, searched: string, position: number | undefined) => Value
>([
  ['endsWith', (text, searched, position) => text.endsWith(searched, position)],
  ['includes', (text, searched, position) => text.includes(searched, position)],
  ['indexOf', (text, searched, position) => text.indexOf(searched, position)],
  ['lastIndexOf', (text, searched, position) => text.lastIndexOf(searched, position)],
  ['startsWith', (text, searched, position) => text.startsWith(searched, position)],
]);

function callStringMethod(
  text: string,
  name: string,
  args: readonly Value[],
  budget: Budget,
): Value | Unsupported {
  const unknown = args.find((value) => value instanceof Unknown);
  if (unknown !== undefined) return unknown;
  // Lower-casing one character gives three at most; everything else but `replace` gives less than it took.
  budget.characters(text.length);

  const [first, second] = args;
  const plain = plainMethods.get(name);
  if (plain) return args.length === 0 ? plain(text) : unsupported;
  const byPosition = positionMethods.get(name);
  if (byPosition) {
    return isNumber(first ?? 0) && isNumber(second)
      ? byPosition(text, Number(first ?? 0), second)
      : unsupported;
  }
  if (first instanceof Pattern) return callWithPattern(text, name, first, second, budget);
  if (name === 'concat') {
    if (!args.every(isPrimitive)) return unsupported;
    for (const value of args) budget.characters(String(value).length);
    return text.concat(...args.map(String));
  }
  if (typeof first !== 'string') return unsupported;
  // The search for a long text in a long text may compare each place anew.
  budget.step(Math.ceil((text.length * first.length) / 4_096));
  const search = searchMethods.get(name);
  if (search) return isNumber(second) ? search(text, first, second) : unsupported;
  if (name === 'split' && isNumber(second)) {
    const parts = text.split(first, second);
    budget.step(parts.length);
    return parts;
  }
  if (name === 'replace' || name === 'replaceAll') {
    // A `$` in the replacement would be a pattern.
    if (typeof second !== 'string' || second.includes('$')) return unsupported;
    const replacements = name === 'replace' ? 1 : text.length + 1;
    budget.characters(second.length * replacements);
    return name === 'replace' ? text.replace(first, second) : text.replaceAll(first, second);
  }
  return unsupported;
}

function callWithPattern(
  text: string,
  name: string,
  pattern: Pattern,
  replacement: Value,
  budget: Budget,
): Value | Unsupported {
  if (!pattern.accepts(text, budget)) return unsupported;
  const { expression } = pattern;
  switch (name) {
    case 'match':
      return matchOf(text.match(expression));
    case 'search':
      return text.search(expression);
    case 'split':
      return replacement === undefined ? text.split(expression) : unsupported;
    case 'replace':
    case 'replaceAll': {
      if (typeof replacement !== 'string' || (name === 'replaceAll' && !expression.global))
        return unsupported;
      // Each match may bring the text and the replacement again.
      budget.characters((text.length + replacement.length) * (text.length + 1));
      return text.replace(expression, replacement);
    }
    default:
      return unsupported;
  }
}

/** A list of what was found, or null; without the members that such a list has besides. */
function matchOf(match: readonly (string | undefined)[] | null): Value {
  return match && [...match];
}

function isNumber(value: Value): value is number | undefined {
  return value === undefined || typeof value === 'number';
}

/** `String.prototype.substr`, which docker-jitsi-meet used for years, in terms of what is not deprecated. */
function substr(text: string, from: number, length: number | undefined): string {
  const start = from < 0 ? Math.max(0, text.length + from) : from;
  return text.slice(start, length === undefined ? undefined : start + Math.max(0, length));
}

function callArrayMethod(
  list: Value[],
  name: string,
  args: readonly Value[],
  budget: Budget,
  invoke: Invoke,
): Value | Unsupported {
  budget.step(list.length);
  const [first, second] = args;
  switch (name) {
    case 'join':
      return join(list, first, budget);
    case 'concat': {
      if (args.some((value) => value instanceof Unknown)) return unsupported;
      const joined = [...list, ...args.flat(1)];
      budget.step(joined.length);
      return joined;
    }
    case 'includes':
    case 'indexOf':
      if (args.length !== 1 || [...list, first].some((value) => value instanceof Unknown)) return unsupported;
      return name === 'includes' ? list.includes(first) : list.indexOf(first);
    case 'map': {
      const mapped: Value[] = [];
      for (const [index, item] of list.entries()) {
        const value = invoke(first, [item, index]);
        if (value === unsupported) return unsupported;
        mapped.push(value);
      }
      return mapped;
    }
    case 'filter':
    case 'find':
    case 'some':
    case 'every':
      return select(list, name, first, invoke);
    case 'forEach': {
      for (const [index, item] of list.entries())
        if (invoke(first, [item, index]) === unsupported) return unsupported;
      return undefined;
    }
    case 'push':
      return list.push(...args);
    case 'unshift':
      return list.unshift(...args);
    case 'pop':
      return list.pop();
    case 'shift':
      return list.shift();
    case 'reverse':
      return list.reverse();
    case 'at':
      return isNumber(first) ? list.at(first ?? 0) : unsupported;
    case 'slice':
      return isNumber(first) && isNumber(second) ? list.slice(first, second) : unsupported;
    default:
      return unsupported;
  }
}

function select(list: readonly Value[], name: string, chosen: Value, invoke: Invoke): Value | Unsupported {
  const found: Value[] = [];
  for (const [index, item] of list.entries()) {
    const answer = invoke(chosen, [item, index]);
    if (answer === unsupported || answer instanceof Unknown) return answer;
    if (isTruthy(answer)) found.push(item);
  }
  if (name === 'filter') return found;
  if (name === 'find') return found[0];
  return name === 'some' ? found.length > 0 : found.length === list.length;
}

function join(list: readonly Value[], separator: Value, budget: Budget): Value | Unsupported {
  if (separator !== undefined && typeof separator !== 'string') return unsupported;
  const glue = separator ?? ',';
  const texts: string[] = [];
  for (const item of list) {
    if (item instanceof Unknown) return item;
    if (!isPrimitive(item)) return unsupported;
    const text = String(item ?? '');
    budget.characters(text.length + glue.length);
    texts.push(text);
  }
  return texts.join(glue);
}
