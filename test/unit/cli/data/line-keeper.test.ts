import { describe, expect, it } from 'vitest';
import { HeardLines, LineKeeper, type LineMark } from '../../../../src/cli/data/line-keeper.ts';
import { withResolvers } from '../../../../src/base/resolvers.ts';

class Rig {
  readonly sent: string[] = [];
  readonly marks: LineMark[] = [];
  readonly missed: string[] = [];
  questions: ((silent: readonly string[]) => void)[] = [];
  readonly keeper: LineKeeper = new LineKeeper({
    send: async (text, mark, to) => {
      this.sent.push(`${mark.line} ${text}${to === undefined ? '' : ` to ${to}`}`);
      this.marks.push(mark);
    },
    missed: (ids) => void this.missed.push(...ids),
    silent: () => {
      const { promise, resolve } = withResolvers<readonly string[]>();
      this.questions.push(resolve);
      return promise;
    },
  });

  async answer(...silent: string[]): Promise<void> {
    this.questions.shift()?.(silent);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
}

describe('lines that are said', () => {
  it('are said again as long as nobody has confirmed them, with their numbers', async () => {
    const rig = new Rig();
    await rig.keeper.say('a');
    await rig.keeper.say('b');
    expect(rig.questions.length).toBe(1);
    // The question came before b.
    await rig.answer();
    await rig.keeper.say('c');
    await rig.answer('aa');
    expect(rig.missed).toEqual(['aa']);
    await rig.keeper.repeat(['aa']);
    await rig.keeper.repeat(undefined);
    expect(rig.sent).toEqual(['1 a', '2 b', '3 c', '2 b to aa', '3 c to aa', '2 b', '3 c']);
    expect(new Set(rig.marks.map(({ stream }) => stream)).size).toBe(1);
  });

  it('are let go when they are too many', async () => {
    const rig = new Rig();
    for (let line = 0; line < 2_010; line += 1) await rig.keeper.say('x');
    const before = rig.sent.length;
    await rig.answer('aa');
    await rig.keeper.repeat(undefined);
    expect(rig.sent.length - before).toBe(2_000);
  });
});

describe('lines that are heard', () => {
  const message = (from: string, msgPayload: unknown) =>
    ({ colibriClass: 'EndpointMessage', from, to: '', msgPayload }) as never;

  it('are new, or repeat what was heard of the same sender', () => {
    const heard = new HeardLines();
    const said = (from: string, line: number): boolean =>
      heard.isRepeated(message(from, { text: 'x', stream: 's1', line }));
    // The second was lost, and is said again after the third.
    expect([1, 3, 2, 3, 2, 4].map((line) => said('aa', line))).toEqual([
      false,
      false,
      false,
      true,
      true,
      false,
    ]);
    expect(said('cc', 100)).toBe(false);
    expect(said('cc', 99)).toBe(true);
    expect([said('dd', 1), said('dd', 1e9), said('dd', 1e9 - 500), said('dd', 5)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    // Nobody can say another's lines away.
    expect(said('bb', 1)).toBe(false);
    expect(said('aa', 5)).toBe(false);
  });

  it('have no number elsewhere', () => {
    const heard = new HeardLines();
    for (const payload of [{ text: 'x' }, 'x', null, { stream: 's1', line: '1' }, { stream: 7, line: 1 }])
      for (let times = 0; times < 2; times += 1) expect(heard.isRepeated(message('aa', payload))).toBe(false);
  });
});
