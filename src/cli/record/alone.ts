/** Nobody else in the room for some time. */
import { startTimer } from '../../base/timer.ts';
import type { Conference } from '../../client/conference.ts';

/** @param run called once @returns ends the watching */
export function whenAlone(
  room: Pick<Conference, 'on' | 'participants'>,
  duration: number,
  run: () => void,
): () => void {
  let cancel = (): void => {};
  const look = (): void => {
    cancel();
    const others = [...room.participants.values()].filter(({ isHidden }) => !isHidden);
    cancel = others.length === 0 ? startTimer(duration, run) : () => {};
  };
  const offs = [
    room.on('participantJoined', look),
    room.on('participantLeft', look),
    // Nobody is seen while the connection is away.
    room.on('reconnecting', () => cancel()),
    room.on('reconnected', look),
  ];
  look();
  return () => {
    cancel();
    for (const off of offs) off();
  };
}
