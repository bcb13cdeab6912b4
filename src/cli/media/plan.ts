/** What `media` is to do, from its flags. */
import { UsageError } from '../../base/errors.ts';
import type { Clip } from '../../media/clips/clip.ts';
import { builtInClip, loadClip } from '../../media/clips/load-clip.ts';
import { checkMediaEngine } from './engine.ts';
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
export async function planMedia(url: string | undefined, flags: MediaFlags): Promise<MediaPlan> {
  checkMediaEngine(flags.engine);
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
  const clips: Promise<Clip>[] = [];
  if (video !== undefined) clips.push(video === true ? builtInClip('picture') : loadClip('video', video));
  if (audio !== undefined) clips.push(audio === true ? builtInClip('tone') : loadClip('audio', audio));
  return { url: address, clips: await Promise.all(clips) };
}

/** @param isMissing there is no other address */
function isAddress(word: string, isMissing: boolean): boolean {
  if (word.includes('://')) return true;
  return isMissing && !/\.(ivf|ogg|opus|oga|webm|mkv|mka|mp4|m4a|mov)$/i.test(word);
}
