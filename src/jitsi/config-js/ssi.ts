/**
 * nginx's server-side includes, `<!--# echo var="subdomain" default="" -->`, which a server without `ssi on` leaves in
 * the file (jitsi-meet `config.js`; docker-jitsi-meet `web/rootfs/defaults/system-config.js`). They stand for their default
 * text, `default="…"`. Without one, in a string they stand for nothing (nginx would write "(none)", which is no part of any
 * address), and where a value is expected, the value is not known. As they are, they would end a string in double quotes;
 * elsewhere they would turn the rest of the line into a comment.
 */

/** An identifier that stands for a placeholder outside strings; no script declares it. */
export const placeholderName = '$server_side_placeholder$';

const open = '<!--#';
const close = '-->';

/** Placeholders replaced by their default text; in code those without one by {@link placeholderName}. */
export function replacePlaceholders(source: string): string {
  return replaced(source, (text, context) => text || (context === 'code' ? ` ${placeholderName} ` : ''));
}

/** Likewise, but those without default leave nothing: they stand where no expression can, such as between properties. */
export function removePlaceholders(source: string): string {
  return replaced(source, (text) => text);
}

function replaced(source: string, replacement: (defaultText: string, context: Context) => string): string {
  let result = '';
  let position = 0;
  let context: Context = 'code';
  for (const [start, end] of placeholders(source)) {
    const before = source.slice(position, start);
    context = contextAfter(before, context);
    const text = inContext(defaultOf(source.slice(start, end)), context);
    result += before + replacement(text, context);
    position = end;
  }
  return result + source.slice(position);
}

/** The text of `default="…"`, also in single quotes or none. */
function defaultOf(placeholder: string): string {
  const name = /\sdefault\s*=\s*/i.exec(placeholder);
  if (!name) return '';
  const rest = placeholder.slice(name.index + name[0].length);
  const [quote = ''] = rest;
  if (quote !== '"' && quote !== "'") return /^[^\s"'<>-]*/.exec(rest)?.[0] ?? '';
  const end = rest.indexOf(quote, 1);
  return end < 0 ? '' : rest.slice(1, end);
}

/** A default that would end the string it stands in is escaped; in a comment there is none. */
function inContext(text: string, context: Context): string {
  if (context === 'code') return text;
  if (context === '//' || context === '/*') return '';
  return text.replace(/[\\'"`\n\r]/g, (character) =>
    character === '\n' || character === '\r' ? ' ' : `\\${character}`,
  );
}

function* placeholders(source: string): Generator<[start: number, end: number], void, undefined> {
  let start = source.indexOf(open);
  while (start >= 0) {
    const closing = source.indexOf(close, start);
    if (closing < 0) return;
    yield [start, closing + close.length];
    start = source.indexOf(open, closing);
  }
}

type Context = 'code' | '//' | '/*' | "'" | '"' | '`';

/** What surrounds the end of `text`, roughly: quotes in regular expressions count as quotes until the line ends. */
function contextAfter(text: string, before: Context): Context {
  let context = before;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    const pair = character + (text[index + 1] ?? '');
    if (context === '/*') {
      if (pair === '*/') context = 'code';
    } else if (context === 'code') {
      if (pair === '//' || pair === '/*') context = pair;
      else if (character === "'" || character === '"' || character === '`') context = character;
    } else if (character === '\n') {
      if (context !== '`') context = 'code';
    } else if (context !== '//') {
      if (character === '\\') index += 1;
      else if (character === context) context = 'code';
    }
  }
  return context;
}
