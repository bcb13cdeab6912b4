/**
 * Plays back to each participant, and to everybody else, what they say, as it is encoded. Without an address it runs against an embedded
 * deployment, with somebody who speaks, and checks that she hears herself.
 *
 *   node examples/echo.mjs https://meet.example.com/standup
 */
import assert from 'node:assert/strict';
import { join, stay } from 'jitsi-headless';
import { AudioPlayer, pcm, soundLevel, Speaker } from 'jitsi-headless/media';
import { createSandbox } from 'jitsi-headless/sandbox';

function echo(conference) {
  const players = new Map();
  conference.on('trackAdded', ({ track }) => {
    // One track each: two echoes in one room would answer each other with more and more of them.
    if (track.kind !== 'audio' || players.has(track.endpointId)) return;
    const player = new AudioPlayer();
    players.set(track.endpointId, player);
    player.attach(conference);
    player.play(track);
  });
  conference.on('trackRemoved', ({ track }) => {
    if (track.kind !== 'audio') return;
    players.get(track.endpointId)?.close();
    players.delete(track.endpointId);
  });
}

const [url] = process.argv.slice(2);
if (url) {
  const conference = await join(url, { nick: 'Echo' });
  echo(conference);
  await stay(conference);
  await conference.leave();
} else {
  const sandbox = await createSandbox();
  const [bot, ada] = await Promise.all(
    ['Echo', 'Ada'].map((nick) => join(`${sandbox.url}/valley`, { nick })),
  );
  const added = new Promise((resolve) => ada.once('trackAdded', resolve));
  echo(bot);
  const voice = new Speaker({ sampleRate: 48_000 });
  voice.attach(ada);
  void voice.write(Int16Array.from({ length: 96_000 }, (_, i) => 8000 * Math.sin(i / 17)));
  let level = 127;
  for await (const { samples } of pcm((await added).track)) {
    level = soundLevel(samples).level;
    if (level < 40) break;
  }
  await Promise.all([bot.leave(), ada.leave()]);
  await sandbox.close();
  assert.ok(level < 20, `-${level} dBov`);
  console.log(`Ada heard herself, as loud as -${level} dBov`);
}
