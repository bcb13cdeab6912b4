import { describe, expect, it } from 'vitest';
import { ConnectionError, RefusedError } from '../../../../src/base/errors.ts';
import { lineLogger, type Logger } from '../../../../src/base/logger.ts';
import { hideInError, redactingLogger } from '../../../../src/jitsi/redact/carriers.ts';
import { Secrets } from '../../../../src/jitsi/redact/secrets.ts';

describe('known secrets', () => {
  it('are hidden in every form that a server may give them', () => {
    const secrets = new Secrets([`a"b&c <d>'e`]);
    for (const text of [
      `a"b&c <d>'e`,
      'a&quot;b&amp;c &lt;d&gt;&apos;e',
      JSON.stringify({ reason: `for a"b&c <d>'e` }),
      `?x=${new URLSearchParams([['', `a"b&c <d>'e`]]).toString().slice(1)}`,
    ]) {
      expect(secrets.hide(`before ${text} after`)).not.toMatch(/a\W+b/);
      expect(secrets.hide(`before ${text} after`)).toContain('…');
    }
  });

  it.each(['', 'a', 'ab', 'abc'])('are hidden in base64, behind %j', (before) => {
    const value = 'tea & <two> ÿ?>';
    const secrets = new Secrets([value]);
    for (const after of ['', 'x', 'xy'])
      for (const encoding of ['base64', 'base64url'] as const) {
        const shown = secrets.hide(Buffer.from(before + value + after).toString(encoding));
        const decoded = Buffer.from(shown.replace('…', ''), encoding).toString();
        expect(shown).toContain('…');
        expect(decoded).not.toMatch(/tea|two/);
      }
  });

  it('are hidden in every percent-encoding', () => {
    const value = "a b/c'é(";
    const secrets = new Secrets([value]);
    for (const text of ['a+b%2Fc%27%C3%A9%28', 'a%20b%2fc%27%c3%a9%28', encodeURIComponent(value)])
      expect(secrets.hide(`x=${text}`)).toBe('x=…');
    expect(() => new Secrets(['lone \ud800 surrogate'])).not.toThrow();
  });

  it('are hidden where they are cut off', () => {
    const secrets = new Secrets(['eyJhbGciOiJub25l.c2VjcmV0', 'password']);
    expect(secrets.hide('a "eyJhbGciOiJub25l.c2V, b eyJhbGciOiJub eyJh passw')).toBe('a "…, b … eyJh passw');
    expect(new Secrets(['a'.repeat(20)]).hide('a'.repeat(55))).toBe('………');
  });

  it('are hidden wherever they are, and may hold each other', () => {
    const secrets = new Secrets(['token', undefined, 'tokentoken']);
    expect(secrets.hide('a tokentoken, token.')).toBe('a ……, ….');
  });

  it('that are too short to be told from words are left', () => {
    expect(new Secrets(['abc', '']).hide('abc')).toBe('abc');
  });

  it('are learned, and the oldest learned forgotten', () => {
    const secrets = new Secrets(['own-secret']);
    for (let index = 0; index < 200; index += 1) secrets.learn(`credential-${index}.`);
    expect(secrets.hide('own-secret credential-199. credential-0.')).toBe('… … credential-0.');
  });
});

describe('errors', () => {
  it('lose them in message, stack, causes and fields', () => {
    const cause = new RefusedError('wrong: s3cret', { code: 'a' });
    const error = Object.assign(new ConnectionError('login with s3cret', { code: 'b', cause }), {
      info: { text: 's3cret', details: [{ attrs: { reason: 's3cret!' } }] },
    });
    const hidden = hideInError(error, new Secrets(['s3cret']));
    expect(hidden).toBe(error);
    expect(hidden.message).toBe('login with …');
    expect(JSON.stringify(hidden.info)).toBe('{"text":"…","details":[{"attrs":{"reason":"…!"}}]}');
    expect(hidden.stack).toContain('login with …');
    expect([hidden.stack, cause.message, cause.stack].join('\n')).not.toContain('s3cret');
  });

  it('lose the bytes that a parser of the platform adds', () => {
    const cause = Object.assign(new Error('Parse Error'), { rawPacket: Buffer.from('HTTP/1.1 s3cret') });
    hideInError(new ConnectionError('x', { code: 'b', cause }), new Secrets(['s3cret']));
    expect(cause).not.toHaveProperty('rawPacket');
  });

  it('that hold themselves end, and what is no error is left', () => {
    const error = new Error('x') as Error & { self: unknown };
    error.self = [error];
    expect(hideInError(error, new Secrets(['s3cret']))).toBe(error);
    expect(hideInError('s3cret', new Secrets(['s3cret']))).toBe('s3cret');
  });
});

describe('a logger', () => {
  it('writes none, in words, fields, errors, and of its children', () => {
    const lines: string[] = [];
    const logger = redactingLogger(
      lineLogger((line) => lines.push(line), 'debug'),
      new Secrets(['s3cret']),
    );
    logger.log('info', 'got s3cret', { a: 's3cret', b: 1, error: new Error('s3cret') });
    logger.child({ c: 's3cret' }).log('warn', 'hm');
    expect(lines).toEqual(['info got … a=… b=1 error="…"', 'warn hm c=…']);
  });

  it('writes none of plain data, however it is nested', () => {
    const lines: string[] = [];
    const logger = redactingLogger(
      lineLogger((line) => lines.push(line), 'debug'),
      new Secrets(['s3cret']),
    );
    logger.log('info', 'x', { urls: ['a s3cret', { s3cret: 's3cret', n: 1 }] });
    expect(lines).toEqual(['info x urls=["a …",{"…":"…","n":1}]']);
  });

  it('looks at what nobody reads not at all', () => {
    const logger = redactingLogger(
      lineLogger(() => {}, 'info'),
      new Secrets(['s3cret']),
    );
    logger.log('trace', '<<<', {
      get text(): string {
        throw new Error('was looked at');
      },
    });
    const asked: string[] = [];
    const reader: Logger = {
      log: (_level, _message, fields) => void asked.push(String(fields?.['text'])),
      child: () => reader,
    };
    redactingLogger(reader, new Secrets(['s3cret'])).log('trace', '<<<', { text: 'a s3cret' });
    expect(asked).toEqual(['a …']);
  });
});
