/** What the cameras show: by ffmpeg, where there is one, 600 kbit/s as a camera of 360 lines has; else the package's clip, which has a sixth of it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/lib/run.mjs';

const path = `${root}.cache/bench-picture.ivf`;
const source = 'testsrc2=size=640x360:rate=30:duration=4';
const rate = ['-b:v', '600k', '-minrate', '600k', '-maxrate', '600k', '-g', '60'];
const codec = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '5'];

/** @returns its path */
export function makePicture() {
  if (existsSync(path)) return path;
  mkdirSync(`${root}.cache`, { recursive: true });
  const args = [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    source,
    '-vf',
    'noise=alls=12:allf=t',
    ...codec,
    ...rate,
    path,
  ];
  return spawnSync('ffmpeg', args).status === 0
    ? path
    : fileURLToPath(new URL('../../clips/picture.ivf', import.meta.url));
}
