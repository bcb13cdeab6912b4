/** The sound of all files as one, for ffmpeg's filters. Numbers and labels of ours only. */
import type { RecordedFile } from './timeline.ts';

/**
 * @param files of sound; each is the input of that number from `first` on
 * @param label of what comes out
 */
export function soundGraph(
  files: readonly Pick<RecordedFile, 'offset'>[],
  first: number,
  label: string,
): string {
  const inputs = files.map(({ offset }, index) => {
    const delay = Math.round(offset * 1000);
    return `[${first + index}:a]aresample=48000:async=1:first_pts=0,adelay=${delay}:all=1[s${index}]`;
  });
  const labels = files.map((_, index) => `[s${index}]`).join('');
  // Several at a time may be louder than there are numbers for.
  const mixing = `amix=inputs=${files.length}:duration=longest:dropout_transition=0:normalize=0,alimiter=limit=0.9:level=0`;
  return [...inputs, `${labels}${mixing}[${label}]`].join(';');
}
