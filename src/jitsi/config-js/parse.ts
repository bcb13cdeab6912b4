/** From text to syntax tree, with limits on size, nesting and number of tokens that hold while acorn parses. */
import { type Options, Parser, type Program, type Token } from 'acorn';
import { messageOf, ParseError } from '../../base/errors.ts';
import { type Budget, configError } from './budget.ts';
import type { ConfigJsLimits } from './config.ts';
import { removePlaceholders, replacePlaceholders } from './ssi.ts';

/** @throws ParseError `config-too-large`, `config-not-javascript`, `config-too-deep`, `config-too-complex` */
export function parseScript(source: string, limits: ConfigJsLimits, budget: Budget): Program {
  if (source.length > limits.size) {
    throw configError(
      'config-too-large',
      `it has ${source.length} characters, at most ${limits.size} are accepted`,
    );
  }
  try {
    return parseWithin(replacePlaceholders(source), limits, budget);
  } catch (error) {
    if (!(error instanceof SyntaxError) || !source.includes('<!--#')) throw asConfigError(error, source);
  }
  try {
    return parseWithin(removePlaceholders(source), limits, budget);
  } catch (error) {
    throw asConfigError(error, source);
  }
}

/** Characters of a number or a regular expression: JavaScript's own take the square of that to be read. */
const longestLiteral = 1_000;

/** The places of acorn's tokenizer where a number or a regular expression begins; not in its types. */
interface Tokenizer {
  readonly input: string;
  readonly pos: number;
  readNumber(startsWithDot: boolean): unknown;
  readRadixNumber(radix: number): unknown;
  readRegexp(): unknown;
}

/** acorn, which refuses long literals before it converts them. */
const LimitedParser = Parser.extend((Base) => {
  const Tokens = Base as unknown as new (...args: never) => Tokenizer;
  class Limited extends Tokens {
    override readNumber(startsWithDot: boolean): unknown {
      requireShort(this, /[\w.]*/y);
      return super.readNumber(startsWithDot);
    }
    override readRadixNumber(radix: number): unknown {
      requireShort(this, /\w*/y);
      return super.readRadixNumber(radix);
    }
    override readRegexp(): unknown {
      requireShort(this, /(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])*/y);
      return super.readRegexp();
    }
  }
  return Limited as unknown as typeof Parser;
});

function requireShort({ input, pos }: Tokenizer, literal: RegExp): void {
  literal.lastIndex = pos;
  const { length } = literal.exec(input)?.[0] ?? '';
  if (length > longestLiteral)
    throw configError('config-too-complex', `a number or regular expression of ${length} characters`);
}

function parseWithin(source: string, limits: ConfigJsLimits, budget: Budget): Program {
  let depth = 0;
  let tokens = 0;
  const onToken = ({ type: { label } }: Token): void => {
    if (tokens % 100 === 0) budget.look();
    if (++tokens > limits.tokens)
      throw configError('config-too-complex', `it has more than ${limits.tokens} tokens`);
    if (label === '(' || label === '[' || label === '{' || label === '${') depth += 1;
    else if (label === ')' || label === ']' || label === '}') depth -= 1;
    if (depth > limits.depth)
      throw configError('config-too-deep', `brackets nested deeper than ${limits.depth}`);
  };
  const options: Options = { ecmaVersion: 'latest', sourceType: 'script', locations: true, onToken };
  return LimitedParser.parse(source, options);
}

function asConfigError(error: unknown, source: string): ParseError {
  if (error instanceof ParseError) return error;
  const reason = messageOf(error);
  // acorn recurses on operators too; it notices that the stack ends, or the engine does.
  if (error instanceof RangeError || reason.startsWith('Not enough stack space')) {
    return configError('config-too-deep', 'its expressions are nested too deeply', error);
  }
  if (/^\s*<(?!!--#)/.test(source)) {
    return configError(
      'config-not-javascript',
      'it looks like an HTML page. Is there a Jitsi Meet at this address, and is the tenant right?',
      error,
    );
  }
  return configError('config-not-javascript', `it is not JavaScript: ${reason.slice(0, 200)}`, error);
}
