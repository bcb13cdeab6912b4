/**
 * npm run demo: an embedded deployment, two participants who talk in the chat, two who exchange data over the bridge, two who see and
 * hear each other, and what the focus offers to another one. Each is a process of its own.
 */
import { build } from './lib/build.mjs';
import { installNodeModules } from './lib/install.mjs';
import { Program } from './lib/program.mjs';

const room = 'demo';
const programs = [];

function start(name, args) {
  const program = new Program(name, args);
  programs.push(program);
  return program;
}

/** A participant in the room, once it has joined. */
async function joinChat(url, nick) {
  const program = start(nick, ['chat', '--host', url, '--room', room, '--nick', nick, '--json']);
  const { participants } = await program.saw('that it joined', ({ type }) => type === 'joined');
  const others = participants.map(({ name }) => name).join(', ') || 'nobody else';
  console.log(`* ${nick} joined and sees ${others}`);
  return program;
}

/** One writes, the other has to read it. */
async function say(text, [from, sender], [to, receiver]) {
  sender.write(text);
  await receiver.saw(
    `"${text}" from ${from}`,
    (it) => it.type === 'message' && it.text === text && it.name === from,
  );
  console.log(`${from} to ${to}: ${text}`);
}

/** Two exchange lines over the bridge: ICE, DTLS and the bridge channel, no browser. */
async function talkOverBridge(url) {
  const args = (nick) => ['dc', '--host', url, '--room', 'lab', '--nick', nick, '--json'];
  const dave = start('dave', args('dave'));
  const erin = start('erin', args('erin'));
  erin.write('21.5 degrees');
  await dave.saw('the line from erin', (it) => it.type === 'message' && it.text === '21.5 degrees');
  console.log('erin to dave, over the bridge: 21.5 degrees');
  for (const program of [erin, dave]) {
    program.end();
    const code = await program.exitCode();
    if (code !== 0) throw new Error(`jcli dc ended with exit code ${code}`);
  }
}

/** Two send a moving picture and sound, and count what comes from the other. */
async function seeAndHear(url) {
  const flags = ['--send-video', '--send-audio', '--max-height', '720', '--duration', '8s', '--json'];
  const both = ['frank', 'grace'].map((nick) =>
    start(nick, ['media', '--host', url, '--room', 'studio', '--nick', nick, ...flags]),
  );
  const summaries = await Promise.all(
    both.map((program) => program.saw('the summary', ({ type }) => type === 'summary')),
  );
  for (const { received } of summaries) {
    for (const { participant, source, kind, codec, frames, packets, lost } of received) {
      console.log(
        `from ${participant}, ${kind} ${source} in ${codec}: ${frames} frames in ${packets} packets, ${lost} lost`,
      );
      if (frames === 0) throw new Error(`nothing was received of ${source}`);
    }
    if (received.length < 2) throw new Error('a participant was not seen or heard');
  }
  for (const program of both) {
    const code = await program.exitCode();
    if (code !== 0) throw new Error(`jcli media ended with exit code ${code}`);
  }
}

async function leave(nick, program) {
  program.write('/quit');
  const code = await program.exitCode();
  if (code !== 0) throw new Error(`${nick} left with exit code ${code}`);
}

async function demo() {
  const sandbox = start('the sandbox', ['sandbox', '--json']);
  const { url } = await sandbox.saw('where it listens', ({ type }) => type === 'ready');
  console.log(`* a Jitsi deployment listens at ${url}`);

  const alice = await joinChat(url, 'alice');
  const bob = await joinChat(url, 'bob');
  await alice.saw('that bob joined', (it) => it.type === 'participant-joined' && it.name === 'bob');
  await say('Hello Bob, no browser here.', ['alice', alice], ['bob', bob]);
  await say('Nor here. Hello Alice!', ['bob', bob], ['alice', alice]);
  bob.write('/raise');
  await alice.saw(`bob's raised hand`, (it) => it.type === 'hand' && it.name === 'bob' && it.raised);
  console.log('* alice sees that bob raised his hand');

  await talkOverBridge(url);
  await seeAndHear(url);

  const carol = start('carol', ['info', '--host', url, '--room', room, '--nick', 'carol', '--json']);
  const session = await carol.saw(
    'an offered media session',
    ({ sid, sdp, ice }) => sid && sdp && ice?.candidates.length > 0,
  );
  const code = await carol.exitCode();
  if (code !== 0) throw new Error(`jcli info ended with exit code ${code}`);

  await leave('alice', alice);
  await bob.saw('that alice left', (it) => it.type === 'participant-left' && it.name === 'alice');
  await leave('bob', bob);
  console.log('* alice and bob left; the media session that the focus offered to carol:');
  console.log(JSON.stringify(session, null, 2));
}

try {
  await installNodeModules();
  await build();
  await demo();
} catch (error) {
  console.error(`demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  await Promise.all(programs.map((program) => program.kill()));
}
