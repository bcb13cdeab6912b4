/** The pictures of all files on one canvas, a place for each participant, for ffmpeg's filters. */
import type { RecordedFile } from './timeline.ts';

/** Pixels, and pictures a second. */
export const canvas = { width: 1280, height: 720, rate: 25 } as const;

export interface Place {
  participant: string;
  name: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Seconds. */
  from: number;
  to: number;
}

/** In rows, everybody as large as the others, in the order in which they came. */
export function placesOf(files: readonly RecordedFile[]): Place[] {
  const people = new Map<string, { name: string; from: number; to: number }>();
  for (const { duration, name, offset, participant } of files) {
    const known = people.get(participant);
    const [from, to] = [
      Math.min(offset, known?.from ?? Infinity),
      Math.max(offset + duration, known?.to ?? 0),
    ];
    people.set(participant, { name, from, to });
  }
  const columns = Math.max(1, Math.ceil(Math.sqrt(people.size)));
  const rows = Math.max(1, Math.ceil(people.size / columns));
  const [width, height] = [even(canvas.width / columns), even(canvas.height / rows)];
  return [...people].map(([participant, facts], index) => ({
    participant,
    ...facts,
    x: (index % columns) * width,
    y: Math.floor(index / columns) * height,
    width,
    height,
  }));
}

/**
 * @param videos each is the input of that number from 1 on; 0 is the empty canvas
 * @param names paths of files with the names, by participant; without one there is none
 */
export function pictureGraph(
  videos: readonly RecordedFile[],
  places: readonly Place[],
  names: ReadonlyMap<string, string>,
  label: string,
): string {
  const steps: string[] = [];
  let below = '0:v';
  for (const [index, { offset, participant }] of videos.entries()) {
    const place = places.find((each) => each.participant === participant);
    if (!place) continue;
    const { height, width, x, y } = place;
    const fitted = `scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:-1:-1,setsar=1`;
    const timed = `fps=${canvas.rate},setpts=PTS-STARTPTS+${offset}/TB`;
    steps.push(`[${index + 1}:v]${fitted},${timed}[v${index}]`);
    steps.push(`[${below}][v${index}]overlay=${x}:${y}:eof_action=pass[c${index}]`);
    below = `c${index}`;
  }
  const words = places.flatMap(({ from, height, participant, to, x, y }) => {
    const path = names.get(participant);
    if (path === undefined) return [];
    const style = 'expansion=none:fontcolor=white:fontsize=22:box=1:boxcolor=black@0.5:boxborderw=6';
    const time = `enable=between(t\\,${from}\\,${to})`;
    return [`drawtext=textfile=${escaped(path)}:${style}:x=${x + 12}:y=${y + height}-text_h-14:${time}`];
  });
  return [...steps, `[${below}]${['format=yuv420p', ...words].join(',')}[${label}]`].join(';');
}

/** A value of an option within a graph: two readers take backslashes away, one after the other. */
export function escaped(value: string): string {
  return value.replace(/[\\':]/g, '\\$&').replace(/[\\'[\],;]/g, '\\$&');
}

function even(pixels: number): number {
  return Math.floor(pixels / 2) * 2;
}
