/**
 * A program on the library that shows everything it can get hold of, for tests of what must not be in it: a URL as argument, options as JSON in OPTIONS. It stays
 * for STAY ms, or until its stdin ends.
 * stdout says where it is; stderr has every log record, event, error and public object as `util.inspect` shows them, to any depth. What fails
 * is thrown in the end and handled by nobody.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { join } from '../../dist/index.js';

const [, , url] = process.argv;
const { OPTIONS: options, STAY: stay } = process.env;
// What getters return is what a program asks for, and credentials among it; errors and records have none to ask for.
const visible = { depth: Infinity, maxArrayLength: null, maxStringLength: null };
const whole = { ...visible, showHidden: true, getters: true };
const show = (name, value, how = whole) => {
  console.error(name, inspect(value, how));
  try {
    console.error(name, JSON.stringify(value));
  } catch {
    // It holds itself.
  }
};
const showPayload = (name, payload) => {
  show(name, payload, visible);
  show(name, [payload.error, payload.info, payload.end]);
};
const logger = {
  log: (level, message, fields) => show(`${level} ${message}`, fields),
  child: () => logger,
};
/** Their payloads are what a program asks for, with the credentials in them. */
const withCredentials = new Set(['iceServersChanged', 'sessionOffered']);
const events = (
  'warning ended participantJoined participantLeft participantChanged selfChanged messageFailed sessionAccepted sessionEnded ' +
  'transportFailed focusChanged reconnecting reconnected'
).split(' ');
let failure;
try {
  const conference = await join(url, {
    ...JSON.parse(options),
    logger,
    wire: (entry) => show('wire', entry),
  });
  console.log('joined');
  const objects = () => ({
    conference,
    chat: conference.chat,
    xmpp: conference.xmpp,
    bridge: conference.bridge,
    session: conference.session,
    self: conference.self,
    participants: conference.participants,
    tracks: conference.tracks,
    deployment: conference.deployment,
    serverAuth: conference.serverAuth,
  });
  for (const event of events)
    if (!withCredentials.has(event)) conference.on(event, (payload) => showPayload(event, payload));
  for (const event of ['warning', 'down', 'closed'])
    conference.bridge.on(event, (payload) => showPayload(`bridge ${event}`, payload));
  const sent = conference.chat.send('PLEASE ECHO').catch((error) => show('chat', error));
  const asked = conference.xmpp
    .request({
      name: 'iq',
      ns: 'jabber:client',
      attrs: { type: 'get', to: conference.roomJid },
      children: [{ name: 'query', ns: 'please:echo', attrs: {}, children: [] }],
    })
    .catch((error) => show('iq', error));
  await Promise.race([
    pause(Number(stay), undefined, { ref: false }),
    once(process.stdin.resume(), 'end'),
    conference.closed,
  ]);
  process.stdin.destroy();
  show('objects', objects(), visible);
  await Promise.race([Promise.all([sent, asked]), conference.closed]);
  await conference.leave();
  const info = await conference.closed;
  show('closed', info);
  show('objects', objects(), visible);
  failure = info.error;
} catch (error) {
  show('failed', error);
  failure = error;
}
console.log('over');
if (failure) void Promise.reject(failure);
