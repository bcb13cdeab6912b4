/** A connection whose frames to the client arrive late, in order. */
import type { Clock } from '../../base/clock.ts';
import { DelayLine } from '../delay-line.ts';
import type { FrameSocket } from '../xmpp/sessions.ts';

/** @param delay ms, asked for at each frame */
export function delayedSocket(
  socket: FrameSocket,
  clock: Clock,
  delay: () => number,
): FrameSocket & { dispose(): void } {
  const line = new DelayLine(clock);
  const later = (run: () => void): void => line.at(clock.now() + delay(), run);
  return {
    send: (frame) => later(() => socket.send(frame)),
    close: (code, reason) => later(() => socket.close(code, reason)),
    terminate() {
      line.clear();
      socket.terminate();
    },
    dispose: () => line.clear(),
  };
}
