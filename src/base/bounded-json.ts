/**
 * JSON from outside. `JSON.parse` takes any depth, but whoever walks or writes what it made runs out of stack at some thousand levels:
 * deeper texts are refused, as the bridge's own reader does (Jackson `StreamReadConstraints.DEFAULT_MAX_DEPTH`).
 */

const deepest = 1_000;

/** @throws SyntaxError when it is not JSON, or is nested deeper than 1000 levels */
export function parseBoundedJson(text: string): unknown {
  if (countOf('[', text) + countOf('{', text) > deepest && depthOf(text) > deepest)
    throw new SyntaxError(`JSON that is nested deeper than ${deepest} levels`);
  return JSON.parse(text);
}

/** Of all that look like it, those in texts too. */
function countOf(bracket: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(bracket); at >= 0 && count <= deepest; at = text.indexOf(bracket, at + 1))
    count++;
  return count;
}

function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') isInText = !isInText;
    else if (isInText) {
      if (character === '\\') at++;
    } else if (character === '[' || character === '{') most = Math.max(most, ++depth);
    else if (character === ']' || character === '}') depth--;
  }
  return most;
}
