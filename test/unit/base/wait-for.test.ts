import { describe, expect, it } from 'vitest';
import { onAbort } from '../../../src/base/on-abort.ts';
import { type Wait, waitFor } from '../../../src/base/wait-for.ts';
import { unhandledDuring } from '../../support/unhandled.ts';

describe('waitFor', () => {
  it('ends with what settles it first, and lets go of everything', async () => {
    let waiting: Wait<string> | undefined;
    const gone: string[] = [];
    const waited = waitFor<string>((wait) => {
      waiting = wait;
      wait.after(() => gone.push('a'));
      wait.after(() => gone.push('b'));
    });
    expect(gone).toEqual([]);
    waiting?.resolve('x');
    waiting?.reject(new Error('later'));
    expect(await waited).toBe('x');
    expect(gone).toEqual(['a', 'b']);
  });

  it('ends with what its beginning throws, though it was rejected too, and nobody is left with that', async () => {
    const gone: string[] = [];
    const unhandled = await unhandledDuring(async () => {
      const waited = waitFor((wait) => {
        wait.after(() => gone.push('a'));
        wait.reject(new Error('rejected'));
        throw new Error('thrown');
      });
      await expect(waited).rejects.toThrow('thrown');
    });
    expect([gone, unhandled]).toEqual([['a'], []]);
  });

  it('ends with the reason of its signal, and leaves no listener on it', async () => {
    const reason = new Error('enough');
    await expect(waitFor(() => {}, AbortSignal.abort(reason))).rejects.toBe(reason);
    const control = new AbortController();
    const waited = waitFor(() => {}, control.signal);
    control.abort(reason);
    await expect(waited).rejects.toBe(reason);
  });
});

describe('onAbort', () => {
  it('calls once, at once where it has happened, and not when it was ended', () => {
    let calls = 0;
    const count = (): void => void (calls += 1);
    onAbort(AbortSignal.abort(), count);
    const control = new AbortController();
    onAbort(control.signal, count);
    onAbort(control.signal, count)();
    onAbort(undefined, count)();
    control.abort();
    expect(calls).toBe(2);
  });
});
