/** The quick reader of plain frames gives what the whole parser gives, or leaves the frame to it. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultXmlLimits, type XmlLimits } from '../../src/xml/limits.ts';
import { parseWhole } from '../../src/xml/parse.ts';
import { readPlainXml } from '../../src/xml/plain.ts';
import { captureNames, readCapture } from '../support/captures.ts';

const seed = 20261201;

const frames = captureNames().flatMap((name) =>
  readCapture(name)
    .filter(({ kind }) => kind === 'received' || kind === 'sent')
    .map(({ text }) => text),
);

/** What it reads, the whole parser reads too, and the same. @returns it was read */
function agrees(frame: string, limits: XmlLimits = defaultXmlLimits): boolean {
  const plain = readPlainXml(frame, limits);
  if (plain) expect(plain, frame).toEqual(parseWhole(frame, limits));
  return plain !== undefined;
}

describe('plain XML', () => {
  it('is what most of a real conversation is', () => {
    expect(frames.length).toBeGreaterThan(1_000);
    expect(frames.filter((frame) => agrees(frame)).length).toBeGreaterThan(0.9 * frames.length);
  });

  it('is read as the whole parser reads it, pieces in any order', () => {
    const words = `< > / = " ' & ; : ! ? a b xml xmlns xml:lang xmlns:a a:b __proto__ constructor jabber:client <a> <b> </a> </b> <a/> <a xmlns="u"> &amp; &quot; &#65; &x; b="1" b='2' xml:lang="en" xmlns="" ]]> <![CDATA[x]]> <!--x--> <?x?> é 😀 \u0085 \u2028 http://www.w3.org/2000/xmlns/`;
    const piece = fc.constantFrom(
      ...words.split(' '),
      ' ',
      '\n',
      '\t',
      '\r',
      '\u0000',
      '\ud800',
      '\ufffe',
      '<a b="1" ',
      '<a b="',
    );
    let read = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (list) => {
        if (agrees(`<a>${list.join('')}</a>`)) read++;
        if (agrees(list.join(''))) read++;
      }),
      { seed, numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(500);
  });

  it('is read as the whole parser reads it, real frames with a piece that is gone, twice there or another', () => {
    const short = frames.filter(({ length }) => length < 3_000);
    const inserted = fc.constantFrom(
      '',
      '<',
      '>',
      '"',
      "'",
      '&',
      '/',
      ' ',
      '=',
      ':',
      '\n',
      'x',
      '<a/>',
      '&amp;',
      'xmlns="u"',
      '😀',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...short),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 12 }),
        inserted,
        (frame, where, length, piece) => {
          const at = Math.floor(where * frame.length);
          agrees(frame.slice(0, at) + piece + frame.slice(at + length));
          agrees(frame.slice(0, at + length) + piece + frame.slice(at));
        },
      ),
      { seed, numRuns: 5_000 },
    );
  });

  it('within limits only', () => {
    const limits = { size: 1_000, depth: 2, elements: 3, attributes: 2 };
    expect(agrees('<a b="1" c="2"><a/><a/></a>', limits)).toBe(true);
    for (const frame of [
      '<a><a><a/></a></a>',
      '<a><a/><a/><a/></a>',
      '<a b="1" c="2"><a b="3"/></a>',
      '<a xmlns="u" b="1" c="2"/>',
    ])
      expect(readPlainXml(frame, limits), frame).toBeUndefined();
  });
});
