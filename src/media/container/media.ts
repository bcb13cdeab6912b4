/** What is in a file or a stream of media: encoded sound and pictures, one frame after the other. */
import type { AudioLevel } from '../../client/media/track-types.ts';

/** One encoded picture, or one packet of sound. */
export interface EncodedFrame {
  data: Uint8Array;
  /** When it is to be shown or heard, ms from the medium's beginning. */
  at: number;
  /** ms; 0: nobody knows */
  duration: number;
  /** It needs none of those before it; sound never does. */
  keyFrame: boolean;
  /** How loud it is, where the file says so. */
  audioLevel?: AudioLevel;
}

/** One after the other; whoever leaves a loop goes on there in the next. */
export interface EncodedTrack extends AsyncIterable<EncodedFrame> {
  /**
   * The next frame, in the order of decoding; undefined at the end. One at a time.
   * @throws ParseError `container-damaged`, `container-too-costly`, `ivf-*`; what is wrong with the origin
   */
  read(): Promise<EncodedFrame | undefined>;
  /**
   * The next frame is the one at this time: of pictures the key frame at or before it.
   * @param time ms from the beginning; behind the end there is nothing more
   * @throws UsageError `media-not-seekable`, and as {@link read}
   */
  seek(time: number): Promise<void>;
}

export interface EncodedAudio extends EncodedTrack {
  /** `opus`, or what only ffmpeg decodes: `aac`, `mp3`, `vorbis`, `flac`, `pcm-s16`, … */
  readonly codec: string;
  readonly channels: number;
  /** Hz */
  readonly sampleRate: number;
  /** Of AAC: its AudioSpecificConfig. */
  readonly description?: Uint8Array;
}

export interface EncodedVideo extends EncodedTrack {
  /** `vp8`, `vp9`, `av1`, `h264` as tracks take them, or another. */
  readonly codec: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export type MediaFormat = 'ogg' | 'webm' | 'mp4' | 'ivf';

export interface Media {
  readonly format: MediaFormat;
  readonly audio?: EncodedAudio;
  readonly video?: EncodedVideo;
  /** ms; undefined where nobody knows before the end */
  readonly duration?: number;
  readonly isSeekable: boolean;
  /** Readers get an error then. */
  close(): void;
  [Symbol.dispose](): void;
}
