/**
 * Sends the frames of an IVF file (VP8) as a camera, again and again. Without an address it runs against an embedded deployment, with
 * somebody who looks, and checks what they saw.
 *
 *   node examples/send-video.mjs https://meet.example.com/standup picture.ivf
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'jitsi-headless';
import { createSandbox } from 'jitsi-headless/sandbox';

/** A header with the time base, then of each frame its size, its time and its bytes. */
function readIvf(file) {
  const bytes = readFileSync(file);
  const second = bytes.readUInt32LE(16) / bytes.readUInt32LE(20);
  const frames = [];
  for (let at = 32; at < bytes.length; ) {
    const size = bytes.readUInt32LE(at);
    const data = bytes.subarray(at + 12, at + 12 + size);
    // In VP8 the first bit says that it is no key frame.
    frames.push({ data, at: (1000 * bytes.readUInt32LE(at + 4)) / second, keyFrame: (data[0] & 1) === 0 });
    at += 12 + size;
  }
  return { frames, interval: 1000 / second };
}

/** Returns what ends it. */
function film(conference, { frames, interval }) {
  const track = conference.addTrack({ kind: 'video' });
  let next = 0;
  let sent = 0;
  // Somebody new cannot begin in the middle: from the first frame again.
  track.on('keyFrameRequested', () => (next = 0));
  const timer = setInterval(() => {
    const { data, keyFrame } = frames[next];
    track.send({ data, keyFrame, timestamp: sent * interval });
    next = (next + 1) % frames.length;
    sent += 1;
  }, interval);
  return () => {
    clearInterval(timer);
    track.stop();
  };
}

const [url, file = new URL('../clips/picture.ivf', import.meta.url)] = process.argv.slice(2);
const clip = readIvf(file);
if (url) {
  const conference = await join(url, { nick: 'Camera' });
  film(conference, clip);
  process.once('SIGINT', () => void conference.leave());
  await conference.closed;
  process.exit();
} else {
  const sandbox = await createSandbox();
  const room = `${sandbox.url}/film`;
  const [camera, ada] = await Promise.all([join(room, { nick: 'Camera' }), join(room, { nick: 'Ada' })]);
  const added = new Promise((resolve) => ada.once('trackAdded', resolve));
  const stop = film(camera, clip);
  ada.requestVideo(720);
  const { track } = await added;
  let seen = 0;
  for await (const { codec, width, height } of track.frames()) {
    assert.equal(codec, 'vp8');
    if (seen === 0) assert.ok(width > 0 && height > 0);
    if (++seen === 10) break;
  }
  stop();
  await Promise.all([camera.leave(), ada.leave()]);
  await sandbox.close();
  console.log(`Ada saw ${seen} frames`);
}
