import { describe, expect, it } from 'vitest';
import {
  ConnectionError,
  type JitsiError,
  MediaError,
  ParseError,
  RefusedError,
  TimeoutError,
  UsageError,
} from '../../../src/base/errors.ts';
import { exitCodeOf } from '../../../src/cli/exit-codes.ts';
import { JoinError } from '../../../src/jitsi/join-error.ts';

const details = { code: 'test' };

describe('exit codes', () => {
  it.each<[number, JitsiError]>([
    [2, new UsageError('', details)],
    [3, new ConnectionError('', details)],
    [4, new RefusedError('', details)],
    [4, new JoinError('', { code: 'banned', condition: 'forbidden' })],
    [5, new MediaError('', details)],
    [6, new TimeoutError('', details)],
    [1, new ParseError('xml', 'test', '')],
  ])('%i', (code, error) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it('call what nobody foresaw a failure', () => {
    expect(exitCodeOf(new TypeError('oops'))).toBe(1);
    expect(exitCodeOf('oops')).toBe(1);
  });
});
