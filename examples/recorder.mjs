/**
 * Records a meeting into a directory until Ctrl-C, and says who spoke when. Without an address it records an embedded deployment for some
 * seconds, and checks what is in the directory.
 *
 *   node examples/recorder.mjs https://meet.example.com/standup standup
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { join } from 'jitsi-headless';
import { record } from 'jitsi-headless/media';
import { createSandbox } from 'jitsi-headless/sandbox';

/** Resolves when the recording is over. */
async function recordMeeting(url, directory, signal) {
  const conference = await join(url, { nick: 'recorder' });
  const recorder = record(conference, { directory, signal });
  recorder.on('noted', ({ entry: { at, name, type } }) => {
    if (type === 'speaking-started') console.log(`${at.toFixed(1)} s: ${name} speaks`);
  });
  const end = await recorder.done;
  await conference.leave();
  return end;
}

const [url, directory = 'recording'] = process.argv.slice(2);
const stop = new AbortController();
if (url) {
  process.once('SIGINT', () => stop.abort());
  const { error, files } = await recordMeeting(url, directory, stop.signal);
  for (const { duration, name, path } of files) console.log(`${name}: ${duration} s in ${path}`);
  if (error) throw error;
} else {
  const sandbox = await createSandbox();
  const folder = await mkdtemp(joinPath(tmpdir(), 'recorder-'));
  const ada = await join(`${sandbox.url}/room`, { nick: 'Ada' });
  const track = ada.addTrack({ kind: 'audio' });
  const speaking = setInterval(() => {
    const data = new Uint8Array(80).with(0, 0xf8);
    track.send({ data, timestamp: performance.now(), audioLevel: { level: 20, voice: true } });
  }, 20);
  setTimeout(() => stop.abort(), 6_000);
  const { files, gaps, reason } = await recordMeeting(`${sandbox.url}/room`, folder, stop.signal);
  clearInterval(speaking);
  assert.equal(reason, 'stopped');
  assert.deepEqual([files.length, files[0].name, files[0].codec, gaps], [1, 'Ada', 'opus', 0]);
  const { events } = JSON.parse(await readFile(joinPath(folder, 'timeline.json'), 'utf8'));
  assert.ok(events.some(({ name, type }) => type === 'speaking-started' && name === 'Ada'));
  await ada.leave();
  await sandbox.close();
  await rm(folder, { recursive: true });
  console.log('ok');
}
