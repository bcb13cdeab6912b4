/**
 * A participant in a process of its own, for tests: joins the room at the URL given, listens to everything, keeps nothing, and leaves when a
 * line comes. Says `joined`, the first warning of each
 * code, then what `leave()` took.
 */
import { once } from 'node:events';
import { join } from '../../dist/index.js';

const [, , url, options] = process.argv;
const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
const conference = await join(url, JSON.parse(options));
const events = 'messageReceived participantJoined participantChanged participantLeft sourcesAdded trackAdded';
let count = 0;
for (const event of events.split(' ')) conference.on(event, () => (count += 1));
const start = performance.now();
let offers = 0;
conference.on('sessionOffered', () => (offers += 1));
const codes = new Set();
conference.on('warning', ({ error: { code } }) => {
  if (!codes.has(code)) say({ type: 'warning', code });
  codes.add(code);
});
conference.bridge.on('messageReceived', () => (count += 1));
say({ type: 'joined' });
await once(process.stdin, 'data');
const { participants, tracks } = conference;
const kept = { participants: participants.size, tracks: tracks.size };
const told = performance.now();
await conference.leave();
const { reason } = await conference.closed;
const now = performance.now();
const seconds = (now - start) / 1_000;
say({ type: 'left', reason, ms: Math.round(now - told), seconds, events: count, offers, ...kept });
process.stdin.destroy();
