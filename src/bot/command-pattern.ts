/** A command's words: `play <url> [times]`, `say <text…>`. The last may take all that is left of the line. */
import { UsageError } from '../base/errors.ts';
import { CommandError } from './command-error.ts';

interface Parameter {
  name: string;
  isOptional: boolean;
  takesRest: boolean;
}

export interface CommandPattern {
  name: string;
  /** As it was written. */
  usage: string;
  /**
   * The arguments in a line, which begins after the command's name. Quotes keep words together.
   * @throws CommandError that says how the command is used
   */
  match(line: string): Record<string, string>;
}

/** @throws UsageError `command-pattern-invalid` */
export function parsePattern(usage: string): CommandPattern {
  const [name = '', ...words] = usage.split(' ').filter((word) => word !== '');
  if (name === '' || '<["\''.includes(name.charAt(0))) throw invalid(usage, 'it does not begin with a name');
  const parameters = words.map((word) => parseParameter(usage, word));
  for (const [index, { name: own, isOptional, takesRest }] of parameters.entries()) {
    if (takesRest && index < parameters.length - 1) throw invalid(usage, `nothing can follow ${own}…`);
    if (!isOptional && parameters[index - 1]?.isOptional)
      throw invalid(usage, `${own} has to be there, and something before it has not`);
    if (parameters.findIndex((other) => other.name === own) < index)
      throw invalid(usage, `there are two of ${own}`);
  }
  return { name, usage, match: (line) => match(usage, parameters, line) };
}

function parseParameter(usage: string, word: string): Parameter {
  const isOptional = word.startsWith('[') && word.endsWith(']');
  if (!isOptional && !(word.startsWith('<') && word.endsWith('>')))
    throw invalid(usage, `${word} is neither <needed> nor [optional]`);
  const inner = word.slice(1, -1);
  const takesRest = inner.endsWith('…') || inner.endsWith('...');
  const name = takesRest ? inner.slice(0, inner.endsWith('…') ? -1 : -3) : inner;
  if (name === '') throw invalid(usage, `${word} has no name`);
  return { name, isOptional, takesRest };
}

function match(usage: string, parameters: readonly Parameter[], line: string): Record<string, string> {
  const found: Record<string, string> = Object.create(null) as Record<string, string>;
  let rest = line.trim();
  for (const { isOptional, name, takesRest } of parameters) {
    if (rest === '' && isOptional) break;
    if (rest === '') throw new CommandError(`${name} is missing: ${usage}`);
    const [word, left] = takesRest ? [rest, ''] : firstWord(rest);
    found[name] = word;
    rest = left;
  }
  if (rest !== '') throw new CommandError(`that is too much: ${usage}`);
  return found;
}

/** And what is left. A quote that nobody closes is a letter like others. */
function firstWord(line: string): [string, string] {
  const quote = line.charAt(0);
  const end = quote === '"' || quote === "'" ? line.indexOf(quote, 1) : -1;
  if (end > 0) return [line.slice(1, end), line.slice(end + 1).trimStart()];
  const space = line.indexOf(' ');
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1).trimStart()];
}

function invalid(usage: string, why: string): UsageError {
  return new UsageError(`a command ${JSON.stringify(usage)}: ${why}`, { code: 'command-pattern-invalid' });
}
