/**
 * Says hello with the voice of a synthesiser, piece by piece as it is made. Here the synthesiser hums; put yours in its place. Without an
 * address it runs against an embedded deployment, with somebody who listens, and checks what was heard.
 *
 *   node examples/say-hello.mjs https://meet.example.com/standup
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'jitsi-headless';
import { Speaker } from 'jitsi-headless/media';
import { createSandbox } from 'jitsi-headless/sandbox';

/** A second of 220 Hz, in pieces of 50 ms at 24 kHz. */
async function* synthesise(_text) {
  for (let piece = 0; piece < 20; piece += 1) {
    await pause(10);
    yield Int16Array.from(
      { length: 1200 },
      (_, index) => 8000 * Math.sin((2 * Math.PI * 220 * index) / 24_000),
    );
  }
}

async function sayHello(url) {
  const bot = await join(url, { nick: 'Hello bot' });
  const speaker = new Speaker({ sampleRate: 24_000 });
  const track = speaker.attach(bot);
  await track.ready();
  for await (const samples of synthesise('Hello!')) await speaker.write(samples);
  await speaker.end();
  await bot.leave();
}

const [url] = process.argv.slice(2);
if (url) {
  await sayHello(url);
} else {
  const sandbox = await createSandbox();
  const room = `${sandbox.url}/example`;
  const listener = await join(room, { nick: 'Ada' });
  const added = new Promise((resolve) => listener.once('trackAdded', resolve));
  const [{ track }] = await Promise.all([added, sayHello(room)]);
  await listener.leave();
  await sandbox.close();
  assert.ok(track.statistics.frames >= 50, `${track.statistics.frames} frames came`);
  console.log('the bot said hello, and Ada heard it');
}
