import { expect, it } from 'vitest';
import { earliest } from '../../../src/base/earliest.ts';

it('is the first of the times that there are', () => {
  expect(earliest()).toBeUndefined();
  expect(earliest(undefined, undefined)).toBeUndefined();
  expect(earliest(undefined, 7, 0, undefined, 3)).toBe(0);
  expect(earliest(5, Infinity)).toBe(5);
});
