import { describe, expect, it } from 'vitest';
import { unhandledDuring } from '../../support/unhandled.ts';
import { Emitter } from '../../../src/base/emitter.ts';

interface Events {
  counted: number;
  named: string;
}

function emitter(): { emitter: Emitter<Events>; errors: unknown[] } {
  const errors: unknown[] = [];
  return {
    emitter: new Emitter<Events>({ counted: true, named: true }, (error, event) =>
      errors.push([event, error]),
    ),
    errors,
  };
}

describe('Emitter', () => {
  it('calls the listeners of an event in the order in which they came', () => {
    const { emitter: events } = emitter();
    const heard: string[] = [];
    events.on('counted', (count) => heard.push(`first ${count}`));
    events.on('counted', (count) => heard.push(`second ${count}`));
    events.on('named', (name) => heard.push(name));
    events.emit('counted', 1);
    events.emit('named', 'x');
    expect(heard).toEqual(['first 1', 'second 1', 'x']);
  });

  it('takes back a listener for one time, by either way', () => {
    const { emitter: events } = emitter();
    const heard: number[] = [];
    const listener = (count: number): void => void heard.push(count);
    events.once('counted', listener)();
    events.once('counted', listener);
    events.once('counted', listener);
    events.off('counted', listener);
    events.emit('counted', 1);
    expect(heard).toEqual([]);
    events.once('counted', listener);
    events.on('counted', listener);
    events.emit('counted', 2);
    events.emit('counted', 3);
    expect(heard).toEqual([2, 2, 3]);
  });

  it('stops calling a listener that was removed, by either way', () => {
    const { emitter: events } = emitter();
    const heard: number[] = [];
    const listener = (count: number): void => void heard.push(count);
    const off = events.on('counted', listener);
    events.emit('counted', 1);
    off();
    events.emit('counted', 2);
    events.on('counted', listener);
    events.off('counted', listener);
    events.on('counted', listener);
    events.removeAll();
    events.emit('counted', 3);
    expect(heard).toEqual([1]);
  });

  it('keeps the others going when one throws', () => {
    const { emitter: events, errors } = emitter();
    const heard: number[] = [];
    const error = new Error('mine');
    events.on('counted', () => {
      throw error;
    });
    events.on('counted', (count) => heard.push(count));
    events.emit('counted', 1);
    expect(heard).toEqual([1]);
    expect(errors).toEqual([['counted', error]]);
  });

  it('takes a promise that rejects as an error that was thrown', async () => {
    const { emitter: events, errors } = emitter();
    const error = new Error('mine');
    const unhandled = await unhandledDuring(async () => {
      events.on('counted', async () => {
        await Promise.resolve();
        throw error;
      });
      events.once('counted', () => Promise.reject(error));
      events.emit('counted', 1);
    });
    expect([errors, unhandled]).toEqual([
      [
        ['counted', error],
        ['counted', error],
      ],
      [],
    ]);
  });

  it('calls a listener once that wants no more', () => {
    const { emitter: events } = emitter();
    const heard: number[] = [];
    events.once('counted', (count) => heard.push(count));
    events.once('counted', (count) => heard.push(count))();
    events.emit('counted', 1);
    events.emit('counted', 2);
    expect(heard).toEqual([1]);
  });

  it('refuses events that there are not, and names those that may be meant', () => {
    const { emitter: events } = emitter();
    const unknown = (name: string): unknown => {
      try {
        return events.on(name as 'counted', () => {});
      } catch (error) {
        return error;
      }
    };
    expect(unknown('count')).toMatchObject({
      kind: 'usage',
      code: 'event-unknown',
      message: expect.stringMatching(/"count".*did you mean counted\?/),
    });
    expect(unknown('toString')).toMatchObject({
      message: expect.stringMatching(/there are: counted, named/),
    });
    for (const method of ['on', 'once', 'off'] as const) {
      const call = (): unknown => events[method]('count' as 'counted', () => {});
      expect(call).toThrow(expect.objectContaining({ code: 'event-unknown' }));
      const without = (): unknown => events[method]('counted', undefined as unknown as () => void);
      expect(without).toThrow(expect.objectContaining({ code: 'listener-invalid' }));
    }
  });

  it('lets listeners come and go during an event: they count from the next one', () => {
    const { emitter: events } = emitter();
    const heard: string[] = [];
    const off = events.on('counted', () => {
      heard.push('first');
      off();
      events.on('counted', () => heard.push('second'));
    });
    events.emit('counted', 1);
    events.emit('counted', 2);
    expect(heard).toEqual(['first', 'second']);
  });

  it('knows whether anybody listens', () => {
    const { emitter: events } = emitter();
    expect(events.has('counted')).toBe(false);
    const off = events.on('counted', () => {});
    expect([events.has('counted'), events.has('named')]).toEqual([true, false]);
    off();
    expect(events.has('counted')).toBe(false);
  });
});
