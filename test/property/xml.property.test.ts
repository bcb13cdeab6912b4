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
/** Everything that XML 1.0 has room for (2.2, Char). */
const text = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('<', '>', '&', '"', "'", '\n', '\t', '\r', ']]>', ' ', '\u0085', '\u2028', '😀'),
      fc.string({ unit: 'grapheme', maxLength: 1 }),
    ),
  })
  // oxlint-disable-next-line no-control-regex
  .filter(
    (value) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/u.test(value) && value.isWellFormed(),
  );
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
    attrs: fc
      .array(fc.tuple(attributeName, text), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries)),
    children: fc
      .array(fc.oneof({ weight: 2, arbitrary: text }, { weight: 1, arbitrary: tie('element') }), {
        maxLength: 4,
        depthSize: 'small',
      })
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

  it('leave out what XML cannot hold, and stay well-formed', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(anything, anything, (value, content) => {
        const parsed = parseXml(serialize({ name: 'a', ns: '', attrs: { value }, children: [content] }));
        expect(content).toContain(parsed.children.join('').slice(0, 1));
        expect(parseXml(serialize(parsed))).toEqual(parsed);
      }),
      { seed, numRuns: 500 },
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
    const piece = fc.constantFrom(
      ...[
        '<',
        '>',
        '/',
        '<a>',
        '</a>',
        '<a ',
        'b=',
        '"',
        "'",
        '&',
        '&amp;',
        '&#x',
        ';',
        '<!',
        '<!--',
        '-->',
        '<?',
      ],
      ...[
        '?>',
        '<![CDATA[',
        ']]>',
        '<!DOCTYPE ',
        '[',
        ']',
        'xmlns',
        ':',
        '="u"',
        ' ',
        '\n',
        '\u0000',
        '\ud800',
        'é',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (list) => survives(list.join(''))),
      { seed, numRuns: 3_000 },
    );
  });
});
