/** `jcli chat` through pipes; sandbox and participants are processes of their own. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { startAlteringProxy } from '../support/altering-proxy.ts';
import { jcli, startSandbox } from '../support/jcli.ts';
import type { Program } from '../support/process.ts';

/** Somebody who listens and reports everything as objects. */
async function listener(url: string, ...args: string[]): Promise<Program> {
  const program = jcli(['chat', `${url}/room`, '--nick', 'listener', '--json', ...args]);
  await program.waitForObject({ type: 'joined' });
  return program;
}

/** The Go program's spelling, verbatim. */
async function goChat(url: string, nick: string, ...more: string[]): Promise<Program> {
  const program = jcli(['-host', url, '-room', 'room', '-nick', nick, '-chat', ...more]);
  await program.waitForErrorLine(new RegExp(`^\\* in room as ${nick}`));
  return program;
}

describe('chat in the Go spelling', () => {
  it('lets two talk to each other, raise and lower hands, and quit', async () => {
    const { url } = await startSandbox();
    const alice = await goChat(url, 'alice');
    const bob = await goChat(url, 'bob');
    await alice.waitForErrorLine('* bob joined');

    alice.writeLine('hello bob');
    await bob.waitForLine('alice: hello bob');
    bob.writeLine('hello alice');
    await alice.waitForLine('bob: hello alice');
    bob.writeLine('/raise');
    await alice.waitForErrorLine('* bob raised the hand');
    bob.writeLine('/lower');
    await alice.waitForErrorLine('* bob lowered the hand');
    bob.writeLine('/nick Robert');
    await alice.waitForErrorLine('* bob is now called Robert');
    alice.writeLine('/msg robert between us');
    await bob.waitForLine('alice [private]: between us');
    alice.writeLine('//quit');
    await bob.waitForLine('alice: /quit');
    alice.writeLine('/who');
    await alice.waitForErrorLine(/^\* Robert \([0-9a-f]{8}\)$/);
    bob.writeLine('/quit');

    expect(await bob.waitForExit()).toEqual({ code: 0, signal: null });
    await alice.waitForErrorLine('* Robert left');
    alice.endInput();
    expect(await alice.waitForExit()).toEqual({ code: 0, signal: null });
    // stdout has what the others said and nothing else.
    expect(alice.lines).toEqual(['bob: hello alice']);
    expect(bob.lines).toEqual(['alice: hello bob', 'alice [private]: between us', 'alice: /quit']);
  });
});

