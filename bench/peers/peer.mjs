/**
 * One side of one path of the bridge channel's bench, as a process of its own. Reads requests as JSON lines from stdin and answers
 * each with a line: `open` connects, `begin` starts counting (and sending, if that is its role), `look` tells how far it is,
 * `stop` ends sending. It ends with its stdin. `go/main.go` speaks the same.
 */
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { usage } from './usage.mjs';

const kinds = {
  'constant-text': () => import('./kinds/constant-text.mjs'),
  obvious: () => import('./kinds/obvious.mjs'),
  ours: () => import('./kinds/ours.mjs'),
  werift: () => import('./kinds/werift.mjs'),
  'node-datachannel': () => import('./kinds/node-datachannel.mjs'),
};

/** ms of sending without a break, after which requests and the network get the processor. */
const longestTurn = 4;

let role;
let path;
let size = 0;
let messages = 0;
let wrong = 0;
/** The sending that is under way, and whether it is to go on. */
let sending = { isWanted: false, ended: Promise.resolve() };

async function open({ kind, ...options }) {
  role = options.role;
  const { connect } = await kinds[kind]();
  path = await connect(options);
  if (role === 'receive') path.receive(() => size, received);
  return { id: path.id };
}

/** @param isWhole the payload has the size that was sent */
function received(isWhole) {
  messages += 1;
  if (!isWhole) wrong += 1;
}

function begin(request) {
  size = request.size;
  messages = 0;
  wrong = 0;
  if (role !== 'send') return {};
  const payload = Buffer.alloc(
    size,
    Uint8Array.from({ length: 256 }, (_, index) => index),
  );
  sending = { isWanted: true };
  sending.ended = send(path.sender(request.to, payload), sending);
  return {};
}

/** Sends as fast as the channel takes it. */
async function send(sendOne, turns) {
  while (turns.isWanted) {
    const end = performance.now() + longestTurn;
    do {
      messages += 1;
      if (!sendOne()) await path.drained();
    } while (turns.isWanted && performance.now() < end);
    await turn();
  }
}

const look = () => ({ messages, wrong, ...usage() });

async function stop() {
  sending.isWanted = false;
  await sending.ended;
  return look();
}

const answers = { open, begin, look, stop };
for await (const line of createInterface({ input: process.stdin })) {
  const { type, ...request } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await answers[type](request))}\n`);
}
process.exit();
