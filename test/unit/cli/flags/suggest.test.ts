import { describe, expect, it } from 'vitest';
import { nearest } from '../../../../src/cli/flags/suggest.ts';

const commands = ['info', 'chat', 'dc', 'dc-raw', 'media', 'bench', 'sandbox'];

describe('what somebody may have meant', () => {
  it.each([
    ['caht', ['chat']],
    ['chatt', ['chat']],
    ['hat', ['chat']],
    ['dcraw', ['dc-raw']],
    ['sandbx', ['sandbox']],
    ['sandobx', ['sandbox']],
    ['bogus', []],
    ['call', []],
    ['join', []],
    ['', []],
    ['x'.repeat(100_000), []],
  ])('%j', (typed, wanted) => {
    expect(nearest(typed, commands)).toEqual(wanted);
  });

  it('has the nearest first', () => {
    expect(nearest('--host', ['--hosts', '--host', '--most'])).toEqual(['--host', '--hosts', '--most']);
  });
});
