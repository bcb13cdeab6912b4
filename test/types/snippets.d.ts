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
  interface Encoder {
    forceKeyFrame(): void;
    setHeight(pixels: number): void;
    /** Undefined: as it likes; 0: it rests. */
    setBitrate(bitsPerSecond: number | undefined): void;
    onFrame: (data: Uint8Array, time: number, keyFrame: boolean) => void;
  }
  const encoder: Encoder;
  /** One for each size, the smallest first. */
  const encoders: readonly Encoder[];
}
