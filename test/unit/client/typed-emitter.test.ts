import { describe, expect, it } from 'vitest';
import type { Emitter } from '../../../src/base/emitter.ts';
import type { JitsiError } from '../../../src/base/errors.ts';
import { TypedEmitter, warningEmitter } from '../../../src/client/typed-emitter.ts';

interface Events {
  heard: { what: string };
  warning: { error: JitsiError };
}

class Thing extends TypedEmitter<Events> {
  readonly tell: Emitter<Events>['emit'];

  constructor() {
    const emitter = warningEmitter<Events>({ heard: true, warning: true }, "a thing's");
    super(emitter);
    this.tell = emitter.emit.bind(emitter);
  }
}

describe('what tells its listeners what happens to it', () => {
  it('has on, once and off', () => {
    const thing = new Thing();
    const heard: string[] = [];
    const listener = ({ what }: { what: string }): void => void heard.push(what);
    const off = thing.on('heard', listener);
    thing.once('heard', ({ what }) => heard.push(`${what} once`));
    thing.tell('heard', { what: 'a' });
    off();
    thing.on('heard', listener);
    thing.tell('heard', { what: 'b' });
    thing.off('heard', listener);
    thing.tell('heard', { what: 'c' });
    expect(heard).toEqual(['a', 'a once', 'b']);
    expect(() => thing.on('herd' as never, () => {})).toThrow(
      expect.objectContaining({ code: 'event-unknown' }),
    );
  });

  it('warns of listeners that fail, now or later, and not of those of warnings', async () => {
    const thing = new Thing();
    const warnings: string[] = [];
    thing.on('warning', ({ error }) => warnings.push(`${error.code}: ${error.message}`));
    thing.on('warning', () => {
      throw new Error('of a warning');
    });
    thing.on('heard', () => {
      throw new Error('at once');
    });
    thing.on('heard', () => Promise.reject(new Error('later')));
    thing.tell('heard', { what: 'a' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([
      "listener-failed: a listener of a thing's heard failed: at once",
      "listener-failed: a listener of a thing's heard failed: later",
    ]);
  });
});
