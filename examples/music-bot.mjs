/**
 * Plays what it is told in the chat: `!play ADDRESS`, `!skip`, `!pause`, `!resume`, `!queue`. Without an address it runs against an embedded
 * deployment, is told to play something, and checks that it is heard.
 *
 *   node examples/music-bot.mjs https://meet.example.com/standup
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createReadStream } from 'node:fs';
import { join } from 'jitsi-headless';
import { AudioPlayer } from 'jitsi-headless/media';
import { createSandbox } from 'jitsi-headless/sandbox';

function playWhatIsAsked(conference, options = {}) {
  // Whoever is in the room chooses: no files of this machine.
  const player = new AudioPlayer({ webOnly: true, ...options });
  player.attach(conference);
  const say = (text) => void conference.chat.send(text).catch(() => {});
  const commands = {
    play: (address) => say(`next: ${player.enqueue(address).name}`),
    skip: () => player.skip(),
    pause: () => player.pause(),
    resume: () => player.resume(),
    queue: () => say([player.current, ...player.queue].map((sound) => sound?.name).join('\n')),
  };
  conference.on('messageReceived', ({ message }) => {
    const [, name, argument] = /^!(\w+)\s*(.*)$/.exec(message.text) ?? [];
    if (Object.hasOwn(commands, name ?? '')) commands[name](argument);
  });
  player.on('failed', ({ error }) => say(error.message));
  return player;
}

const [, , address] = process.argv;
if (address !== undefined) {
  const conference = await join(address, { nick: 'jukebox' });
  playWhatIsAsked(conference);
  await conference.closed;
} else {
  const sandbox = await createSandbox();
  const music = createServer((_, response) => {
    createReadStream(new URL('../clips/tone.ogg', import.meta.url)).pipe(response);
  }).listen(0, '127.0.0.1');
  await once(music, 'listening');
  const [bot, ann] = await Promise.all(
    ['jukebox', 'Ann'].map((nick) => join({ host: sandbox.url, room: 'party', nick })),
  );
  const player = playWhatIsAsked(bot, { allowPrivate: true });
  const heard = new Promise((resolve) => ann.on('trackAdded', ({ track }) => resolve(track.frames().next())));
  await ann.chat.send(`!play http://127.0.0.1:${music.address().port}/tone.ogg`);
  assert.equal((await heard).value.codec, 'opus');
  player.close();
  await Promise.all([ann.leave(), bot.leave()]);
  music.close();
  await sandbox.close();
}
