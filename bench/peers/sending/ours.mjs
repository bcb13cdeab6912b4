/** Our participant as a sender: a film's pictures, encoded as they come, in several sizes. `look`: its estimate. */
import { spawn } from 'node:child_process';
import { join } from '../../../dist/index.js';
import { showRawVideo } from '../../../dist/media/index.js';
import { serve } from '../media/lines.mjs';

let conference;
let shown;
await serve({
  async join({ film, frameRate, height, host, layers, room, width }) {
    conference = await join({ host, room, nick: 'ours' });
    const input = ['-re', '-stream_loop', '-1', '-i', film];
    const output = ['-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-'];
    const ffmpeg = spawn('ffmpeg', ['-v', 'fatal', '-nostdin', ...input, ...output], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    shown = showRawVideo(conference, ffmpeg.stdout, { width, height, frameRate, layers });
    shown.on('ended', () => ffmpeg.kill());
    shown.done.catch((error) => process.stderr.write(`${error}\n`));
  },
  look: () => ({
    estimate: shown.video.targetBitrate,
    layers: shown.video.layers.filter(({ isWanted }) => isWanted).length,
    retransmitted: shown.video.statistics.retransmitted,
    encoded: shown.video.layers.map(({ statistics: { frames, keyFrames, unsent } }) => [
      frames,
      keyFrames,
      unsent,
    ]),
  }),
  async stop() {
    shown.stop();
    await conference.leave();
  },
});
