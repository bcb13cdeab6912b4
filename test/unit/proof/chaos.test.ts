/** What chaos takes for right and wrong. */
import { describe, expect, it } from 'vitest';
import { checkLines, checkPresence, checkRoom, checkTracks } from '../../../proof/chaos/checks.ts';
import type { HeardLine, Ledger, SentLine } from '../../../proof/chaos/ledger.ts';
import type { Result } from '../../../proof/chaos/round.ts';
import { tableOf } from '../../../proof/chaos/table.ts';

const said = (text: string, outcome = 'confirmed', at = 0): SentLine => ({ text, kind: 'chat', outcome, at });
const heard = (text: string): HeardLine => ({ text, kind: 'chat', isHistory: false, at: 0 });

function ledger(more: Partial<Ledger> = {}): Ledger {
  return {
    state: 'joined',
    endpointId: 'a',
    endpointIds: ['a'],
    others: { b: 'Bob' },
    everSeen: ['Bob'],
    sent: [],
    heard: [],
    absences: [],
    trials: [],
    bridgeHeard: [],
    tracks: [],
    left: [],
    jingle: [],
    sessions: 1,
    warnings: {},
    ...more,
  };
}

function lines(sent: SentLine[], list: string[], listener: Partial<Ledger> = {}, before: string[] = []) {
  const speaker = ledger({ sent });
  return checkLines(
    { name: 'Alice', speaker, listener: ledger({ heard: list.map(heard), ...listener }) },
    new Set(before),
  );
}

describe('lines', () => {
  it('are right when each confirmed one was heard once, in order', () => {
    const { counts, problems } = lines(
      [said('Alice chat 1'), said('Alice chat 2')],
      ['Alice chat 1', 'Alice chat 2'],
    );
    expect(problems).toEqual([]);
    expect(counts).toEqual({ confirmed: 2, unconfirmed: 0, missed: 0 });
  });

  it('may be unconfirmed, heard or not', () => {
    const sent = [said('x', 'message-not-confirmed'), said('y', 'message-not-confirmed')];
    expect(lines(sent, ['x'])).toEqual({
      counts: { confirmed: 0, unconfirmed: 2, missed: 0 },
      problems: [],
    });
  });

  it.each([
    ['twice', [said('x')], ['x', 'x'], /heard 2 times/],
    ['never', [said('x')], [], /confirmed and never heard/],
    ['by nobody', [], ['x'], /never said/],
    ['though it was refused', [said('x', 'not-connected')], ['x'], /refused/],
    ['with an outcome that none may have', [said('x', 'TypeError')], [], /TypeError/],
    ['still without one', [said('x', 'pending')], [], /pending/],
    ['too late', [said('A chat 1'), said('A chat 2')], ['A chat 2', 'A chat 1'], /came after/],
  ])('are wrong %s', (_, sent, list, problem) => {
    expect(lines(sent, list).problems).toEqual([expect.stringMatching(problem)]);
  });

  it('are wrong when an earlier round has heard them', () => {
    expect(lines([said('x')], ['x'], {}, ['x']).problems).toEqual([expect.stringMatching(/2 times/)]);
  });

  it('may be missed by who was away and could not resume, and by nobody else', () => {
    const away = (resumed: boolean) => ({ absences: [{ from: 100_000, to: 200_000, resumed }] });
    const sent = [said('x', 'confirmed', 150_000)];
    expect(lines(sent, [], away(false))).toEqual({
      counts: { confirmed: 1, unconfirmed: 0, missed: 1 },
      problems: [],
    });
    expect(lines(sent, [], away(true)).problems).toHaveLength(1);
    expect(lines([said('x', 'confirmed', 300_000)], [], away(false)).problems).toHaveLength(1);
  });
});

describe('who is there', () => {
  const bob = ledger({ endpointId: 'b', endpointIds: ['b'], others: { a: 'Alice' }, everSeen: ['Alice'] });

  it.each([
    ['is right', {}, 0],
    ['is wrong when the conference is over', { ended: 'kicked' }, 1],
    ['is wrong while one is away', { state: 'reconnecting' }, 1],
    ['is wrong when the other has another id', { others: { c: 'Bob' } }, 1],
    ['is wrong when a ghost is seen', { others: { b: 'Bob', c: 'Bob' } }, 1],
    ['is wrong when somebody was told of who is nobody', { everSeen: ['Bob', 'Alice'] }, 1],
  ])('%s', (_, more, count) => {
    expect(checkPresence(['Alice', 'Bob'], [ledger(more), bob])).toHaveLength(count);
  });

  it('is wrong when the server knows somebody else', () => {
    const ledgers = [ledger({ endpointIds: ['old', 'a'] }), bob];
    expect(checkRoom(['a', 'b', 'old'], ledgers)).toEqual([]);
    expect(checkRoom(['a'], ledgers)).toHaveLength(1);
    expect(checkRoom(['a', 'b', 'stranger'], ledgers)).toHaveLength(1);
  });
});

describe('tracks', () => {
  const tracks = (first: number, id = 'b'): Partial<Ledger> => ({
    tracks: [
      { sourceName: `${id}-a0`, kind: 'audio', object: first, frames: 1 },
      { sourceName: `${id}-v0`, kind: 'video', object: first + 1, frames: 1 },
    ],
  });
  const bob = ledger({ endpointId: 'b' });

  it.each([
    ['the same', tracks(1), 0],
    ['other objects', tracks(3), 2],
    ['other objects after the other had left', { ...tracks(3), left: ['b'] }, 0],
    ['none', {}, 1],
    ["somebody else's", tracks(1, 'c'), 2],
  ])('%s', (_, after, count) => {
    expect(checkTracks('Alice', ledger(tracks(1)), ledger(after), bob)).toHaveLength(count);
  });
});

it('the table has the median and the most of each activity', () => {
  const result = (activityBack: number): Result => ({
    fault: 'slow',
    activity: 'chat',
    room: 0,
    activityBack,
    absences: 2,
    resumed: 1,
    lines: { confirmed: 10, unconfirmed: 1, missed: 2 },
    problems: [],
    evidence: undefined,
  });
  const rows = tableOf([result(100), result(9000), result(2000)]).split('\n');
  expect(rows).toHaveLength(3);
  expect(rows[2]).toMatch(
    /^\| slow: .* \| 3 \| {2}\| 2\.0 \/ 9\.0 \| {2}\| {2}\| {2}\| 3 of 6 \| 30 \/ 3 \/ 6 \| 0 \|$/,
  );
});
