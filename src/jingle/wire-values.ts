/**
 * Values as the wire has them, checked. Every reader gives undefined for what is absent or not as it should be; the caller
 * decides whether that means to skip or to refuse.
 */
import { ParseError } from '../base/errors.ts';
import type { XmlElement } from '../xml/element.ts';
import { resourceOf } from '../xmpp/jid.ts';

export type JingleErrorCode = 'jingle-not-jingle' | 'jingle-missing-attribute' | 'jingle-bad-json';

export function jingleError(code: JingleErrorCode, reason: string, cause?: unknown): ParseError {
  return new ParseError('jingle', code, `unusable Jingle message: ${reason}`, cause);
}

/** A decimal integer from `low` to `high`. */
export function integer(text: string | undefined, low: number, high: number): number | undefined {
  if (text === undefined || !/^-?\d{1,15}$/.test(text)) return undefined;
  const value = Number(text) + 0; // "-0" is 0
  return value >= low && value <= high ? value : undefined;
}

/** XML Schema's boolean. */
export function flag(text: string | undefined): boolean | undefined {
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

/** Something without white space or control characters: it has to fit between two spaces of an SDP line. */
export function word(text: string | undefined): string | undefined {
  // oxlint-disable-next-line no-control-regex
  return text !== undefined && /^[^\s\u0000-\u001f\u007f]+$/.test(text) ? text : undefined;
}

export function oneOf<Value extends string>(
  text: string | undefined,
  values: readonly Value[],
): Value | undefined {
  return values.find((value) => value === text);
}

/** '' counts as absent. */
export function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

export function isSsrc(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 32;
}

/** An SSRC in XML. */
export function ssrcOf(text: string | undefined): number | undefined {
  return integer(text, 1, 2 ** 32 - 1);
}

/** The endpoint id of an owner, which old deployments write as a full occupant JID (lib-jitsi-meet `getEndpointId`). */
export function ownerOf(text: string | undefined): string | undefined {
  return nonEmpty(text?.includes('/') ? resourceOf(text) : text);
}

/** An element without its children, short, for the log. */
export function writtenAs({ name, attrs }: XmlElement): string {
  const pairs = Object.entries(attrs).map(([key, value]) => ` ${key}=${JSON.stringify(value.slice(0, 60))}`);
  return `<${name}${pairs.slice(0, 8).join('')}/>`;
}
