/**
 * Writes down who says what, by a recogniser behind a WebSocket (vosk-server's protocol), until the room is empty. Without an address it runs
 * against an embedded deployment, with somebody who talks and a service that says how much it has heard, and checks what it wrote.
 *
 *   node examples/transcriber.mjs https://meet.example.com/standup ws://127.0.0.1:2700
 */
import assert from 'node:assert/strict';
import { join, stay } from 'jitsi-headless';
import { transcribe, webSocketRecogniser } from 'jitsi-headless/media';
import { createSandbox } from 'jitsi-headless/sandbox';

async function writeDown(url, recogniser, alone) {
  const conference = await join(url, { nick: 'scribe' });
  const transcription = transcribe(conference, recogniser);
  const lines = [];
  transcription.on('transcribed', ({ transcript: { final, name, text } }) => {
    if (final) lines.push(`${name}: ${text}`);
  });
  transcription.on('warning', ({ error }) => console.error(error.message));
  await stay(conference, { alone });
  await transcription.stop();
  await conference.leave();
  return lines;
}

const [url, service = 'ws://127.0.0.1:2700'] = process.argv.slice(2);
if (url) console.log((await writeDown(url, webSocketRecogniser(service), 60_000)).join('\n'));
else {
  const sandbox = await createSandbox();
  const ada = await join(`${sandbox.url}/room`, { nick: 'Ada' });
  const track = ada.addTrack({ kind: 'audio' });
  /** In place of a service: all that it understands is how long somebody spoke. */
  const recogniser = async ({ audio }) => {
    let samples = 0;
    for await (const block of audio) samples += block.samples.length;
    return samples > 16_000 ? 'more than a second' : 'a word';
  };
  const writing = writeDown(`${sandbox.url}/room`, recogniser, 200);
  await track.ready();
  for (let count = 0; count < 75; count += 1) {
    const data = new Uint8Array(80).with(0, 0xf8);
    track.send({ data, timestamp: performance.now(), audioLevel: { level: 20, voice: true } });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // The utterance ends with what is heard no more.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await ada.leave();
  assert.deepEqual(await writing, ['Ada: more than a second']);
  await sandbox.close();
  console.log('written down: Ada spoke for more than a second');
}
