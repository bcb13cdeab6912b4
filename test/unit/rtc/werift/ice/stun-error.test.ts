import { describe, expect, it } from 'vitest';
import { stunErrorWords } from '../../../../../src/rtc/werift/ice/stun-error.ts';

describe('errors of STUN and TURN', () => {
  it('have words where their message is empty', () => {
    class TransactionTimeout extends Error {
      get str(): string {
        return 'STUN transaction timed out';
      }
    }
    expect(stunErrorWords(new TransactionTimeout())).toBe('STUN transaction timed out');
    const refused = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(stunErrorWords(refused)).toBe('ECONNREFUSED');
    expect(stunErrorWords(new TypeError())).toBe('TypeError');
    expect(stunErrorWords(new Error('no route'))).toBe('no route');
    expect(stunErrorWords('no route')).toBe('no route');
  });
});
