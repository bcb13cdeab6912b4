/** Whose video is taken a picture of: who was named, or who speaks, or the first who is seen. */
import { JitsiError, TimeoutError } from '../../base/errors.ts';
import { waitFor } from '../../base/wait-for.ts';
import { startTimer } from '../../base/timer.ts';
import type { Conference } from '../../client/conference.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import { lookUpParticipant } from '../visit/participants.ts';

export interface Choice {
  from: string | undefined;
  /** What they share instead of their camera. */
  screen: boolean;
}

type Room = Pick<Conference, 'on' | 'participants' | 'tracksOf' | 'dominantSpeaker'>;

/** What changes who can be seen. */
const events = [
  'trackAdded',
  'trackUnmuted',
  'participantJoined',
  'participantChanged',
  'dominantSpeakerChanged',
  'reconnected',
] as const;

/**
 * Waits until there is such a video and it is not muted.
 * @param timeout ms
 * @throws TimeoutError `no-video`; UsageError `participant-ambiguous`; the signal's reason
 */
export function chooseVideo(
  room: Room,
  choice: Choice,
  timeout: number,
  signal: AbortSignal,
): Promise<RemoteTrack> {
  return waitFor((wait) => {
    const look = (): void => {
      try {
        const track = videoIn(room, choice);
        if (track) wait.resolve(track);
      } catch (error) {
        if (!(error instanceof JitsiError)) throw error;
        wait.reject(error);
      }
    };
    for (const event of events) wait.after(room.on(event, look));
    wait.after(startTimer(timeout, () => wait.reject(tooLate(choice, timeout))));
    look();
  }, signal);
}

function videoIn(room: Room, { from, screen }: Choice): RemoteTrack | undefined {
  const named = from === undefined ? undefined : lookUpParticipant(from, room.participants);
  const speaker = room.participants.get(room.dominantSpeaker ?? '');
  const everybody = from === undefined ? [...(speaker ? [speaker] : []), ...room.participants.values()] : [];
  for (const participant of named ? [named] : everybody) {
    const videos = room.tracksOf(participant).filter(({ kind, muted }) => kind === 'video' && !muted);
    const wanted = videos.find(({ videoType }) => (videoType === 'desktop') === screen);
    const track = wanted ?? (screen ? undefined : videos[0]);
    if (track) return track;
  }
  return undefined;
}

function tooLate({ from, screen }: Choice, timeout: number): TimeoutError {
  const who = from === undefined ? 'nobody' : `no ${JSON.stringify(from.slice(0, 60))} who`;
  const what = screen ? 'shares a screen' : 'shows a camera or a screen';
  return new TimeoutError(
    `waiting for a video: within ${(timeout / 1000).toFixed(0)} s there was ${who} ${what}; allow more time with --timeout`,
    { code: 'no-video', retryable: true },
  );
}
