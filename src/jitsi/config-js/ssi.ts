/**
 * nginx's server-side includes, `<!--# echo var="subdomain" default="" -->`, which a server without `ssi on` leaves in
 * the file (jitsi-meet `config.js`; docker-jitsi-meet `web/rootfs/defaults/system-config.js`). Inside a string they
 * stand for nothing, as their default says. Inside double quotes they would end the string; elsewhere they would turn
 * the rest of the line into a comment.
 */

/** An identifier that stands for a placeholder outside strings; no script declares it. */
export const placeholderName = '$server_side_placeholder$';

const open = '<!--#';
const close = '-->';

/** Placeholders in strings and comments removed, those in code replaced by {@link placeholderName}. */
export function replacePlaceholders(source: string): string {
  let result = '';
  let position = 0;
  let context: Context = 'code';
  for (const [start, end] of placeholders(source)) {
    const before = source.slice(position, start);
    context = contextAfter(before, context);
    result += before + (context === 'code' ? ` ${placeholderName} ` : '');
    position = end;
  }
  return result + source.slice(position);
}

/** All placeholders removed: for those that stand where no expression can, such as between properties. */
export function removePlaceholders(source: string): string {
  let result = '';
  let position = 0;
  for (const [start, end] of placeholders(source)) {
    result += source.slice(position, start);
    position = end;
  }
  return result + source.slice(position);
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
