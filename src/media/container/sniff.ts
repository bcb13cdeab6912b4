/** What a file is, by its first bytes. */
import type { MediaFormat } from './media.ts';

/** What only ffmpeg, or a reader of samples, makes sound of. */
export type OtherFormat = 'wav' | 'mp3' | 'flac' | 'aac';

/** Bytes that are enough to say. */
export const sniffLength = 12;

export function sniff(head: Uint8Array): MediaFormat | OtherFormat | undefined {
  const text = (start: number, end: number): string => String.fromCharCode(...head.subarray(start, end));
  const [first = 0, second = 0] = head;
  const start = text(0, 4);
  if (start === 'OggS') return 'ogg';
  if (start === '\x1a\x45\xdf\xa3') return 'webm';
  if (start === 'DKIF') return 'ivf';
  if (start === 'fLaC') return 'flac';
  if (start === 'RIFF' && text(8, 12) === 'WAVE') return 'wav';
  if (['ftyp', 'styp', 'moov', 'moof', 'sidx'].includes(text(4, 8))) return 'mp4';
  if (start.startsWith('ID3')) return 'mp3';
  // Eleven bits of one begin a frame of MPEG audio; ADTS has no layer.
  if (first === 0xff && (second & 0xe0) === 0xe0) return (second & 0x06) === 0 ? 'aac' : 'mp3';
  return undefined;
}
