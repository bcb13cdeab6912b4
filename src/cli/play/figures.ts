/** What `play` says while it plays, and at the end. */
import type { AudioPlayer } from '../../media/speaking/player/audio-player.ts';

export interface PlaySummary {
  type: 'summary';
  /** Names of what was played to its end, each once. */
  files: string[];
  /** How often something was. */
  played: number;
  /** From when we were in the room. */
  seconds: number;
  framesSent: number;
  underruns: number;
}

type Played = Pick<AudioPlayer, 'current' | 'duration' | 'framesSent' | 'position' | 'queue' | 'underruns'>;

export interface PlayProgress {
  type: 'progress';
  file: string | null;
  /** s */
  position: number;
  duration: number | null;
  queued: number;
  framesSent: number;
  underruns: number;
}

export function progressOf({
  current,
  duration,
  framesSent,
  position,
  queue,
  underruns,
}: Played): PlayProgress {
  return {
    type: 'progress',
    file: current?.name ?? null,
    position: position / 1000,
    duration: duration === undefined ? null : duration / 1000,
    queued: queue.length,
    framesSent,
    underruns,
  };
}

export function playedLine({
  current,
  duration,
  position,
  queue,
  underruns,
}: Omit<Played, 'framesSent'>): string {
  if (!current) return '';
  const length = duration === undefined ? '' : ` of ${clockTime(duration)}`;
  const more = queue.length > 0 ? `, ${queue.length} more` : '';
  const gaps = underruns > 0 ? `, ${underruns} gaps` : '';
  return `${clockTime(position)}${length}  ${current.name}${more}${gaps}`;
}

export function summaryLine({ framesSent, played, seconds, underruns }: PlaySummary): string {
  const what = played === 1 ? 'one sound' : `${played} sounds`;
  const gaps = underruns === 1 ? 'one gap' : `${underruns} gaps`;
  return `* played ${what} to the end: ${framesSent} frames in ${seconds} s, ${gaps}`;
}

/** `m:ss` */
function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
