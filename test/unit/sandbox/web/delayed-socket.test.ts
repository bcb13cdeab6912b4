import { describe, expect, it } from 'vitest';
import { delayedSocket } from '../../../../src/sandbox/web/delayed-socket.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function create(): {
  clock: ManualClock;
  done: string[];
  socket: ReturnType<typeof delayedSocket>;
  set(ms: number): void;
} {
  const clock = new ManualClock();
  const done: string[] = [];
  let ms = 0;
  const socket = delayedSocket(
    {
      send: (frame) => done.push(frame),
      close: (code) => done.push(`close ${code}`),
      terminate: () => done.push('terminate'),
    },
    clock,
    () => ms,
  );
  return {
    clock,
    done,
    socket,
    set(value) {
      ms = value;
    },
  };
}

describe('a delayed socket', () => {
  it('is an ordinary one without a delay', () => {
    const { done, socket, clock } = create();
    socket.send('a');
    socket.close(1000, '');
    expect(done).toEqual(['a', 'close 1000']);
    expect(clock.pending).toBe(0);
  });

  it('holds frames back, and keeps their order when the delay ends', () => {
    const { clock, done, socket, set } = create();
    set(100);
    socket.send('a');
    clock.advance(50);
    socket.send('b');
    set(0);
    socket.send('c');
    clock.advance(49);
    expect(done).toEqual([]);
    clock.advance(1);
    expect(done).toEqual(['a']);
    socket.close(1000, '');
    clock.advance(50);
    expect(done).toEqual(['a', 'b', 'c', 'close 1000']);
    socket.send('d');
    expect(done.at(-1)).toBe('d');
    expect(clock.pending).toBe(0);
  });

  it('leaves nothing behind', () => {
    const { clock, done, socket, set } = create();
    set(100);
    socket.send('a');
    socket.terminate();
    expect(clock.pending).toBe(0);
    expect(done).toEqual(['terminate']);
  });
});
