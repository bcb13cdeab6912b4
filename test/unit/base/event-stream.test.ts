import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../src/base/event-stream.ts';

async function all<Value>(stream: EventStream<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

describe('EventStream', () => {
  it('gives what was pushed, before and after somebody reads, in order', async () => {
    const stream = new EventStream<number>(10);
    stream.push(1);
    const reading = all(stream);
    stream.push(2);
    await Promise.resolve();
    stream.push(3);
    stream.close();
    expect(await reading).toEqual([1, 2, 3]);
  });

  it('serves several readers in the order in which they came', async () => {
    const stream = new EventStream<string>(10);
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
    const stream = new EventStream<number>(3);
    for (let value = 1; value <= 5; value++) stream.push(value);
    expect(stream.dropped).toBe(2);
    stream.close();
    expect(await all(stream)).toEqual([3, 4, 5]);
  });

  it('takes nothing more once it is closed, and says once that it is', async () => {
    let closed = 0;
    const stream = new EventStream<number>(3, () => closed++);
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
    const stream = new EventStream<number>(10, () => closed++);
    for (const value of [1, 2, 3]) stream.push(value);
    for await (const value of stream) {
      expect(value).toBe(1);
      break;
    }
    expect(closed).toBe(1);
    expect(await all(stream)).toEqual([]);
  });

  it('gives falsy values too', async () => {
    const stream = new EventStream<unknown>(10);
    for (const value of [0, '', false, null]) stream.push(value);
    stream.close();
    expect(await all(stream)).toEqual([0, '', false, null]);
  });
});
