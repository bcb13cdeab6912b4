/** The audio of somebody else, passed on as it comes; not what is end-to-end encrypted, which nobody there could read. */
import type { JitsiError } from '../../../base/errors.ts';
import { onAbort } from '../../../base/on-abort.ts';
import type { RemoteTrack } from '../../../client/media/remote/remote-track.ts';
import type { RemoteFrame } from '../../../client/media/track-types.ts';
import { opusDuration } from '../../../rtp/codecs/opus/packet.ts';
import { ClearFrames } from '../../encryption/clear-frames.ts';
import { encryptedError } from '../../encryption/encrypted-error.ts';
import type { EncodedFrame } from '../../container/media.ts';
import { defined } from '../../../base/defined.ts';
import type { Sound } from './sound.ts';

/** Frames that nobody has read: what is older is not worth hearing. */
const mostUnread = 10;

export class LiveSound implements Sound {
  readonly isLive = true;
  readonly duration = undefined;
  /** What each packet has it says itself (RFC 6716, 3.1); a decoder for two takes both. */
  readonly channels = 2;
  readonly #frames: AsyncIterator<RemoteFrame>;
  readonly #stop = new AbortController();
  readonly #off: () => void;
  #start: number | undefined;

  /** @param warn is told once when something is left out */
  constructor(track: RemoteTrack, signal: AbortSignal, warn: (error: JitsiError) => void) {
    this.#off = onAbort(signal, () => this.#stop.abort());
    this.#frames = new ClearFrames(track, { limit: mostUnread, signal: this.#stop.signal }, () =>
      warn(encryptedError('playing', track)),
    );
  }

  read = async (): Promise<EncodedFrame | undefined> => {
    const { done, value } = await this.#frames.next();
    if (done === true) return undefined;
    this.#start ??= value.timestamp;
    const { audioLevel, data } = value;
    const at = value.timestamp - this.#start;
    return defined({ data, at, duration: opusDuration(data) ?? 0, keyFrame: true, audioLevel });
  };

  close(): void {
    this.#off();
    this.#stop.abort();
  }
}
