/** A connection whose frames to the client arrive late, in order. */
import type { Clock } from '../../base/clock.ts';
import type { FrameSocket } from '../xmpp/sessions.ts';

/** @param delay ms, asked for at each frame */
export function delayedSocket(
  socket: FrameSocket,
  clock: Clock,
  delay: () => number,
): FrameSocket & { dispose(): void } {
  const waiting: { due: number; run: () => void }[] = [];
  let cancel: (() => void) | undefined;

  function later(run: () => void): void {
    const ms = delay();
    if (ms === 0 && waiting.length === 0) {
      run();
      return;
    }
    // A frame never overtakes an earlier one, also when the delay has become shorter.
    const due = Math.max(clock.now() + ms, waiting.at(-1)?.due ?? 0);
    waiting.push({ due, run });
    cancel ??= clock.schedule(due - clock.now(), runDue);
  }

  function runDue(): void {
    cancel = undefined;
    while (waiting[0] && waiting[0].due <= clock.now()) waiting.shift()?.run();
    if (waiting[0]) cancel = clock.schedule(waiting[0].due - clock.now(), runDue);
  }

  function dispose(): void {
    cancel?.();
    cancel = undefined;
    waiting.length = 0;
  }

  return {
    send: (frame) => later(() => socket.send(frame)),
    close: (code, reason) => later(() => socket.close(code, reason)),
    terminate() {
      dispose();
      socket.terminate();
    },
    dispose,
  };
}
