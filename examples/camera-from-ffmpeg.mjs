/**
 * A camera that ffmpeg reads or makes: what it writes as IVF (VP8) goes into the room as it comes. Without an address it runs against an embedded
 * deployment, with somebody who takes a picture of it.
 *
 *   node examples/camera-from-ffmpeg.mjs https://meet.example.com/yard -f v4l2 -i /dev/video0
 *   node examples/camera-from-ffmpeg.mjs https://meet.example.com/yard -rtsp_transport tcp -i rtsp://camera.example.com/stream
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'jitsi-headless';
import { showVideo, snapshot } from 'jitsi-headless/media';
import { createSandbox } from 'jitsi-headless/sandbox';

/** Fast enough for one core, without frames that wait for later ones, a key frame every two seconds: ffmpeg cannot be asked for one. */
const encoding =
  '-an -vf scale=-2:360 -r 25 -c:v libvpx -deadline realtime -cpu-used 8 -b:v 800k -g 50'.split(' ');

/** @param input what ffmpeg is told of the camera */
async function camera(conference, input) {
  const output = ['-auto-alt-ref', '0', '-lag-in-frames', '0', '-flush_packets', '1', '-f', 'ivf', '-'];
  const ffmpeg = spawn('ffmpeg', ['-v', 'fatal', '-nostdin', ...input, ...encoding, ...output], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Live: what comes while nobody looks is not kept, so that nobody sees what was a while ago.
  const shown = await showVideo(conference, ffmpeg.stdout, { live: true });
  shown.on('ended', () => ffmpeg.kill());
  return shown;
}

const [url, ...input] = process.argv.slice(2);
if (url) {
  const conference = await join(url, { nick: 'Camera' });
  const shown = await camera(conference, input);
  process.once('SIGINT', () => shown.stop());
  await shown.done;
  await conference.leave();
} else {
  const sandbox = await createSandbox();
  const room = `${sandbox.url}/yard`;
  const [conference, ada] = await Promise.all([join(room, { nick: 'Camera' }), join(room, { nick: 'Ada' })]);
  const added = new Promise((resolve) => ada.once('trackAdded', resolve));
  const shown = await camera(conference, ['-re', '-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=25']);
  const { track } = await added;
  const { data, format, height, participant, width } = await snapshot(track, {
    maxHeight: 360,
    timeout: 60_000,
  });
  assert.deepEqual([participant.displayName, format, width, height], ['Camera', 'webp', 640, 360]);
  shown.stop();
  await shown.done;
  await Promise.all([conference.leave(), ada.leave()]);
  await sandbox.close();
  console.log(`Ada has a picture of ${data.length} bytes`);
}
