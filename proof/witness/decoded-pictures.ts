/** Pictures as ffmpeg decodes them. */
import { spawnSync } from 'node:child_process';

/** The hash of each, in their order. @throws when ffmpeg has anything to complain about */
export function decodedPictures(path: string): string[] {
  const args = ['-v', 'error', '-i', path, '-map', '0:v', '-vsync', 'passthrough', '-f', 'framemd5', '-'];
  const { stderr, stdout } = spawnSync('ffmpeg', args, { encoding: 'utf8', maxBuffer: 1e9 });
  if (stderr !== '') throw new Error(`ffmpeg about ${path}: ${stderr}`);
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.slice(line.lastIndexOf(',') + 1).trim());
}
