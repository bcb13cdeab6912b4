/**
 * Parses one XMPP-over-WebSocket frame: exactly one well-formed element (RFC 7395, 3.3.3) without DTD, processing
 * instruction or comment (RFC 6120, 11.1). Everything is bounded: the frame's size, its depth, the number of its nodes and
 * attributes.
 * The only error is `ParseError`.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { messageOf, ParseError } from '../base/errors.ts';
import type { XmlElement, XmlNode } from './element.ts';

export interface XmlLimits {
  /** UTF-16 code units in a frame. Default 4 Mi: a session-initiate of a room with some 10 000 sources. */
  size: number;
  /** Nested elements. Default 64; real stanzas stay under 12. */
  depth: number;
  /** Elements in a frame. Default 200 000. */
  elements: number;
  /** Attributes in a frame, namespace declarations among them. Default 500 000. */
  attributes: number;
}

export const defaultXmlLimits: XmlLimits = {
  size: 4 * 1024 * 1024,
  depth: 64,
  elements: 200_000,
  attributes: 500_000,
};

/** Attributes of one element; real ones have less than 20. */
const mostAttributes = 256;

type MutableElement = XmlElement & { children: XmlNode[] };

export type XmlParseErrorCode = 'xml-too-large' | 'xml-too-deep' | 'xml-restricted' | 'xml-not-well-formed';

/** @throws ParseError with an {@link XmlParseErrorCode} */
export function parseXml(input: string, given: Partial<XmlLimits> = {}): XmlElement {
  const limits: XmlLimits = { ...defaultXmlLimits, ...given };
  if (input.length > limits.size) {
    throw fail('xml-too-large', `frame of ${input.length} characters, at most ${limits.size} are accepted`);
  }
  const parser = new SaxesParser({ xmlns: true });
  const open: MutableElement[] = [];
  let root: MutableElement | undefined;
  let count = 0;
  let attributes = 0;
  let attributesHere = 0;

  parser.on('error', (error) => {
    throw fail('xml-not-well-formed', error.message);
  });
  parser.on('doctype', () => {
    throw fail('xml-restricted', 'document type declarations are not allowed in XMPP');
  });
  parser.on('processinginstruction', () => {
    throw fail('xml-restricted', 'processing instructions are not allowed in XMPP');
  });
  parser.on('comment', () => {
    throw fail('xml-restricted', 'comments are not allowed in XMPP');
  });
  parser.on('attribute', () => {
    if (++attributesHere > mostAttributes)
      throw fail('xml-too-large', `more than ${mostAttributes} attributes of an element`);
    if (++attributes > limits.attributes)
      throw fail('xml-too-large', `more than ${limits.attributes} attributes in a frame`);
  });
  parser.on('opentag', (tag) => {
    attributesHere = 0;
    if (open.length >= limits.depth)
      throw fail('xml-too-deep', `elements nested deeper than ${limits.depth}`);
    if (++count > limits.elements)
      throw fail('xml-too-large', `more than ${limits.elements} elements in a frame`);
    const element: MutableElement = { name: tag.local, ns: tag.uri, attrs: attributesOf(tag), children: [] };
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  const addText = (value: string): void => {
    const parent = open.at(-1);
    if (!parent) return; // white space around the element
    const last = parent.children.length - 1;
    const before = parent.children[last];
    if (typeof before === 'string') parent.children[last] = before + value;
    else parent.children.push(value);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);

  try {
    parser.write(input).close();
  } catch (error) {
    if (error instanceof ParseError) throw error;
    throw fail('xml-not-well-formed', messageOf(error), error);
  }
  if (!root) throw fail('xml-not-well-formed', 'the frame holds no element');
  return root;
}

function attributesOf(tag: SaxesTagNS): Record<string, string> {
  const attrs: Record<string, string> = {};
  for (const attribute of Object.values(tag.attributes)) {
    if (attribute.name === 'xmlns' || attribute.prefix === 'xmlns') continue;
    const key =
      attribute.prefix === '' || attribute.prefix === 'xml'
        ? attribute.name
        : `{${attribute.uri}}${attribute.local}`;
    if (key === '__proto__') defineOwn(attrs, key, attribute.value);
    else attrs[key] = attribute.value;
  }
  return attrs;
}

/** For `__proto__`, a legal attribute name that an assignment would take for something else. */
function defineOwn(attrs: Record<string, string>, key: string, value: string): void {
  Object.defineProperty(attrs, key, { value, enumerable: true, writable: true, configurable: true });
}

function fail(code: XmlParseErrorCode, reason: string, cause?: unknown): ParseError {
  return new ParseError('xml', code, `unacceptable XML: ${reason}`, cause);
}
