import { describe, expect, it } from 'vitest';
import { ParseError } from '../../../src/base/errors.ts';
import { defaultXmlLimits, parseXml, type XmlLimits } from '../../../src/xml/parse.ts';

function codeOf(input: string, limits?: Partial<XmlLimits>): string {
  try {
    parseXml(input, limits);
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    return (error as ParseError).code;
  }
  return 'accepted';
}

describe('parseXml', () => {
  it('resolves namespaces: default, inherited, prefixed, none', () => {
    expect(
      parseXml(`<a xmlns="urn:x" xmlns:p="urn:p" one="1"><b/><p:c p:two="2"/><d xmlns=""/>text</a>`),
    ).toEqual({
      name: 'a',
      ns: 'urn:x',
      attrs: { one: '1' },
      children: [
        { name: 'b', ns: 'urn:x', attrs: {}, children: [] },
        { name: 'c', ns: 'urn:p', attrs: { '{urn:p}two': '2' }, children: [] },
        { name: 'd', ns: '', attrs: {}, children: [] },
        'text',
      ],
    });
  });

  it('keeps attributes of the xml prefix by that name', () => {
    expect(parseXml(`<a xml:lang='en' lang='de'/>`).attrs).toEqual({ 'xml:lang': 'en', lang: 'de' });
  });

  it('joins text, references and CDATA', () => {
    expect(parseXml('<a>1 &lt; 2 &amp;&#32;<![CDATA[<3>&amp;]]>&#x1F600;</a>').children).toEqual([
      '1 < 2 & <3>&amp;😀',
    ]);
  });

  it('keeps white space inside the element, and drops it around', () => {
    expect(parseXml('\n <a> <b/> </a>\n').children).toEqual([
      ' ',
      { name: 'b', ns: '', attrs: {}, children: [] },
      ' ',
    ]);
  });

  it('accepts an XML declaration', () => {
    expect(parseXml(`<?xml version='1.0'?><a/>`).name).toBe('a');
  });

  it('reads attribute names that mean something to JavaScript as names', () => {
    const { attrs } = parseXml(`<a __proto__="1" constructor="2" toString="3"/>`);
    expect(Object.entries(attrs)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
      ['toString', '3'],
    ]);
    expect(Object.getPrototypeOf(attrs)).toBe(Object.prototype);
  });

  it.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['plain text', 'hello'],
    ['an open tag', '<a>'],
    ['a start of a tag', '<a'],
    ['a wrong end tag', '<a></b>'],
    ['an end tag', '</a>'],
    ['two elements', '<a/><b/>'],
    ['text before', 'x<a/>'],
    ['text after', '<a/>x'],
    ['an attribute twice', `<a b="1" b="2"/>`],
    ['an attribute twice, by two prefixes', `<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>`],
    ['an attribute without quotes', '<a b=1/>'],
    ['a prefix that nobody declared', '<p:a/>'],
    ['an attribute prefix that nobody declared', `<a p:b="1"/>`],
    ['< in an attribute', `<a b="<"/>`],
    ['a bare &', '<a>a & b</a>'],
    ['an entity that needs a DTD', '<a>&nbsp;</a>'],
    ['a reference to no character', '<a>&#0;</a>'],
    ['a reference to half a surrogate pair', '<a>&#xD800;</a>'],
    ['a control character', '<a>\u0000</a>'],
    ['half a surrogate pair', '<a>\ud800</a>'],
    ['half a surrogate pair in an attribute', `<a b="\udc00"/>`],
    [']]> in text', '<a>]]></a>'],
    ['CDATA outside', '<![CDATA[x]]><a/>'],
    ['another prefix for the xml namespace', `<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>`],
  ])('refuses %s', (_, input) => {
    expect(codeOf(input)).toBe('xml-not-well-formed');
  });

  it.each([
    ['a document type declaration', '<!DOCTYPE a><a/>'],
    [
      'entities that double each other',
      '<!DOCTYPE a [<!ENTITY x "aaaaaaaaaa"><!ENTITY y "&x;&x;&x;">]><a>&y;&y;&y;</a>',
    ],
    ['a processing instruction', '<a><?x y?></a>'],
    ['a processing instruction before', '<?x y?><a/>'],
    ['a comment', '<a><!-- x --></a>'],
    ['a comment after', '<a/><!-- x -->'],
  ])('refuses %s, which XMPP restricts', (_, input) => {
    expect(codeOf(input)).toBe('xml-restricted');
  });

  it('refuses what is nested too deep, without following it', () => {
    expect(codeOf('<a>'.repeat(100_000) + '</a>'.repeat(100_000))).toBe('xml-too-deep');
    expect(codeOf('<a>'.repeat(64) + '</a>'.repeat(64))).toBe('accepted');
    expect(codeOf('<a>'.repeat(65) + '</a>'.repeat(65))).toBe('xml-too-deep');
  });

  it('refuses frames that are too large, by characters and by elements', () => {
    const limits = { size: 40, depth: 3, elements: 3 };
    expect(codeOf(`<a>${'x'.repeat(33)}</a>`, limits)).toBe('accepted');
    expect(codeOf(`<a>${'x'.repeat(34)}</a>`, limits)).toBe('xml-too-large');
    expect(codeOf('<a><b/><c/></a>', limits)).toBe('accepted');
    expect(codeOf('<a><b/><c/><d/></a>', limits)).toBe('xml-too-large');
    expect(codeOf(`<a>${' '.repeat(defaultXmlLimits.size)}</a>`)).toBe('xml-too-large');
  });

  it('has limits of attributes, of an element and of a frame', () => {
    const some = (count: number): string =>
      Array.from({ length: count }, (_, index) => ` a${index}=''`).join('');
    expect(codeOf(`<a${some(256)}/>`)).toBe('accepted');
    expect(codeOf(`<a${some(257)}/>`)).toBe('xml-too-large');
    expect(codeOf(`<a${some(300_000)}/>`)).toBe('xml-too-large');
    expect(codeOf(`<a>${`<b${some(100)}/>`.repeat(3)}</a>`, { attributes: 300 })).toBe('accepted');
    expect(codeOf(`<a>${`<b${some(100)}/>`.repeat(3)}</a>`, { attributes: 299 })).toBe('xml-too-large');
    expect(codeOf(`<a${Array.from({ length: 300 }, (_, index) => ` xmlns:n${index}='u'`).join('')}/>`)).toBe(
      'xml-too-large',
    );
  });

  it('says what is wrong, and that it was XML', () => {
    expect(() => parseXml('<a></b>')).toThrow(
      expect.objectContaining({
        source: 'xml',
        kind: 'protocol',
        message: expect.stringContaining('unacceptable XML'),
      }),
    );
  });
});
