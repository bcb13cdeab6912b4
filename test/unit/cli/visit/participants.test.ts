import { describe, expect, it } from 'vitest';
import { findParticipant } from '../../../../src/cli/visit/participants.ts';
import { participant } from '../participant.ts';

const everybody = new Map(
  [
    participant('aaaa', { displayName: 'Alice' }),
    participant('bbbb', { displayName: 'alice' }),
    participant('cccc', { displayName: 'Bob' }),
    participant('dddd', { displayName: 'Bob' }),
    participant('eeee', { displayName: 'Carol' }),
    participant('ffff', { displayName: 'aaaa' }),
    participant('0000'),
  ].map((one) => [one.id, one]),
);

describe('who is meant by a name', () => {
  it.each([
    ['cccc', 'cccc'],
    ['Carol', 'eeee'],
    ['CAROL', 'eeee'],
    // Exactly that name before similar ones, an id before any name.
    ['alice', 'bbbb'],
    ['aaaa', 'aaaa'],
    ['0000', '0000'],
  ])('%s is %s', (name, id) => {
    expect(findParticipant(name, everybody).id).toBe(id);
  });

  it('is asked back when it may be several', () => {
    const failure = expect.objectContaining({
      kind: 'usage',
      code: 'participant-ambiguous',
      message: expect.stringContaining('Bob (cccc), Bob (dddd)'),
    });
    expect(() => findParticipant('Bob', everybody)).toThrow(failure);
    expect(() => findParticipant('bob', everybody)).toThrow(failure);
    expect(() => findParticipant('ALICE', everybody)).toThrow(/Alice \(aaaa\), alice \(bbbb\)/);
  });

  it('is refused when it is nobody, and who is there is told', () => {
    expect(() => findParticipant('x'.repeat(300_000), everybody)).toThrow(
      /^nobody here is called x{60}…; in/,
    );
    expect(() => findParticipant('Dave', everybody)).toThrow(/Carol \(eeee\).*0000 \(0000\)/);
    const alone = expect.objectContaining({
      code: 'participant-unknown',
      message: expect.stringContaining('nobody else'),
    });
    expect(() => findParticipant('Dave', new Map())).toThrow(alone);
  });
});
