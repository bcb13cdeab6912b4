/** Comparing what a server sent with what it should mean. */
import { expect } from 'vitest';
import { canonicalXml } from './canonical-xml.ts';

/** Equal in meaning, judged without anything of `src`. */
export function expectXml(actual: string | undefined, expected: string): void {
  expect(canonicalXml(actual ?? '<nothing/>')).toEqual(canonicalXml(expected));
}

/** The same for a whole sequence. */
export function expectFrames(actual: readonly string[], expected: readonly string[]): void {
  expect(actual.map(canonicalXml)).toEqual(expected.map(canonicalXml));
}

/** A stanza of type error as Prosody writes it: without the request's children. */
export function stanzaError(
  name: string,
  attributes: string,
  error: { type: string; condition: string; text?: string; by?: string },
): string {
  const { type, condition, text, by } = error;
  const words = text === undefined ? '' : `<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${text}</text>`;
  return (
    `<${name} xmlns='jabber:client' type='error' ${attributes}><error type='${type}'${by === undefined ? '' : ` by='${by}'`}>` +
    `<${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${words}</error></${name}>`
  );
}
