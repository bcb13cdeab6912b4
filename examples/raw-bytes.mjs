/**
 * Bytes between machines, over the bridge: sends stdin to everybody and writes what the others send to stdout. Without an address it runs
 * against an embedded deployment, and checks that what arrives is what was sent.
 *
 *   node examples/raw-bytes.mjs https://meet.example.com/robots < in > out
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'jitsi-headless';
import { createSandbox } from 'jitsi-headless/sandbox';

/** No audio and video; a channel that is down for a moment is waited for. */
const options = { media: false, whenBridgeIsDown: 'queue' };

/** Bytes in a message; base64 makes 4 of 3. */
const most = 32_768;

async function send(bridge, chunks) {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += most) {
      // Not faster than the channel takes them.
      await bridge.drained();
      bridge.sendRaw('', chunk.subarray(at, at + most));
    }
  }
}

const [url] = process.argv.slice(2);
if (url) {
  const conference = await join(url, { nick: 'Robot', ...options });
  process.once('SIGINT', () => void conference.leave());
  const messages = conference.bridge.rawMessages();
  void send(conference.bridge, process.stdin).catch(console.error);
  for await (const { data } of messages) process.stdout.write(data);
} else {
  const sandbox = await createSandbox();
  const room = `${sandbox.url}/bytes`;
  const [left, right] = await Promise.all([
    join(room, { nick: 'Left', ...options }),
    join(room, { nick: 'Right', ...options }),
  ]);
  await Promise.all([left.bridge.opened(), right.bridge.opened()]);
  const messages = right.bridge.rawMessages();
  const sent = randomBytes(1_000_000);
  const [received] = await Promise.all([read(messages, sent.length), send(left.bridge, [sent])]);
  assert.ok(sent.equals(received));
  await Promise.all([left.leave(), right.leave()]);
  await sandbox.close();
  console.log(`${received.length} bytes arrived`);
}

async function read(messages, length) {
  const chunks = [];
  let count = 0;
  for await (const { data } of messages) {
    chunks.push(data);
    count += data.length;
    if (count >= length) break;
  }
  return Buffer.concat(chunks);
}
