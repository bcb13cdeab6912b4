/**
 * Participants of ours in one process. Requests: `join` (more of them, into a room), `begin` (the first sends video or audio), `look`, `stop`.
 * Frames are made up: nobody decodes them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from '../../../dist/index.js';
import { pace } from '../../media/pacer.mjs';
import { usage } from '../usage.mjs';
import { serve } from './lines.mjs';

const participants = [];
let track;
const stopSending = [];
let sent = 0;

/** A VP8 frame, as far as a bridge looks at it (RFC 6386, 9.1): 640 × 360. */
function vp8Frame(length, isKeyFrame) {
  const frame = new Uint8Array(length);
  frame.set(isKeyFrame ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01] : [0x11, 0, 0]);
  return frame;
}

function sendVideo({ framesPerSecond, frameSize }) {
  const camera = participants[0].addTrack({ kind: 'video', codec: 'vp8' });
  track = camera;
  let isKeyFrameWanted = true;
  camera.on('keyFrameRequested', () => (isKeyFrameWanted = true));
  const start = performance.now();
  const stop = pace(framesPerSecond, () => {
    const keyFrame = isKeyFrameWanted;
    const wasSent = camera.send({
      data: vp8Frame(frameSize, keyFrame),
      timestamp: performance.now() - start,
      keyFrame,
    });
    if (wasSent) {
      sent += 1;
      isKeyFrameWanted = false;
    }
  });
  stopSending.push(stop);
}

function sendAudio() {
  const microphone = participants[0].addTrack({ kind: 'audio' });
  track ??= microphone;
  const data = new Uint8Array(80);
  const start = performance.now();
  const stop = pace(50, () => {
    if (
      microphone.send({ data, timestamp: performance.now() - start, audioLevel: { level: 30, voice: true } })
    )
      sent += 1;
  });
  stopSending.push(stop);
}

await serve({
  async join({ host, room, count, maxHeight }) {
    const before = participants.length;
    for (let index = 0; index < count; index++) {
      const nick = `p${before + index}`;
      const conference = await join({ host, room, nick });
      if (maxHeight !== undefined) conference.requestVideo(maxHeight);
      participants.push(conference);
    }
    return { joined: participants.length };
  },
  begin({ video, audio }) {
    if (video) sendVideo(video);
    if (audio) sendAudio();
  },
  /** ms from the call of join to the first frame of video */
  async firstFrame({ host, room }) {
    const start = performance.now();
    const conference = await join({ host, room, nick: 'late' });
    const joined = performance.now();
    conference.requestVideo(720);
    const shown = await new Promise((resolve) => {
      const see = async (remote) => {
        if (remote.kind !== 'video') return;
        for await (const frame of remote.frames()) {
          resolve(frame.keyFrame);
          return;
        }
      };
      for (const remote of conference.tracks.values()) void see(remote);
      conference.on('trackAdded', (added) => void see(added.track));
    });
    const end = performance.now();
    await conference.leave();
    return { joined: joined - start, firstFrame: end - start, keyFrame: shown };
  },
  look() {
    let packets = 0;
    let lost = 0;
    let receiving = 0;
    for (const conference of participants) {
      for (const remote of conference.tracks.values()) {
        packets += remote.statistics.packets;
        lost += remote.statistics.lost;
        if (remote.statistics.packets > 0) receiving += 1;
      }
    }
    return {
      packets,
      lost,
      receiving,
      sent,
      sentPackets: track?.statistics.packets ?? 0,
      rss: process.memoryUsage.rss(),
      ...usage(),
    };
  },
  collect() {
    globalThis.gc?.();
    return { rss: process.memoryUsage.rss() };
  },
  async stop() {
    for (const stop of stopSending) stop();
    await Promise.race([Promise.all(participants.map((each) => each.leave())), sleep(5000)]);
  },
});
