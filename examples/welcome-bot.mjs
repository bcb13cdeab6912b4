/**
 * Welcomes everybody who joins and answers "!hand" by raising its hand. Without an address it runs against an embedded
 * deployment, with a guest of its own, and checks what it did.
 *
 *   node examples/welcome-bot.mjs https://meet.example.com/standup
 */
import assert from 'node:assert/strict';
import { join } from 'jitsi-headless';
import { createSandbox } from 'jitsi-headless/sandbox';

async function welcome(url, signal) {
  const bot = await join(url, { nick: 'Welcome bot', signal });
  bot.on('participantJoined', ({ participant }) => {
    void bot.chat.send(`Welcome, ${participant.displayName ?? participant.id}!`);
  });
  for await (const message of bot.chat.messages()) {
    if (message.text === '!hand') bot.raiseHand();
    if (message.text === '!bye') break;
  }
  await bot.leave('bye');
}

const [url] = process.argv.slice(2);
if (url) {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  await welcome(url, interrupted.signal);
} else {
  const sandbox = await createSandbox();
  const room = `${sandbox.url}/example`;
  // Whoever joins first sees the other come.
  const observer = await join(room, { nick: 'Observer' });
  const running = welcome(room);
  await new Promise((resolve) => observer.once('participantJoined', resolve));

  const guest = await join(room, { nick: 'Ada' });
  const { value } = await guest.chat.messages().next();
  assert.equal(value.text, 'Welcome, Ada!');
  assert.equal(value.displayName, 'Welcome bot');

  const raised = new Promise((resolve) => guest.once('handRaised', resolve));
  await guest.chat.send('!hand');
  assert.equal((await raised).participant.displayName, 'Welcome bot');
  await guest.chat.send('!bye');
  await running;
  await guest.leave();
  await observer.leave();
  await sandbox.close();
  console.log('the bot welcomed Ada, raised its hand, and left');
}
