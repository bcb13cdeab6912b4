/** Stanza errors (RFC 6120, 8.3): parse, build, and the error class for a request that was answered with one. */
import { defined } from '../base/defined.ts';
import { type ErrorKind, JitsiError } from '../base/errors.ts';
import { child, elements, is, text, type XmlElement, xml } from '../xml/element.ts';
import { ns } from './namespaces.ts';

export type StanzaErrorType = 'auth' | 'cancel' | 'continue' | 'modify' | 'wait';

export interface StanzaErrorInfo {
  type: StanzaErrorType;
  /** One of RFC 6120's conditions (8.3.3); `undefined-condition` when the other side named none. */
  condition: string;
  /** Descriptive text, if any was sent. */
  text?: string;
  /** Who raised it, if that was said. */
  by?: string;
  /** Application-specific children, such as Jitsi's `session-invalid`. */
  details: readonly XmlElement[];
}

const types: readonly StanzaErrorType[] = ['auth', 'cancel', 'continue', 'modify', 'wait'];

/** Conditions that pass: their type where none is given (RFC 6120, 8.3.3), and the codes that stood for them before (XEP-0086). */
const passing: ReadonlySet<string> = new Set([
  'recipient-unavailable',
  'remote-server-timeout',
  'resource-constraint',
]);
const passingCodes: ReadonlySet<string> = new Set(['408', '500', '504']);

/** Reads the `<error/>` of a stanza of type "error". A stanza without one reads as `undefined-condition`. */
export function parseStanzaError(stanza: XmlElement): StanzaErrorInfo {
  const error = child(stanza, 'error');
  if (!error) return { type: 'cancel', condition: 'undefined-condition', details: [] };
  const parts = elements(error);
  // The text child shares the conditions' namespace, but Jicofo writes it without one. `gone` and `redirect` carry their
  // text themselves (8.3.3.5, 8.3.3.14).
  const condition = parts.find((part) => part.ns === ns.stanzaErrors && part.name !== 'text');
  const described = parts.find(isText);
  const words = text(described ?? condition ?? error);
  return defined({
    type: typeOf(error, condition?.name),
    condition: condition?.name ?? 'undefined-condition',
    text: words === '' ? undefined : words,
    by: error.attrs.by,
    details: parts.filter((part) => part.ns !== ns.stanzaErrors && !isText(part)),
  });
}

function typeOf({ attrs }: XmlElement, condition: string | undefined): StanzaErrorType {
  const given = attrs.type?.trim().toLowerCase();
  const known = types.find((type) => type === given);
  if (known) return known;
  const passes = condition === undefined ? passingCodes.has(attrs.code ?? '') : passing.has(condition);
  return passes ? 'wait' : 'cancel';
}

function isText(part: XmlElement): boolean {
  return is(part, ns.stanzaErrors, 'text') || is(part, ns.client, 'text');
}

/** Builds an `<error/>` child for a stanza of type "error". */
export function buildStanzaError(error: {
  type: StanzaErrorType;
  condition: string;
  text?: string | undefined;
  by?: string | undefined;
  details?: readonly XmlElement[];
}): XmlElement {
  return xml(
    ns.client,
    'error',
    { type: error.type, by: error.by },
    xml(ns.stanzaErrors, error.condition),
    error.text === undefined ? undefined : xml(ns.stanzaErrors, 'text', {}, error.text),
    ...(error.details ?? []),
  );
}

/** The other side answered a request with a stanza error. `code` is the RFC's condition. */
export class StanzaError extends JitsiError {
  override readonly kind: ErrorKind = 'refused';
  readonly info: StanzaErrorInfo;

  /** @param tried what was asked for, in words: "the room's information" */
  constructor(tried: string, info: StanzaErrorInfo) {
    const words = info.text === undefined ? '' : ` (${info.text})`;
    super(`${tried}: the server answered ${info.condition}${words}`, {
      code: info.condition,
      // RFC 6120, 8.3.2: "wait" is retry after waiting.
      retryable: info.type === 'wait',
    });
    this.info = info;
  }
}