describe('chat in a pipe', () => {
  it('sends every line in order, and leaves when all is confirmed', async () => {
    const { url } = await startSandbox();
    const ears = await listener(url);
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const pipe = jcli(['chat', `${url}/room`, '--nick', 'pipe', '--quiet']);
    pipe.process.stdin.end(lines.join('\n'));
    expect(await pipe.waitForExit(), pipe.stderr).toEqual({ code: 0, signal: null });
    expect(pipe.stdout + pipe.stderr).toBe('');
    await ears.waitForObject({ type: 'participant-left', name: 'pipe' });
    const said = ears.objects.filter(({ type }) => type === 'message');
    expect(said.map(({ text }) => text)).toEqual(lines);
  });

  it('stays for --duration when there is nothing to say', async () => {
    const { url } = await startSandbox();
    const mouth = await listener(url);
    const ears = jcli(['chat', `${url}/room`, '--nick', 'ears', '--duration', '6s', '--quiet']);
    ears.endInput();
    await mouth.waitForObject({ type: 'participant-joined', name: 'ears' });
    mouth.writeLine('are you there?');
    await ears.waitForLine('listener: are you there?');
    expect(await ears.waitForExit()).toEqual({ code: 0, signal: null });
  });

  it('fails when a line could not be sent, after sending the others', async () => {
    const { url } = await startSandbox();
    const ears = await listener(url);
    const two = jcli(['chat', `${url}/room`, '--nick', 'two words']);
    await two.waitForErrorLine(/^\* in room as two words/);
    const pipe = jcli(['chat', `${url}/room`, '--quiet']);
    const tooLong = 'x'.repeat(300_000);
    pipe.process.stdin.end(
      `/dance\n/msg nobody hi\n/msg two words hi\n${tooLong}\n/msg ${tooLong} x\n/msg listener ${tooLong}\n` +
        '\u0001\u0002\n\u200b\n/raise a question\nstill here\n',
    );
    expect(await pipe.waitForExit()).toEqual({ code: 1, signal: null });
    expect(pipe.errorLines).toEqual([
      expect.stringMatching(/^error: there is no command \/dance; .* \[chat-command\]$/),
      expect.stringMatching(
        /^error: nobody here is called nobody; in the room: listener .* \[participant-unknown\]$/,
      ),
      expect.stringMatching(
        /^error: nobody here is called two; .* \/msg "two words" text \[participant-unknown\]$/,
      ),
      expect.stringMatching(/^error: sending a message: it has 300\d{3} bytes, and .* \[message-too-long\]$/),
      expect.stringMatching(/\[participant-unknown\]$/),
      expect.stringMatching(/^error: sending a message: it has 300\d{3} bytes, and .* \[message-too-long\]$/),
      expect.stringMatching(/^error: \/raise takes nothing after it, .*: a question \[chat-command\]$/),
    ]);
    await ears.waitForObject({ type: 'message', text: 'still here' });
    expect(ears.objects.filter(({ type }) => type === 'message')).toHaveLength(1);
  });

  it.each(['/quit', '/exit', '/leave'])('leaves at %s, in both spellings', async (word) => {
    const { url } = await startSandbox();
    const ears = await listener(url);
    for (const args of [
      ['chat', `${url}/room`],
      ['-host', url, '-room', 'room', '-chat'],
    ]) {
      const bot = jcli([...args, '--endpoint-id', 'bot']);
      bot.writeLine(word);
      expect(await bot.waitForExit(), bot.stderr).toEqual({ code: 0, signal: null });
    }
    await ears.waitFor(
      () => (ears.objects.filter(({ type }) => type === 'participant-left').length === 2 ? true : undefined),
      'two who leave',
    );
  });

  it('gives --json an object for everything, history marked', async () => {
    const { url } = await startSandbox();
    const ears = await listener(url, '--endpoint-id', 'ears');
    ears.writeLine('before you came');
    await ears.waitForObject({ type: 'message', own: true, text: 'before you came' });

    const late = jcli(['chat', `${url}/room`, '--nick', 'late', '--endpoint-id', 'late', '--json']);
    const room = { room: 'room', roomJid: 'room@conference.meet.jitsi' };
    const ear = { id: 'ears', name: 'listener', role: 'moderator', handRaised: false };
    const joined = await late.waitForObject({ type: 'joined' });
    expect(joined).toEqual({ type: 'joined', ...room, id: 'late', name: 'late', participants: [ear] });
    const said = { type: 'message', own: false, private: false, history: false, at: expect.any(Number) };
    const message = { ...said, id: expect.any(String) };
    const old = await late.waitForObject({ type: 'message' });
    expect(old).toEqual({
      ...message,
      from: 'ears',
      name: 'listener',
      text: 'before you came',
      history: true,
    });

    for (const line of ['now', '/raise', '/lower', '/msg ears psst', '/who', '/quit']) late.writeLine(line);
    expect(await late.waitForExit(), late.stderr).toEqual({ code: 0, signal: null });
    expect(late.stderr).toBe('');
    expect(late.objects.slice(2)).toEqual([
      { ...message, from: 'late', name: 'late', text: 'now', own: true },
      { ...said, from: 'late', name: 'late', text: 'psst', own: true, private: true, to: 'ears' },
      { type: 'who', participants: [ear] },
      { type: 'ended', reason: 'left' },
    ]);
    await ears.waitForObject({ type: 'participant-left' });
    const who = { id: 'late', name: 'late' };
    expect(ears.objects.slice(2)).toEqual([
      { type: 'participant-joined', ...who, role: 'participant', handRaised: false },
      { ...message, from: 'late', name: 'late', text: 'now' },
      { type: 'hand', ...who, raised: true },
      { type: 'hand', ...who, raised: false },
      { ...message, from: 'late', name: 'late', text: 'psst', private: true },
      { type: 'participant-left', ...who, reason: 'left' },
    ]);
  });

  it('lets no control characters of others through', async () => {
    const { url } = await startSandbox();
    const ears = await goChat(url, 'ears');
    const mouth = jcli(['chat', `${url}/room`, '--nick', 'evil\u009b31m', '--json']);
    await mouth.waitForObject({ type: 'joined' });
    mouth.writeLine('\u009b2Jgone\u202e\u0085');
    await ears.waitForLine(String.raw`evil\x9b31m: \x9b2Jgone\u202e\x85`);
    expect(await ears.waitForErrorLine(/joined/)).toBe(String.raw`* evil\x9b31m joined`);
    // The same value in JSON, written with escapes.
    await mouth.waitForObject({ type: 'message', text: '\u009b2Jgone\u202e\u0085' });
    expect(mouth.stdout).toContain(String.raw`\u009b2Jgone\u202e\u0085`);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves the room on %s', async (signal) => {
    const { url } = await startSandbox();
    const ears = await listener(url);
    const alice = await goChat(url, 'alice');
    await ears.waitForObject({ type: 'participant-joined', name: 'alice' });
    alice.process.kill(signal);
    expect(await alice.waitForExit()).toEqual({ code: 130, signal: null });
    expect(alice.errorLines.at(-1)).toBe('* left the room');
    await ears.waitForObject({ type: 'participant-left', name: 'alice', reason: 'left' });
  });

  it('ends at once on a second Ctrl-C', async () => {
    const { url, program } = await startSandbox();
    const alice = jcli(['chat', `${url}/room`, '--debug']);
    await alice.waitForErrorLine(/^\* in room/);
    program.process.kill('SIGSTOP');
    alice.process.kill('SIGINT');
    await alice.waitForErrorLine(/joined → leaving/);
    alice.process.kill('SIGINT');
    expect(await alice.waitForExit()).toEqual({ code: 130, signal: null });
    // It did not wait for the room's answer, which cannot come.
    expect(alice.stderr).not.toContain('left the room');
  });

  it('leaves quietly when nobody reads its output any more', async () => {
    const { url } = await startSandbox();
    const ears = await listener(url);
    const alice = await goChat(url, 'alice');
    alice.process.stdout.destroy();
    ears.writeLine('one');
    ears.writeLine('two');
    expect(await alice.waitForExit()).toEqual({ code: 0, signal: null });
    expect(alice.stderr).not.toContain('EPIPE');
    await ears.waitForObject({ type: 'participant-left', name: 'alice', reason: 'left' });
  });

  it('says so when it is put out of the room', async () => {
    const { url } = await startSandbox();
    const kick =
      '<presence xmlns="jabber:client" type="unavailable" from="room@conference.meet.jitsi/alice">' +
      '<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="none"><reason>spam</reason></item>' +
      '<status code="110"/><status code="307"/></x></presence>';
    const proxy = await startAlteringProxy(`${url.replace('http', 'ws')}/xmpp-websocket`, (frame) =>
      frame.includes('buy now') ? kick : frame,
    );
    onTestFinished(() => proxy.close());
    const alice = jcli([
      'chat',
      `${url}/room`,
      '--endpoint-id',
      'alice',
      '--websocket',
      proxy.url,
      '--quiet',
    ]);
    alice.writeLine('buy now');
    expect(await alice.waitForExit()).toEqual({ code: 4, signal: null });
    expect(alice.errorLines.at(-1)).toBe('error: we were put out of room (kicked): spam [kicked]');
  });

  it('takes a server that restarts for a lost connection, and comes back', async () => {
    const { url } = await startSandbox();
    const lost =
      '<presence xmlns="jabber:client" type="unavailable" from="room@conference.meet.jitsi/alice">' +
      '<status>Kicked: recipient unavailable</status>' +
      '<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="none"/>' +
      '<status code="110"/><status code="333"/></x></presence>';
    const proxy = await startAlteringProxy(`${url.replace('http', 'ws')}/xmpp-websocket`, (frame) =>
      // The room tells the line again to those who come.
      frame.includes('restart now') && !frame.includes('<delay') ? lost : frame,
    );
    onTestFinished(() => proxy.close());
    const alice = jcli(['chat', `${url}/room`, '--endpoint-id', 'alice', '--websocket', proxy.url]);
    alice.writeLine('restart now');
    await alice.waitForErrorLine(/connection lost: .*recipient unavailable/);
    await alice.waitForErrorLine(/in the room again/);
    // Nobody was left to say that the line had arrived.
    await alice.waitForErrorLine(/not sent again \[message-not-confirmed\]$/);
    alice.endInput();
    expect(await alice.waitForExit()).toEqual({ code: 1, signal: null });
  });

  it('shows a message that is taken back as such', async () => {
    const { url } = await startSandbox();
    const reader = await listener(url);
    // A retraction as the browser sends it, in the place of a line of alice.
    const proxy = await startAlteringProxy(`${url.replace('http', 'ws')}/xmpp-websocket`, (frame) =>
      frame.includes('>oops<')
        ? frame.replace(
            /<body[^>]*>oops<.body>/,
            '<retract id="m1" xmlns="urn:xmpp:message-retract:1"/><body>I retracted a message</body>',
          )
        : frame,
    );
    onTestFinished(() => proxy.close());
    const watcher = jcli(['chat', `${url}/room`, '--nick', 'watcher', '--json', '--websocket', proxy.url]);
    await watcher.waitForObject({ type: 'joined' });
    reader.writeLine('oops');
    expect(await watcher.waitForObject({ type: 'message-retracted' })).toMatchObject({
      id: 'm1',
      name: 'listener',
      own: false,
      private: false,
    });
    expect(watcher.lines.join('\n')).not.toContain('I retracted');
    watcher.writeLine('/quit');
    reader.writeLine('/quit');
    await Promise.all([watcher.waitForExit(), reader.waitForExit()]);
  });

  it('says so when the deployment goes away', async () => {
    const { url, program } = await startSandbox();
    const alice = await goChat(url, 'alice', '--reconnect', 'none');
    const bob = await goChat(url, 'bob', '--reconnect', '500ms');
    program.process.kill('SIGKILL');
    expect(await alice.waitForExit()).toEqual({ code: 3, signal: null });
    expect(alice.errorLines.at(-1)).toMatch(/^error: .* \[[a-z-]+\]$/);
    expect(await bob.waitForExit()).toEqual({ code: 3, signal: null });
    expect(bob.errorLines.at(-1)).toMatch(/^error: reconnecting: .* \[reconnect-gave-up\]$/);
  });
});
