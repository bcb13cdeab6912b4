/** Opus in a container, handed on as it is. */
import { setImmediate as turn } from 'node:timers/promises';
import { withLevel } from '../../container/audio-levels.ts';
import type { EncodedAudio, EncodedFrame, Media } from '../../container/media.ts';
import type { Sound } from './sound.ts';

/** Frames that are passed over until others have their turn. */
const skippedAtOnce = 500;

export class ContainerSound implements Sound {
  readonly isLive = false;
  readonly channels: 1 | 2;
  readonly duration: number | undefined;
  readonly #media: Media;
  readonly #audio: EncodedAudio;

  private constructor(media: Media, audio: EncodedAudio) {
    this.#media = media;
    this.#audio = audio;
    this.channels = audio.channels === 1 ? 1 : 2;
    this.duration = media.duration;
  }

  /** @param start ms */
  static async open(media: Media, audio: EncodedAudio, start: number): Promise<ContainerSound> {
    const sound = new ContainerSound(media, audio);
    if (start <= 0) return sound;
    if (media.isSeekable) await audio.seek(start);
    else await sound.#skip(start);
    return sound;
  }

  read = async (): Promise<EncodedFrame | undefined> => {
    const frame = await this.#audio.read();
    return frame && withLevel(frame);
  };

  close(): void {
    this.#media.close();
  }

  async #skip(start: number): Promise<void> {
    for (let count = 1; ; count += 1) {
      const frame = await this.#audio.read();
      if (!frame || frame.at + frame.duration >= start) return;
      if (count % skippedAtOnce === 0) await turn();
    }
  }
}
