/** Frames of an XMPP server, for the parser and all who read what it made of them. */
import * as fc from 'fast-check';
import { ParseError } from '../../../src/base/errors.ts';
import { redactText } from '../../../src/jitsi/redact/redact.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { edited, editedElement, elementEdit, textEdit } from '../../../test/support/mutations.ts';
import { readStanza, recordedFrames } from '../../../test/support/stanza-readers.ts';
import { outcomeOf } from '../outcome.ts';
import type { FuzzTarget } from '../target.ts';

const trees = recordedFrames.map((frame) => parseXml(frame));

export const xmlTarget: FuzzTarget<string> = {
  name: 'xml',
  inputs: fc.oneof(
    fc
      .tuple(
        fc.constantFrom(...recordedFrames),
        fc.array(textEdit(recordedFrames), { minLength: 1, maxLength: 3 }),
      )
      .map(([frame, edits]) => edits.reduce(edited, frame)),
    fc
      .tuple(fc.constantFrom(...trees), fc.array(elementEdit, { minLength: 1, maxLength: 4 }))
      .map(([tree, edits]) => serialize(edits.reduce(editedElement, tree))),
  ),
  worst: () => ({
    'nested deeply': '<a>'.repeat(1_000_000),
    'nested deeply, with namespaces': Array.from(
      { length: 40_000 },
      (_, at) => `<p${at}:a xmlns:p${at}='u${at}'>`,
    ).join(''),
    'as many elements as fit': `<a>${'<b/>'.repeat(1_048_000)}</a>`,
    'many attributes': `<a ${Array.from({ length: 300_000 }, (_, at) => `b${at}=""`).join(' ')}/>`,
    'many attributes of many elements': `<a>${`<b ${Array.from({ length: 256 }, (_, at) => `b${at}=""`).join(' ')}/>`.repeat(2_000)}</a>`,
    'namespaces all the way down':
      Array.from(
        { length: 64 },
        (_, depth) => `<a ${Array.from({ length: 255 }, (__, at) => `xmlns:p${at}='u${depth}'`).join(' ')}>`,
      ).join('') + '<p254:b/>'.repeat(100_000),
    'character references': `<a>${'&#x10FFFF;'.repeat(400_000)}</a>`,
    'one long reference': `<a>&#${'9'.repeat(4_000_000)};</a>`,
    'one long entity': `<a>&${'l'.repeat(4_000_000)};</a>`,
    'entities in a document type': `<!DOCTYPE a [<!ENTITY l "${'l'.repeat(1_000)}">]><a>${'&l;'.repeat(100_000)}</a>`,
    'one long name': `<${'a'.repeat(4_000_000)}/>`,
    'one long value': `<a b='${'&amp;'.repeat(800_000)}'/>`,
    'a value without an end': `<a b='${'x'.repeat(4_000_000)}`,
    'ends of character data': `<a>${']]&gt;'.repeat(600_000)}</a>`,
    'many character data sections': `<a>${'<![CDATA[x]]>'.repeat(300_000)}</a>`,
    'white space': `${' \n'.repeat(2_000_000)}<a/>`,
    'deep JSON in a message': `<message xmlns="jabber:client"><json-message xmlns="http://jitsi.org/jitmeet">{"type":"x","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}</json-message></message>`,
    'half surrogates': `<a>${'\ud800'.repeat(4_000_000)}</a>`,
    'more than fits': 'x'.repeat(16 * 1024 * 1024),
  }),
  open: () => ({ read }),
};

function read(frame: string): string {
  redactText(frame);
  return outcomeOf(
    () => {
      const stanza = parseXml(frame);
      readStanza(stanza);
      const written = serialize(stanza);
      const again = serialize(parseXml(written));
      // Characters that XML has not are left out once.
      if (again !== written && serialize(parseXml(again)) !== again)
        throw new Error('what is written reads as something else');
    },
    (error) => error instanceof ParseError && error.source === 'xml',
  );
}
