import { describe, expect, it } from 'vitest';
import { ParseError } from '../../../src/base/errors.ts';
import { bareJid, domainOf, localOf, parseJid, resourceOf, splitJid } from '../../../src/xmpp/jid.ts';

describe('splitJid', () => {
  // RFC 7622, 3.5: the examples of valid addresses.
  it.each([
    ['juliet@example.com', 'juliet', 'example.com', ''],
    ['juliet@example.com/foo', 'juliet', 'example.com', 'foo'],
    ['juliet@example.com/foo bar', 'juliet', 'example.com', 'foo bar'],
    ['juliet@example.com/foo@bar', 'juliet', 'example.com', 'foo@bar'],
    ['foo\\20bar@example.com', 'foo\\20bar', 'example.com', ''],
    ['fussball@example.com', 'fussball', 'example.com', ''],
    ['σ@example.com', 'σ', 'example.com', ''],
    ['king@example.com/♚', 'king', 'example.com', '♚'],
    ['example.com', '', 'example.com', ''],
    ['example.com/foobar', '', 'example.com', 'foobar'],
    ['a.example.com/b@example.net', '', 'a.example.com', 'b@example.net'],
    ['room@muc.example.com/nick/with@/both', 'room', 'muc.example.com', 'nick/with@/both'],
  ])('%s', (jid, local, domain, resource) => {
    expect(splitJid(jid)).toEqual({ local, domain, resource });
    expect(parseJid(jid)).toEqual({ local, domain, resource });
    expect([localOf(jid), domainOf(jid), resourceOf(jid)]).toEqual([local, domain, resource]);
    expect(bareJid(jid)).toBe(local === '' ? domain : `${local}@${domain}`);
  });
});

describe('parseJid', () => {
  // RFC 7622, 3.5: the examples of invalid ones, then a few of our own.
  it.each([
    '"juliet"@example.com',
    'foo bar@example.com',
    'juliet@example.com/',
    '@example.com',
    '@example.com/foo',
    'juliet@',
    'juliet@/foo',
    '/foo',
    '',
    'a@b@example.com',
    'romeo@exa mple.com',
    `${'a'.repeat(1024)}@example.com`,
    `${'é'.repeat(512)}@example.com`,
    `a@example.com/${'x'.repeat(1024)}`,
  ])('refuses %j', (jid) => {
    expect(() => parseJid(jid)).toThrow(ParseError);
    expect(() => parseJid(jid)).toThrow(expect.objectContaining({ code: 'jid-invalid', source: 'jid' }));
  });

  it('accepts parts of up to 1023 bytes', () => {
    const jid = `${'é'.repeat(511)}a@${'d'.repeat(1023)}/${'x'.repeat(1023)}`;
    expect(parseJid(jid).resource).toHaveLength(1023);
  });
});
