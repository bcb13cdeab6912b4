/** Transcripts as subtitles: SubRip (`.srt`, which has no specification) and WebVTT (W3C). */
import type { Transcript } from './transcript.ts';

export const vttHead = 'WEBVTT\n';

/** @param number from 1 on */
export function srtCue(number: number, { end, name, start, text }: Transcript): string {
  // What looks like markup is taken for it.
  const words = `${name}: ${text}`.replaceAll('<', '‹').replaceAll('>', '›');
  return `${number}\n${time(start, ',')} --> ${time(end, ',')}\n${oneLine(words)}\n\n`;
}

/** WebVTT, 4.2.2: who speaks is a voice span. */
export function vttCue({ end, name, start, text }: Transcript): string {
  return `\n${time(start, '.')} --> ${time(end, '.')}\n<v ${escaped(oneLine(name))}>${escaped(oneLine(text))}</v>\n`;
}

function time(seconds: number, point: string): string {
  const all = Math.max(0, Math.round(seconds * 1_000));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const [hours, minutes, rest] = [all / 3_600_000, (all / 60_000) % 60, (all / 1_000) % 60];
  return `${two(hours)}:${two(minutes)}:${two(rest)}${point}${String(all % 1_000).padStart(3, '0')}`;
}

/** An empty line would end the cue. */
function oneLine(text: string): string {
  return text.split(/[\r\n\u2028\u2029]/).join(' ');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
