/**
 * The worst texts that the redaction's rules can get: beginnings without an end, ends that may still come, what looks like an
 * escape. Found by hand, one list a rule, since random text never holds them; then put together at random.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactText } from '../../src/jitsi/redact/redact.ts';
import { within } from '../support/within.ts';

const seed = 20261129;
/** Characters. Work that grows with the square of this takes hours, work that grows with it a fraction of a second. */
const size = 1_000_000;
/** ms, far from what is needed on a loaded machine. */
const limit = 60_000;

/** A beginning, said once, and what is repeated after it. */
const worst: readonly (readonly [rule: string, start: string, repeated: string])[] = [
  ['JSON', '"pwd":"', '\\"'],
  ['JSON', '', '"pwd":"'],
  ['JSON', '', '"pwd":"\\'],
  ['JSON', '"pwd":"', '\\'],
  ['JSON', '"pwd"', ' '],
  ['JSON', '', '"pwd"    '],
  ['JSON', '', '"pwd":   '],
  ['JSON', '', '"token":1'],
  ['JSON', '\\"pwd\\":\\"', '\\\\\\"'],
  ['JSON', '', '\\\\\\\\"pwd\\\\\\\\":'],
  ['JSON as XML text', '&quot;pwd&quot;:&quot;', '\\&quot;'],
  ['JSON as XML text', '&quot;pwd&quot;:&quot;', '\\&quot;\\x'],
  ['JSON as XML text', '', '&quot;pwd&quot;:&quot;'],
  ['JSON as XML text', '&quot;pwd&quot;:&quot;', '&quo'],
  ['JSON as XML text', '&quot;pwd&quot;:', '&#34;\\'],
  ['URLs', '?token=', 'x'],
  ['URLs', '', '?token='],
  ['URLs', '', '&access_token'],
  ['URLs', '', '&amp;pwd='],
  ['SASL', '<auth', ' '],
  ['SASL', '', '<auth '],
  ['SASL', '', '<auth>'],
  ['SASL', '', '<auth x=""'],
  ['SASL', '<auth>', 'x'],
  ['SASL', '', ' <response'],
  ['attributes', ' password', ' '],
  ['attributes', '', ' password = '],
  ['attributes', '', ' password="'],
  ['attributes', '', '\tpwd=\'"'],
  ['the key that resumes', '<enabled', ' id'],
  ['the key that resumes', '', '<enabled id '],
  ['the key that resumes', '', '<enabled id="'],
  ['the key that resumes', '<enabled', ' id =\n'],
  ['room passwords', '<password', ' x'],
  ['room passwords', '', '<password '],
  ['room passwords', '', '<password><![CDATA['],
  ['room passwords', '<password>', '<![CDATA[]]>'],
  ['room passwords', '', 'a:password'],
  ['room passwords', '<a', ':password'],
  ['forms', '', `="password"`],
  ['forms', '', ` var="password" value `],
  ['words', '', 'password: '],
  ['URLs', '', '://'],
  ['URLs', '', '://x'],
  ['URLs', '://', 'x'],
  ['words', 'password:', ' '],
  ['words', '', 'token%3D'],
  ['forms', '', "muc#roomconfig_roomsecret'"],
  ['forms', '', "muc#roomconfig_roomsecret'>"],
  ['forms', "muc#roomconfig_roomsecret'>", ' '],
  ['forms', '', "muc#roomconfig_roomsecret'><value "],
  ['headers', 'authorization', ' '],
  ['headers', '', 'authorization: bearer '],
  ['headers', 'authorization: basic', '\t'],
  ['headers', '', 'authorization="'],
  ['marks', '', 'passwordpassword'],
  ['marks', 'a', '_token'],
];

describe('redaction takes time as its text is long', () => {
  it.each(worst)(
    '%s: %j and then %j',
    (_rule, start, repeated) => {
      const text = start + repeated.repeat(size / repeated.length);
      expect(within(limit, () => redactText(text)).length).toBeGreaterThan(0);
    },
    2 * limit,
  );

  it(
    'and whatever is put together of these',
    () => {
      const piece = fc
        .tuple(fc.constantFrom(...worst), fc.integer({ min: 0, max: 3_000 }))
        .map(([[, start, repeated], times]) => start + repeated.repeat(times));
      const endings = fc.constantFrom('', '"', "'", '>', '<', '&quot;', '\\', ':', '=');
      const texts = fc.array(fc.tuple(piece, endings), { minLength: 1, maxLength: 8 });
      fc.assert(
        fc.property(texts, (list) => {
          const text = list.flat().join('');
          expect(within(limit, () => redactText(text)).length).toBeLessThanOrEqual(3 * text.length);
        }),
        { seed, numRuns: 200 },
      );
    },
    5 * limit,
  );
});

describe('what is hidden stays hidden', () => {
  const secret = 's3cret-s3cret';
  const asXml = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  /** Somebody's text beside a secret, written by a server that writes well-formed JSON and XML. */
  const carriers: readonly ((text: string) => string)[] = [
    (text) => JSON.stringify({ displayName: text, password: secret }),
    (text) => JSON.stringify({ inner: JSON.stringify({ displayName: text, credential: secret }), x: text }),
    (text) => `<x>${asXml(JSON.stringify({ displayName: text, token: secret }))}</x>`,
    (text) => `<service host="${asXml(text)}" password='${secret}'/>`,
    (text) => `<presence><body>${asXml(text)}</body><x><password>${secret}</password></x></presence>`,
    (text) => `<a>${asXml(text)}</a><enabled max="${asXml(text)}" id='${secret}'/>`,
  ];

  it('beside whatever somebody writes', () => {
    const words = worst.flatMap(([, start, repeated]) => [start, repeated, `${start}${repeated}`, 'x', ' ']);
    const texts = fc.array(fc.constantFrom(...words), { maxLength: 6 }).map((list) => list.join(''));
    fc.assert(
      fc.property(texts, fc.constantFrom(...carriers), (text, carrier) => {
        expect(redactText(carrier(text))).not.toContain(secret);
      }),
      { seed, numRuns: 5_000 },
    );
  });
});
