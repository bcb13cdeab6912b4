/** What the snippets of the documents take for granted: things of the reader's, and what a snippet before them has made. */
import type { Bridge, Conference, MediaSession, Participant, SourceSet } from 'jitsi-headless';

declare global {
  const conference: Conference;
  const bridge: Bridge;
  const session: MediaSession;
  const participant: Participant;
  const pc: RTCPeerConnection;
  const desktop: SourceSet;
  const chunks: Iterable<Uint8Array>;
  const recogniser: { write(samples: Int16Array): void };
  const encoder: {
    forceKeyFrame(): void;
    setHeight(pixels: number): void;
    setBitrate(bitsPerSecond: number): void;
    onFrame: (data: Uint8Array, time: number, keyFrame: boolean) => void;
  };
}
