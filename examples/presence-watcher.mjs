/**
 * Tells who comes and goes: as JSON lines, or posted to a webhook, one after the other. Without an address it runs against an embedded
 * deployment and a webhook of its own, and checks what was posted.
 *
 *   node examples/presence-watcher.mjs https://meet.example.com/standup [https://hooks.example.com/presence]
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { joinRoom, stay } from 'jitsi-headless';
import { createSandbox } from 'jitsi-headless/sandbox';

/** Resolves when the conference is over and everything is told, in order. */
async function watch(conference, tell) {
  let told = Promise.resolve();
  const report = (type, participants) => {
    const names = participants.map(({ displayName, id }) => displayName ?? id);
    told = told.then(() => tell({ type, names })).catch((error) => console.error(error.message));
  };
  report('present', [...conference.participants.values()]);
  conference.on('participantJoined', ({ participant }) => report('joined', [participant]));
  conference.on('participantLeft', ({ participant, departure }) => report(departure.reason, [participant]));
  await conference.closed;
  await told;
}

const webhook = (address) => async (entry) => {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify(entry) };
  const { ok, status } = await fetch(address, { ...request, signal: AbortSignal.timeout(10_000) });
  if (!ok) throw new Error(`the webhook answered ${status}: ${request.body} is lost`);
};

const [url, address] = process.argv.slice(2);
if (url) {
  const conference = await joinRoom(url, { nick: 'Watcher' });
  void stay(conference).then(() => conference.leave());
  await watch(conference, address ? webhook(address) : (entry) => console.log(JSON.stringify(entry)));
} else {
  const sandbox = await createSandbox();
  const posts = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => response.end(`${posts.push(body)}`));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const watcher = await joinRoom(`${sandbox.url}/watched`, { nick: 'Watcher' });
  const watching = watch(watcher, webhook(`http://127.0.0.1:${server.address().port}`));
  watcher.once('participantLeft', () => watcher.leave());
  await (await joinRoom(`${sandbox.url}/watched`, { nick: 'Ada' })).leave();
  await watching;
  server.close();
  await sandbox.close();
  const seen = posts.map(({ type, names }) => [type, ...names].join(' '));
  assert.deepEqual(seen, ['present', 'joined Ada', 'left Ada']);
  console.log(`posted: ${seen.join(', ')}`);
}
