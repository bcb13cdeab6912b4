import { describe, expect, it } from 'vitest';
import { nearNames } from '../../../src/base/near-names.ts';

const names = ['messageReceived', 'messageFailed', 'participantJoined', 'muted', 'ended', 'nick', 'host'];

describe('nearNames', () => {
  it.each([
    ['message', ['messageReceived', 'messageFailed']],
    ['messagereceived', ['messageReceived']],
    ['participantJoin', ['participantJoined']],
    ['mutd', ['muted']],
    ['nickname', ['nick']],
    ['hsot', ['host']],
    ['', []],
    ['x'.repeat(100_000), []],
  ])('%.20s', (wrong, wanted) => {
    expect(nearNames(wrong, names)).toEqual(wanted);
  });
});
