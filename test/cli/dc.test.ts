/** `jcli dc` between separate processes, over both channels. */
import { describe, expect, it } from 'vitest';
import { jcli, startSandbox } from '../support/jcli.ts';
import type { Program } from '../support/process.ts';

/** Somebody who listens and reports everything as objects. */
async function listener(url: string, nick: string, ...args: string[]): Promise<Program> {
  const program = jcli(['dc', `${url}/room`, '--nick', nick, '--json', ...args]);
  await program.waitForObject({ type: 'joined' });
  return program;
}

/** The Go program's spelling, verbatim. */
async function goDc(url: string, nick: string): Promise<Program> {
  const program = jcli(['-host', url, '-room', 'room', '-nick', nick, '-dc']);
  await program.waitForErrorLine(new RegExp(`^\\* in room as ${nick}`));
  return program;
}

describe.each(['ws', 'sctp'] as const)('dc over %s', (channel) => {
  it('lets two talk in the Go spelling', async () => {
    const { url } = await startSandbox('--bridge', channel);
    const alice = await goDc(url, 'alice');
    const bob = await goDc(url, 'bob');
    await alice.waitForErrorLine(`* bridge channel open (${channel})`);
    alice.writeLine('hello bob');
    await bob.waitForLine('hello bob');
    bob.writeLine('tabs\tstay, "quotes" and \\ too: ☎');
    await alice.waitForLine('tabs\tstay, "quotes" and \\ too: ☎');
    bob.endInput();
    expect(await bob.waitForExit(), bob.stderr).toEqual({ code: 0, signal: null });
    await alice.waitForErrorLine('* bob left');
    alice.process.kill('SIGINT');
    expect(await alice.waitForExit()).toEqual({ code: 130, signal: null });
    // stdout has the texts and nothing else.
    expect(alice.lines).toEqual(['tabs\tstay, "quotes" and \\ too: ☎']);
    expect(bob.lines).toEqual(['hello bob']);
  });

  it('passes every line of a pipe on, also to somebody who comes later', async () => {
    const { url } = await startSandbox('--bridge', channel);
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const pipe = jcli(['dc', `${url}/room`, '--nick', 'pipe', '--quiet']);
    pipe.process.stdin.end(`${lines.join('\n')}\n`);
    const ears = await listener(url, 'ears');
    expect(await pipe.waitForExit(), pipe.stderr).toEqual({ code: 0, signal: null });
    expect(pipe.stdout + pipe.stderr).toBe('');
    await ears.waitForObject({ type: 'participant-left', name: 'pipe' });
    const said = ears.objects.filter(({ type }) => type === 'message');
    expect(said.map(({ text }) => text)).toEqual(lines);
  });
});

describe('dc', () => {
  it('tells programs everything, and sends to one alone when told so', async () => {
    const { url } = await startSandbox();
    const ears = await listener(url, 'ears', '--endpoint-id', 'ears');
    const others = await listener(url, 'others', '--endpoint-id', 'others');
    await others.waitForObject({ type: 'bridge', state: 'open' });
    const mouth = jcli(['dc', `${url}/room`, '--nick', 'mouth', '--endpoint-id', 'mouth', '--to', 'EARS']);
    mouth.process.stdin.end('for you\n');
    expect(await mouth.waitForExit(), mouth.stderr).toEqual({ code: 0, signal: null });
    await others.waitForObject({ type: 'participant-left', name: 'mouth' });
    expect(others.objects.some(({ type }) => type === 'message')).toBe(false);
    await ears.waitForObject({ type: 'participant-left', name: 'mouth' });
    ears.process.kill('SIGTERM');
    expect((await ears.waitForExit()).code).toBe(130);
    const person = { role: 'participant', handRaised: false };
    const mouthIs = { id: 'mouth', name: 'mouth' };
    // When the transport is connected is another clock's affair.
    expect(ears.objects.filter(({ type }) => type !== 'transport')).toEqual([
      {
        type: 'joined',
        room: 'room',
        roomJid: 'room@conference.meet.jitsi',
        id: 'ears',
        name: 'ears',
        participants: [],
      },
      { type: 'participant-joined', id: 'others', name: 'others', ...person },
      { type: 'bridge', state: 'open', transport: 'ws' },
      { type: 'participant-joined', ...mouthIs, ...person },
      { type: 'message', from: 'mouth', displayName: 'mouth', to: 'ears', text: 'for you' },
      { type: 'participant-left', ...mouthIs, reason: 'left' },
      { type: 'ended', reason: 'left' },
    ]);
    expect(ears.stderr).toBe('');
  });

  it('refuses a name that fits two', async () => {
    const { url } = await startSandbox();
    for (const id of ['one', 'two']) await listener(url, 'twin', '--endpoint-id', id);
    const mouth = jcli(['dc', `${url}/room`, '--to', 'twin', '--quiet']);
    mouth.process.stdin.end('hello?\n');
    expect((await mouth.waitForExit()).code).toBe(2);
    expect(mouth.errorLines).toEqual([
      expect.stringMatching(
        /^error: twin may be any of twin \((one|two)\), twin \((one|two)\): use .* \[participant-ambiguous\]$/,
      ),
    ]);
  });

  it('fails when a line is too long for the channel, after sending the others', async () => {
    const { url } = await startSandbox('--bridge', 'ws');
    const ears = await listener(url, 'ears');
    const pipe = jcli(['dc', `${url}/room`, '--quiet']);
    pipe.process.stdin.end(`${'x'.repeat(70_000)}\nshort\n`);
    expect((await pipe.waitForExit()).code).toBe(1);
    expect(pipe.errorLines).toEqual([
      expect.stringMatching(/^error: .* 70\d{3} bytes .* 65536.* \[message-too-large\]$/),
    ]);
    await ears.waitForObject({ type: 'message', text: 'short' });
  });

  it('stays for --duration when there is nothing to say', async () => {
    const { url } = await startSandbox();
    const ears = jcli(['dc', `${url}/room`, '--nick', 'ears', '--duration', '10s', '--quiet']);
    ears.endInput();
    const mouth = await listener(url, 'mouth');
    mouth.writeLine('are you there?');
    await ears.waitForLine('are you there?');
    expect(await ears.waitForExit()).toEqual({ code: 0, signal: null });
  });

  it('does not wait for ever when it is alone', async () => {
    const { url } = await startSandbox();
    const alone = jcli(['dc', `${url}/room`, '--timeout', '6s', '--quiet']);
    expect((await alone.waitForExit()).code).toBe(6);
    expect(alone.errorLines).toEqual([expect.stringMatching(/we are alone in the room.* \[no-session\]$/)]);
  });

  it('leaves quietly when nobody reads its output any more', async () => {
    const { url } = await startSandbox();
    const mouth = await listener(url, 'mouth');
    const ears = await goDc(url, 'ears');
    await mouth.waitForObject({ type: 'bridge', state: 'open' });
    ears.process.stdout.destroy();
    mouth.writeLine('one');
    mouth.writeLine('two');
    expect(await ears.waitForExit()).toEqual({ code: 0, signal: null });
    expect(ears.stderr).not.toContain('EPIPE');
    await mouth.waitForObject({ type: 'participant-left', name: 'ears', reason: 'left' });
  });
});
