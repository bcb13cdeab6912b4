/** Damage to recorded frames, as fast-check arbitraries: to their text, and to their elements. */
import * as fc from 'fast-check';
import { isElement, type XmlElement, type XmlNode } from '../../src/xml/element.ts';

export interface TextEdit {
  kind: 'letter' | 'remove' | 'insert' | 'double' | 'flip' | 'truncate' | 'splice';
  /** Where, as a part of the length. */
  at: number;
  size: number;
  piece: string;
}

/** Pieces that mean something in XML, in XMPP or to JavaScript. */
const pieces: readonly string[] = [
  ...`< > / /> </ " ' = & &lt; &quot; &#0; &#x10FFFF; : ! <a> </a> <?x?> <![CDATA[ ]]> xmlns="" a:`.split(
    ' ',
  ),
  ...`__proto__ constructor { } [ ] null 1e999 -1 4294967296 % 😀`.split(' '),
  ...`<!DOCTYPE x>|<!-- -->| xmlns='jabber:client'| xmlns:a="u"| type="error"| type="result"| code="110"`.split(
    '|',
  ),
  ' ',
  '\n',
  '\u0000',
  '\ud800',
  '\u2028',
];

/** An edit; `splice` takes its piece from another of `frames`. */
export function textEdit(frames: readonly string[]): fc.Arbitrary<TextEdit> {
  const somewhere = fc.double({ min: 0, max: 1, noNaN: true });
  const fragment = fc
    .tuple(fc.constantFrom(...frames), somewhere, fc.integer({ min: 1, max: 200 }))
    .map(([frame, at, size]) => {
      const start = Math.floor(at * frame.length);
      return frame.slice(start, start + size);
    });
  return fc.record({
    // Most of the others leave no XML behind.
    kind: fc.constantFrom(
      'letter',
      'letter',
      'letter',
      'flip',
      'remove',
      'insert',
      'double',
      'truncate',
      'splice',
    ),
    at: somewhere,
    size: fc.integer({ min: 1, max: 80 }),
    piece: fc.oneof(fc.constantFrom(...pieces), fragment),
  });
}

export function edited(text: string, { kind, at, size, piece }: TextEdit): string {
  const start = Math.floor(at * text.length);
  const end = Math.min(text.length, start + size);
  switch (kind) {
    case 'remove':
      return text.slice(0, start) + text.slice(end);
    case 'insert':
      return text.slice(0, start) + piece + text.slice(start);
    case 'double':
      return text.slice(0, end) + text.slice(start);
    case 'flip': {
      const flipped = String.fromCharCode(text.charCodeAt(start) ^ (1 << (size % 8)));
      return text.slice(0, start) + flipped + text.slice(start + 1);
    }
    case 'letter': {
      // The next letter in a value or a text, replaced.
      const letter = /(?<=["'>][^"'<>]*)[\w:@/.-]/.exec(text.slice(start));
      const index = start + (letter?.index ?? 0);
      return `${text.slice(0, index)}${String.fromCharCode(97 + (size % 26))}${text.slice(index + 1)}`;
    }
    case 'truncate':
      return text.slice(0, start);
    case 'splice':
      return text.slice(0, start) + piece + text.slice(end);
  }
}

interface ElementEdit {
  kind: 'remove' | 'double' | 'rename' | 'namespace' | 'attribute' | 'no-attributes' | 'text' | 'empty';
  /** Which of the elements, counted through the whole tree. */
  index: number;
  name: string;
  value: string;
}

/** Values that readers might trip over, wherever they appear. */
const values: readonly string[] = [
  ...'0 -1 1e999 NaN 4294967296 true false null __proto__ constructor toString @ / a@ @b/ a@b@c/d/e % " {} []'.split(
    ' ',
  ),
  ...'http://[ wss://x {"type":{}} {"a-a0":null} {"sources":null} {"sources":{"a":7}} {"toString":null}'.split(
    ' ',
  ),
  '{"type":"room_metadata","metadata":{"services":[{"type":"turn","host":{}}]}}',
  '{"sources":{"__proto__":[[{"s":-1}]]}}',
  '',
  ' ',
  '\ud800',
  '\u0000',
  '😀'.repeat(100),
  'x'.repeat(5_000),
];

const names: readonly string[] =
  `x item status error query identity feature body subject delay nick SourceInfo json-message jingle content description
   transport source services conference features __proto__ type from to id code jid role affiliation stamp ver node h ssrc
   sid action`.split(/\s+/);

const namespaces: readonly string[] = [
  '',
  'jabber:client',
  'jabber:x:data',
  'urn:xmpp:sm:3',
  'urn:xmpp:jingle:1',
  'urn:ietf:params:xml:ns:xmpp-stanzas',
  'http://etherx.jabber.org/streams',
  'http://jabber.org/protocol/muc#user',
  'http://jitsi.org/jitmeet',
];

export const elementEdit: fc.Arbitrary<ElementEdit> = fc.record({
  kind: fc.constantFrom(
    'remove',
    'double',
    'rename',
    'namespace',
    'attribute',
    'no-attributes',
    'text',
    'empty',
  ),
  index: fc.nat(60),
  name: fc.constantFrom(...names),
  value: fc.constantFrom(...values, ...namespaces),
});

export function editedElement(root: XmlElement, edit: ElementEdit): XmlElement {
  let left = edit.index % countElements(root);
  const visit = (element: XmlElement, isRoot: boolean): XmlNode[] => {
    if (left-- === 0) return isRoot ? changed(element, edit).slice(0, 1) : changed(element, edit);
    return [
      {
        ...element,
        children: element.children.flatMap((node) => (isElement(node) ? visit(node, false) : [node])),
      },
    ];
  };
  return visit(root, true).find(isElement) ?? root;
}

function changed(element: XmlElement, { kind, name, value }: ElementEdit): XmlNode[] {
  switch (kind) {
    case 'remove':
      return [];
    case 'double':
      return [element, element];
    case 'rename':
      return [{ ...element, name }];
    case 'namespace':
      return [{ ...element, ns: value }];
    case 'attribute':
      return [{ ...element, attrs: { ...element.attrs, [name]: value } }];
    case 'no-attributes':
      return [{ ...element, attrs: {} }];
    case 'text':
      return [{ ...element, children: [value] }];
    case 'empty':
      return [{ ...element, children: [] }];
  }
}

function countElements(element: XmlElement): number {
  return element.children.reduce((sum, node) => sum + (isElement(node) ? countElements(node) : 0), 1);
}
