/**
 * Rooms with many participants mute those who come late (media dossier 1.7). Whoever was asked to send wants to be heard all the same;
 * what a moderator does holds, and so does the focus' refusal.
 */

/** As much of a local track as it takes. */
export interface MutedTrack {
  readonly muted: boolean;
  on(event: 'muted', listener: (muted: { by?: string }) => void): () => void;
  unmute(): void;
}

/** Unmutes a new track, now or when it is muted for the first time, unless somebody did that. */
export function unmuteOnce(track: MutedTrack): void {
  if (track.muted) {
    track.unmute();
    return;
  }
  const off = track.on('muted', ({ by }) => {
    off();
    if (by === undefined) track.unmute();
  });
}
