/** What is built is parsed back, by us and by another parser; whatever arrives, the only error is a ParseError. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../src/base/errors.ts';
import { isElement, type XmlElement, type XmlNode } from '../../src/xml/element.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { canonicalXml } from '../support/canonical-xml.ts';

const seed = 20261123;

const name = fc.oneof(
  fc.constantFrom(
    'iq',
    'presence',
    'x',
    'jitsi_participant_e2ee.enabled',
    '__proto__',
    'constructor',
    'élément',
  ),
  fc.stringMatching(/^[A-Za-z_][\w.-]{0,6}$/).filter((text) => text.toLowerCase() !== 'xmlns'),
);
const namespace = fc.constantFrom(
  '',
  'jabber:client',
  'urn:x',
  'urn:"<&>\'',
  'http://etherx.jabber.org/streams',
  'urn:é😀',
);
/** What XML 1.0 has room for (2.2, Char), mostly what it gives a meaning to. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '&',
        '"',
        "'",
        '\n',
        '\t',
        '\r',
        ']]>',
        ' ',
        '\u0085',
        '\u2028',
        '😀',
        '&amp;',
      ),
      fc.integer({ min: 0x20, max: 0xd7ff }).map((code) => String.fromCodePoint(code)),
      fc.integer({ min: 0x10000, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    ),
    { maxLength: 8 },
  )
  .map((characters) => characters.join(''));
const attributeName = fc.oneof(
  name,
  fc.constant('xml:lang'),
  fc
    .tuple(fc.constantFrom('urn:a', 'urn:b', 'jabber:client'), name)
    .map(([uri, local]) => `{${uri}}${local}`),
);

/** As the parser gives them: no empty text, no two texts side by side. */
function normal(nodes: readonly XmlNode[]): XmlNode[] {
  const kept: XmlNode[] = [];
  for (const node of nodes) {
    const last = kept.at(-1);
    if (typeof node === 'string' && typeof last === 'string') kept[kept.length - 1] = last + node;
    else if (node !== '') kept.push(node);
  }
  return kept;
}

const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.record({
    name,
    ns: namespace,
    attrs: fc.array(fc.tuple(attributeName, text), { maxLength: 4 }).map((list) => Object.fromEntries(list)),
    children: fc
      .array(fc.oneof({ depthSize: 'small' }, text, text, tie('element')), { maxLength: 4 })
      .map(normal),
  }),
}));

describe('serialize and parseXml', () => {
  it('are inverse', () => {
    fc.assert(
      fc.property(element, (tree) => {
        expect(parseXml(serialize(tree))).toEqual(tree);
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it('are inverse also within an element of another namespace', () => {
    fc.assert(
      fc.property(element, namespace, (tree, outer) => {
        const parent: XmlElement = { name: 'parent', ns: outer, attrs: {}, children: [tree] };
        expect(parseXml(serialize(parent)).children).toEqual([tree]);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('mean to another parser what they mean to us', () => {
    fc.assert(
      fc.property(element, (tree) => {
        const theirs = canonicalXml(serialize(tree));
        const names = (node: XmlElement): string[] => [
          `{${node.ns}}${node.name} ${Object.keys(node.attrs).length}`,
          ...node.children.flatMap((child) => (isElement(child) ? names(child) : [child])),
        ];
        const theirNames = (node: typeof theirs): string[] => [
          `${node.name} ${node.attributes.length}`,
          ...node.children.flatMap((child) => (typeof child === 'string' ? [child] : theirNames(child))),
        ];
        expect(theirNames(theirs)).toEqual(names(tree));
      }),
      { seed, numRuns: 300 },
    );
  });

  it('leave out what XML cannot hold, and nothing else', () => {
    // XML 1.0, 2.2: Char. Half a surrogate pair is a code point of its own here.
    const isChar = (code: number): boolean =>
      code === 0x9 ||
      code === 0xa ||
      code === 0xd ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      code >= 0x10000;
    const kept = (value: string): string =>
      Array.from(value)
        .filter((character) => isChar(character.codePointAt(0) ?? 0))
        .join('');
    const halves = fc.constantFrom('\ud800', '\udbff', '\udc00', '\udfff', '\ufffe', '\u001f', 'a', '😀');
    const anything = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), halves),
      maxLength: 40,
    });
    fc.assert(
      fc.property(anything, anything, (value, content) => {
        const parsed = parseXml(serialize({ name: 'a', ns: '', attrs: { value }, children: [content] }));
        expect(parsed.attrs.value).toBe(kept(value));
        expect(parsed.children).toEqual(kept(content) === '' ? [] : [kept(content)]);
      }),
      { seed, numRuns: 1_000 },
    );
  });
});

describe('junk causes a ParseError or nothing', () => {
  const survives = (input: string): void => {
    try {
      parseXml(input);
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
    }
  };

  it('random text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), survives), { seed, numRuns: 2_000 });
  });

  it('random pieces of XML', () => {
    const words = `< > / <a> </a> b= " ' & &amp; &#x ; <! <!-- --> <? ?> <![CDATA[ ]]> <!DOCTYPE [ ] xmlns : ="u" é`;
    const piece = fc.constantFrom(...words.split(' '), '<a ', ' ', '\n', '\u0000', '\ud800');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (list) => survives(list.join(''))),
      { seed, numRuns: 3_000 },
    );
  });
});
