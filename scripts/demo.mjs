/**
 * npm run demo: an embedded deployment, two participants who talk, and what the focus offers to a third one. Each is a
 * process of its own.
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
