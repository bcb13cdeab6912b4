import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../src/base/emitter.ts';

interface Events {
  counted: number;
  named: string;
}

function emitter(): { emitter: Emitter<Events>; errors: unknown[] } {
  const errors: unknown[] = [];
  return { emitter: new Emitter<Events>((error, event) => errors.push([event, error])), errors };
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
