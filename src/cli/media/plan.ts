/** What `media` is to do, from its flags. */
import { UsageError } from '../../base/errors.ts';
import type { Clip } from '../../media/clip.ts';
import { builtInClip, loadAudioClip, loadVideoClip } from '../../media/clip-file.ts';
import type { MediaFlags } from './flags.ts';

export interface MediaPlan {
  url: string | undefined;
  /** What is sent, a track each. */
  clips: readonly Clip[];
}

/**
 * Reads the files: nobody joins with one that cannot be sent.
 * @throws UsageError `media-flags`, `engine-no-media`, `clip-unreadable`, `clip-unusable`
 */
export function planMedia(url: string | undefined, flags: MediaFlags): MediaPlan {
  if (flags.engine === 'node-datachannel') {
    throw new UsageError('--engine node-datachannel carries data only; for audio and video choose werift', {
      code: 'engine-no-media',
    });
  }
  let address = url;
  /** The word after a flag whose value may be left out may have been meant as the meeting. */
  const file = (flag: string, value: string | true | undefined): string | true | undefined => {
    if (value === undefined || value === true || !isAddress(value, address === undefined && !flags.host))
      return value;
    if (address !== undefined || flags.host !== undefined)
      throw new UsageError(`${flag} ${value}: that is no file, and the meeting was given already`, {
        code: 'media-flags',
      });
    address = value;
    return true;
  };
  const video = file('--send-video', flags.sendVideo);
  const audio = file('--send-audio', flags.sendAudio);
  const clips: Clip[] = [];
  if (video !== undefined) clips.push(video === true ? builtInClip('picture') : loadVideoClip(video));
  if (audio !== undefined) clips.push(audio === true ? builtInClip('tone') : loadAudioClip(audio));
  return { url: address, clips };
}

/** @param isMissing there is no other address */
function isAddress(word: string, isMissing: boolean): boolean {
  if (word.includes('://')) return true;
  return isMissing && !/\.(ivf|ogg|opus|oga)$/i.test(word);
}
