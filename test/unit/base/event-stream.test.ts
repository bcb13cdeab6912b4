import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../src/base/event-stream.ts';

async function all<Value>(stream: EventStream<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

describe('EventStream', () => {
  it('gives what was pushed, before and after somebody reads, in order', async () => {
    const stream = new EventStream<number>({ limit: 10 });
    stream.push(1);
    const reading = all(stream);
    stream.push(2);
    await Promise.resolve();
    stream.push(3);
    stream.close();
    expect(await reading).toEqual([1, 2, 3]);
  });

  it('serves several readers in the order in which they came', async () => {
    const stream = new EventStream<string>({ limit: 10 });
    const readers = [stream.next(), stream.next(), stream.next()];
    stream.push('a');
    stream.push('b');
    stream.close();
    expect(await Promise.all(readers)).toEqual([
      { value: 'a', done: false },
      { value: 'b', done: false },
      { value: undefined, done: true },
    ]);
  });

  it('loses the oldest values when nobody reads, and counts them', async () => {
    const stream = new EventStream<number>({ limit: 3 });
    for (let value = 1; value <= 5; value++) stream.push(value);
    expect(stream.dropped).toBe(2);
    stream.close();
    expect(await all(stream)).toEqual([3, 4, 5]);
  });

  it('takes nothing more once it is closed, and says once that it is', async () => {
    let closed = 0;
    const stream = new EventStream<number>({ limit: 3, closed: () => void closed++ });
    stream.push(1);
    stream.close();
    stream.close();
    stream.push(2);
    expect(closed).toBe(1);
    expect(await all(stream)).toEqual([1]);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  it('is closed by a reader that stops, and forgets what that one did not want', async () => {
    let closed = 0;
    const stream = new EventStream<number>({ limit: 10, closed: () => void closed++ });
    for (const value of [1, 2, 3]) stream.push(value);
    for await (const value of stream) {
      expect(value).toBe(1);
      break;
    }
    expect(closed).toBe(1);
    expect(await all(stream)).toEqual([]);
  });

  it('gives falsy values too', async () => {
    const stream = new EventStream<unknown>({ limit: 10 });
    for (const value of [0, '', false, null]) stream.push(value);
    stream.close();
    expect(await all(stream)).toEqual([0, '', false, null]);
  });

  describe('whose source can be held back', () => {
    class Source {
      calls: string[] = [];
      canStop = true;
      readonly stream: EventStream<number>;

      constructor(limit: number, sizeLimit: number) {
        this.stream = new EventStream<number>({
          limit,
          closed: () => void this.calls.push('close'),
          flow: {
            sizeLimit,
            full: () => {
              this.calls.push('full');
              return this.canStop;
            },
            low: () => this.calls.push('low'),
          },
        });
      }
    }

    it('says when it is full, keeps what still comes, and says when half of it is read', async () => {
      const { stream, calls } = new Source(4, 100);
      for (let value = 1; value <= 6; value++) stream.push(value);
      expect(calls).toEqual(['full']);
      for (let value = 1; value <= 4; value++) expect(await stream.next()).toEqual({ value, done: false });
      expect(calls).toEqual(['full']);
      await stream.next();
      expect(calls).toEqual(['full', 'low']);
      expect(stream.dropped).toBe(0);
    });

    it('counts sizes, and keeps no more than twice the limit whatever comes', async () => {
      const { stream, calls } = new Source(1_000, 100);
      for (let value = 1; value <= 3; value++) stream.push(value, 40);
      expect(calls).toEqual(['full']);
      for (let value = 4; value <= 10; value++) stream.push(value, 40);
      expect(stream.dropped).toBe(5);
      expect(await stream.next()).toEqual({ value: 6, done: false });
    });

    it('loses the oldest when it cannot', () => {
      const source = new Source(3, 100);
      source.canStop = false;
      for (let value = 1; value <= 5; value++) source.stream.push(value);
      source.stream.push(6, 100);
      source.stream.push(7, 1);
      expect(source.stream.dropped).toBe(6);
    });

    it('lets go when it is closed, or its reader leaves', async () => {
      const sources = [new Source(1, 100), new Source(1, 100)];
      for (const { stream } of sources) stream.push(1);
      sources[0]?.stream.close();
      await sources[1]?.stream.return();
      for (const { calls } of sources) expect(calls).toEqual(['full', 'low', 'close']);
    });
  });
});
