/**
 * Prints who speaks, when, for how long and how loud. Without an address it runs against an embedded deployment, with a guest of its own
 * who speaks, and checks what it heard.
 *
 *   node examples/who-speaks.mjs https://meet.example.com/standup
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'jitsi-headless';
import { createOpusEncoder, soundLevel, utterances } from 'jitsi-headless/media';
import { createSandbox } from 'jitsi-headless/sandbox';

async function listen(conference, heard) {
  const all = utterances(conference, { sampleRate: 16_000 });
  all.on('speakingStarted', ({ participant }) => console.log(`${participant?.displayName} begins to speak`));
  // Each beside the loop: two may speak at once.
  for await (const utterance of all) void follow(utterance).then(heard);
}

async function follow({ participant, start, audio, ended }) {
  let loudest = 127;
  for await (const { samples } of audio) loudest = Math.min(loudest, soundLevel(samples).level);
  const seconds = ((await ended).end - start) / 1000;
  console.log(`${participant?.displayName}: ${seconds.toFixed(1)} s, up to -${loudest} dB`);
  return { name: participant?.displayName, seconds, loudest };
}

const [url] = process.argv.slice(2);
if (url) {
  const conference = await join(url, { nick: 'Listener' });
  process.once('SIGINT', () => void conference.leave());
  await listen(conference, () => {});
} else {
  const sandbox = await createSandbox();
  const listener = await join(`${sandbox.url}/example`, { nick: 'Listener' });
  const speech = new Promise((resolve) => void listen(listener, resolve));
  const guest = await join(`${sandbox.url}/example`, { nick: 'Ada' });
  await hum(guest, 2000);
  const { name, seconds, loudest } = await speech;
  assert.equal(name, 'Ada');
  assert.ok(seconds > 1 && seconds < 3, `${seconds} s`);
  assert.ok(loudest < 20);
  await Promise.all([guest.leave(), listener.leave()]);
  await sandbox.close();
}

/** A tone, from when it can be heard. */
async function hum(conference, duration) {
  const track = conference.addTrack({ kind: 'audio' });
  const encoder = await createOpusEncoder({ sampleRate: 48_000, channels: 1 });
  const samples = Int16Array.from(
    { length: 960 },
    (_, i) => 8000 * Math.sin((2 * Math.PI * 400 * i) / 48_000),
  );
  await track.ready();
  const audioLevel = soundLevel(samples);
  for (const end = performance.now() + duration; performance.now() < end; await pause(18))
    track.send({ data: encoder.encode(samples), timestamp: performance.now(), audioLevel });
}
