import { describe, expect, it } from 'vitest';
import { defined } from '../../../src/base/defined.ts';
import {
  ConnectionError,
  JitsiError,
  MediaError,
  messageOf,
  ParseError,
  ProtocolError,
  RefusedError,
  TimeoutError,
  UsageError,
} from '../../../src/base/errors.ts';
import { withResolvers } from '../../../src/base/resolvers.ts';

describe('errors', () => {
  it.each([
    [UsageError, 'usage'],
    [ConnectionError, 'connection'],
    [RefusedError, 'refused'],
    [MediaError, 'media'],
    [TimeoutError, 'timeout'],
    [ProtocolError, 'protocol'],
  ])('%o says what it is', (Class, kind) => {
    const cause = new Error('below');
    const error = new Class('tried this: that happened', { code: 'some-code', retryable: true, cause });
    expect(error).toBeInstanceOf(JitsiError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: Class.name, kind, code: 'some-code', retryable: true, cause });
    expect(String(error)).toBe(`${Class.name}: tried this: that happened`);
  });

  it('are final and without a cause unless they say otherwise', () => {
    const error = new ConnectionError('x', { code: 'c' });
    expect(error.retryable).toBe(false);
    expect(error).not.toHaveProperty('cause');
  });

  it('name the format that was malformed', () => {
    const error = new ParseError('jid', 'jid-invalid', 'no address');
    expect(error).toMatchObject({ name: 'ParseError', kind: 'protocol', source: 'jid', code: 'jid-invalid' });
  });

  it('have a message, whatever was thrown', () => {
    expect(messageOf(new Error('x'))).toBe('x');
    expect(messageOf('y')).toBe('y');
    expect(messageOf(undefined)).toBe('undefined');
  });
});

describe('defined', () => {
  it('drops what is undefined, and nothing else', () => {
    const fields = defined({ a: undefined, b: null, c: 0, d: '', e: false });
    expect(Object.keys(fields)).toEqual(['b', 'c', 'd', 'e']);
    expect(Object.keys(defined({}))).toEqual([]);
  });
});

describe('withResolvers', () => {
  it('settles from outside', async () => {
    const good = withResolvers<number>();
    good.resolve(1);
    await expect(good.promise).resolves.toBe(1);
    const bad = withResolvers();
    bad.reject(new Error('no'));
    await expect(bad.promise).rejects.toThrow('no');
  });
});
