import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LineWriter } from '../../../../src/cli/streams/line-writer.ts';

/** A stream whose reader takes one write at a time, when it is told to. */
function slowStream(): { stream: Writable; text(): string; takeAll(): Promise<void> } {
  const taken: string[] = [];
  const asked: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    decodeStrings: false,
    write(chunk: string, _encoding, callback) {
      asked.push(() => {
        taken.push(chunk);
        callback();
      });
    },
  });
  return {
    stream,
    text: () => taken.join(''),
    async takeAll() {
      for (let take = asked.shift(); take; take = asked.shift()) {
        take();
        await new Promise(setImmediate);
      }
    },
  };
}

const long = 'x'.repeat(100_000);

describe('lines to a slow reader', () => {
  it('all arrive in order when they are few', async () => {
    const { stream, text, takeAll } = slowStream();
    const lines = new LineWriter(stream);
    for (let number = 0; number < 5000; number += 1) lines.write(String(number));
    expect(lines.unwritten).toBe(5000);
    const flushed = lines.flushed();
    await takeAll();
    await flushed;
    expect(text()).toBe(Array.from({ length: 5000 }, (_, number) => `${number}\n`).join(''));
    expect(lines.unwritten).toBe(0);
  });

  it('are dropped, oldest first, where more than a megabyte would wait', async () => {
    const { stream, text, takeAll } = slowStream();
    const passed: number[] = [];
    const lines = new LineWriter(stream, {
      mark: (count) => `${count} missing`,
      passed: (count) => passed.push(count),
    });
    for (let number = 0; number < 100; number += 1) lines.write(`${number} ${long}`);
    expect(lines.unwritten).toBe(100);
    await takeAll();
    await lines.flushed();
    const numbers = text()
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(` ${long}`, ''));
    expect(numbers).toEqual(['0', '89 missing', '90', '91', '92', '93', '94', '95', '96', '97', '98', '99']);
    expect(passed).toEqual([89]);
  });

  it('keep the last one whatever its length', async () => {
    const { stream, text, takeAll } = slowStream();
    const lines = new LineWriter(stream);
    const huge = long.repeat(30);
    for (const line of ['first', 'second', huge]) lines.write(line);
    await takeAll();
    await lines.flushed();
    expect(text()).toBe(`first\n${huge}\n`);
  });

  it('nobody waits for a stream that is broken', async () => {
    const { stream } = slowStream();
    stream.on('error', () => {});
    const lines = new LineWriter(stream);
    for (let number = 0; number < 10; number += 1) lines.write('line');
    const flushed = lines.flushed();
    stream.destroy(new Error('closed'));
    await flushed;
    lines.write('more');
    await lines.flushed();
    expect(lines.unwritten).toBe(0);
  });
});
