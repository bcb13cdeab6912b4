/**
 * Receives everybody's video and prints once a second whose came, how large, and how many frames. Without an address it runs against an
 * embedded deployment with somebody who sends, and checks what came.
 *
 *   node examples/receive-video.mjs https://meet.example.com/standup
 */
import assert from 'node:assert/strict';
import { join } from 'jitsi-headless';
import { createSandbox } from 'jitsi-headless/sandbox';

/** Tells of each frame, until the conference ends. */
async function look(conference, seen) {
  const read = async (track) => {
    if (track.kind !== 'video') return;
    // Frames come as they were sent, encoded. An IVF file or a decoder takes them.
    for await (const frame of track.frames()) seen(track, frame);
  };
  conference.on('trackAdded', ({ track }) => void read(track));
  // No bridge sends video before it is asked to: here, of everybody, up to 720 pixels high.
  conference.requestVideo(720);
  await conference.closed;
}

const [url] = process.argv.slice(2);
if (url) {
  const conference = await join(url, { nick: 'Viewer' });
  process.once('SIGINT', () => void conference.leave());
  const sources = {};
  const timer = setInterval(() => console.log(JSON.stringify(sources)), 1000);
  await look(conference, ({ endpointId, sourceName }, { codec, width, height }) => {
    const name = conference.participants.get(endpointId)?.displayName ?? endpointId;
    const frames = (sources[sourceName]?.frames ?? 0) + 1;
    const size = width ? `${width}x${height}` : sources[sourceName]?.size;
    sources[sourceName] = { name, codec, size, frames };
  });
  clearInterval(timer);
} else {
  const sandbox = await createSandbox();
  const room = `${sandbox.url}/viewed`;
  const [viewer, ada] = await Promise.all([join(room, { nick: 'Viewer' }), join(room, { nick: 'Ada' })]);
  const frames = [];
  const enough = new Promise((resolve) => {
    void look(viewer, (track, frame) => frames.push({ track, frame }) === 20 && resolve());
  });
  const camera = ada.addTrack({ kind: 'video' });
  // A key frame of VP8, 320 by 180, as far as its header tells.
  const data = new Uint8Array([0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00, 0, 0]);
  let count = 0;
  const timer = setInterval(() => camera.send({ data, keyFrame: true, timestamp: 33 * count++ }), 33);
  await enough;
  clearInterval(timer);
  for (const { track, frame } of frames) {
    assert.equal(track.endpointId, ada.endpointId);
    assert.deepEqual([frame.codec, frame.width, frame.height], ['vp8', 320, 180]);
  }
  await Promise.all([viewer.leave(), ada.leave()]);
  await sandbox.close();
  console.log(`${frames.length} frames came`);
}
