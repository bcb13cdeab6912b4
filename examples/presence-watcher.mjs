/**
 * Prints who comes and goes as JSON lines, ready for a webhook. Without an address it runs against an embedded deployment
 * and checks what it saw.
 *
 *   node examples/presence-watcher.mjs https://meet.example.com/standup
 */
import assert from 'node:assert/strict';
import { joinRoom } from 'jitsi-headless';
import { createSandbox } from 'jitsi-headless/sandbox';

/** Resolves with how the conference ended. */
async function watch(url, report, signal) {
  const conference = await joinRoom(url, { nick: 'Watcher', signal });
  const name = ({ displayName, id }) => displayName ?? id;
  report({ type: 'present', names: [...conference.participants.values()].map(name) });
  conference.on('participantJoined', ({ participant }) =>
    report({ type: 'joined', name: name(participant) }),
  );
  conference.on('participantLeft', ({ participant, departure }) =>
    report({ type: 'left', name: name(participant), reason: departure.reason }),
  );
  return conference.closed;
}

const [url] = process.argv.slice(2);
const interrupted = new AbortController();
if (url) {
  process.once('SIGINT', () => interrupted.abort());
  await watch(url, (entry) => console.log(JSON.stringify(entry)), interrupted.signal);
} else {
  const sandbox = await createSandbox();
  const room = `${sandbox.url}/watched`;
  const seen = [];
  const ada = await joinRoom(room, { nick: 'Ada' });
  const seesWatcher = new Promise((resolve) => ada.once('participantJoined', resolve));
  const watching = watch(room, (entry) => seen.push(entry), interrupted.signal);
  await seesWatcher;
  const grace = await joinRoom(room, { nick: 'Grace' });
  await grace.leave();
  await ada.leave();
  // The watcher's own end comes after everything it saw.
  while (seen.length < 4) await new Promise((resolve) => setImmediate(resolve));
  interrupted.abort();
  assert.equal((await watching).reason, 'left');
  assert.deepEqual(seen, [
    { type: 'present', names: ['Ada'] },
    { type: 'joined', name: 'Grace' },
    { type: 'left', name: 'Grace', reason: 'left' },
    { type: 'left', name: 'Ada', reason: 'left' },
  ]);
  await sandbox.close();
  console.log('the watcher saw everybody come and go');
}
