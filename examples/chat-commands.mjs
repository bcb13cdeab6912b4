/**
 * A bot with commands: "!roll", "!close" for moderators, "!help". It comes when somebody is there and goes when nobody is. Without an address it
 * runs against an embedded deployment, with a guest of its own, and checks what it did.
 *
 *   node examples/chat-commands.mjs https://meet.example.com/standup
 */
import assert from 'node:assert/strict';
import { CommandError, commands, join, stay, waitForFirst } from 'jitsi-headless';
import { createSandbox } from 'jitsi-headless/sandbox';

async function play(url, alone) {
  const conference = await join(url, { nick: 'Croupier' });
  const bot = commands(conference);
  bot.command('roll [sides]', { allow: 'everybody', description: 'throws a die' }, ({ args }) => {
    const sides = Number(args.sides ?? 6);
    if (!Number.isInteger(sides) || sides < 2) throw new CommandError('a die has at least two sides');
    return `${1 + Math.floor(Math.random() * sides)} of ${sides}`;
  });
  bot.command('close', { allow: 'moderator', description: 'ends the game' }, () => conference.leave());
  await waitForFirst(conference);
  await conference.chat.send('the table is open: !help');
  const { reason } = await stay(conference, { alone });
  await conference.leave();
  return reason;
}

const [url] = process.argv.slice(2);
if (url) console.log(await play(url, 60_000));
else {
  const sandbox = await createSandbox();
  const room = `${sandbox.url}/casino`;
  const guest = await join(room, { nick: 'Ada' });
  const answers = guest.chat.messages();
  const playing = play(room, 100);
  await answers.next();
  const ask = async (text) => {
    await guest.chat.send(text);
    return (await answers.next()).value.text;
  };
  assert.match(await ask('!roll 20'), /^\d+ of 20$/);
  assert.equal(await ask('!roll one'), 'not so fast: again in 1 s');
  assert.match(await ask('!help'), /!roll \[sides\] – throws a die/);
  await guest.leave();
  assert.equal(await playing, 'alone');
  await sandbox.close();
  console.log('the bot threw a die, and went when it was alone');
}
