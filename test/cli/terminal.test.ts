/** `jcli` on a pseudo-terminal, as a person has it. */
import { describe, expect, it } from 'vitest';
import { jcli, jcliOnTerminal, startSandbox } from '../support/jcli.ts';
import type { Program } from '../support/process.ts';
import { Screen } from '../support/screen.ts';

const columns = 40;

/** Waits until the terminal shows what is wanted. */
async function shows(program: Program, wanted: string | RegExp): Promise<string> {
  const look = (): string | undefined => {
    const { text } = new Screen(columns).write(program.stdout);
    const isShown = typeof wanted === 'string' ? text.endsWith(wanted) : wanted.test(text);
    return isShown ? text : undefined;
  };
  return program.waitFor(look, `${wanted} on the screen`);
}

function type(program: Program, keys: string): void {
  program.process.stdin.write(keys);
}

async function somebodyIn(url: string): Promise<Program> {
  const bob = jcli(['chat', `${url}/room`, '--nick', 'bob', '--json']);
  await bob.waitForObject({ type: 'joined' });
  return bob;
}

describe('chat on a terminal', () => {
  it('keeps the half-typed line when messages arrive', async () => {
    const { url } = await startSandbox();
    const bob = await somebodyIn(url);
    const alice = jcliOnTerminal(['chat', `${url}/room`, '--nick', 'alice'], columns);
    await shows(alice, /\n>$/);
    type(alice, 'half a li');
    await shows(alice, '\n> half a li');
    bob.writeLine('hello');
    await shows(alice, '\nbob: hello\n> half a li');
    // Longer than a row, and changed in its middle.
    type(alice, 'ne that does not fit into one row');
    await shows(alice, '\n> half a line that does not fit into one\n row');
    bob.writeLine('again');
    bob.writeLine('/raise');
    await shows(
      alice,
      '\nbob: hello\nbob: again\n* bob raised the hand\n> half a line that does not fit into one\n row',
    );
    type(alice, '\u001b[H\u001b[3~\u001b[3~\u001b[3~\u001b[3~\u001b[3~');
    await shows(alice, '\n> a line that does not fit into one row');
    bob.writeLine('third');
    await shows(alice, '\nbob: third\n> a line that does not fit into one row');
    type(alice, '\r');
    await bob.waitForObject({ type: 'message', text: 'a line that does not fit into one row' });
    await shows(alice, '\n> a line that does not fit into one row\n>');
    type(alice, '/dance\r');
    await shows(alice, /error: there is no command \/dance/);
    type(alice, '/quit\r');
    expect(await alice.waitForExit()).toEqual({ code: 0, signal: null });
    await bob.waitForObject({ type: 'participant-left', name: 'alice' });
    await shows(alice, '\n> /quit\n* left the room');
  });

  it('leaves on Ctrl-C, also in the middle of a line', async () => {
    const { url } = await startSandbox();
    const bob = await somebodyIn(url);
    const alice = jcliOnTerminal(['-host', url, '-room', 'room', '-nick', 'alice', '-chat'], columns);
    await shows(alice, /\n>$/);
    type(alice, 'never sent\u0003');
    expect(await alice.waitForExit()).toEqual({ code: 130, signal: null });
    await bob.waitForObject({ type: 'participant-left', name: 'alice', reason: 'left' });
    await shows(alice, '\n* left the room');
    expect(bob.objects.some((object) => object.type === 'message')).toBe(false);
  });

  it('leaves on Ctrl-D', async () => {
    const { url } = await startSandbox();
    const alice = jcliOnTerminal(['chat', `${url}/room`], columns);
    await shows(alice, /\n>$/);
    type(alice, '\u0004');
    expect(await alice.waitForExit()).toEqual({ code: 0, signal: null });
  });

  it('asks for a password without showing it, again if it is wrong', async () => {
    const { url } = await startSandbox('--password-room', 'room=open sesame');
    const alice = jcliOnTerminal(['chat', `${url}/room`], columns);
    await shows(alice, 'Password of the room:');
    type(alice, 'guess\r');
    await shows(alice, 'Wrong. Password of the room:');
    type(alice, 'open sesame\r');
    await shows(alice, /in room as/);
    expect(alice.stdout).not.toMatch(/guess|sesame/);
    type(alice, '/quit\r');
    expect(await alice.waitForExit()).toEqual({ code: 0, signal: null });
  });

  it('gives up when no password is typed', async () => {
    const { url } = await startSandbox('--password-room', 'room=open sesame');
    const silent = jcliOnTerminal(['chat', `${url}/room`], columns);
    await shows(silent, 'Password of the room:');
    type(silent, '\r');
    expect((await silent.waitForExit()).code).toBe(4);
    const broken = jcliOnTerminal(['chat', `${url}/room`], columns);
    await shows(broken, 'Password of the room:');
    type(broken, '\u0003');
    expect((await broken.waitForExit()).code).toBe(130);
  });
});

describe('dc on a terminal', () => {
  it('shows who said what, harmlessly, above the line that is typed', async () => {
    const { url } = await startSandbox();
    const bob = jcli(['dc', `${url}/room`, '--nick', 'bob', '--json']);
    await bob.waitForObject({ type: 'joined' });
    const alice = jcliOnTerminal(['-host', url, '-room', 'room', '-nick', 'alice', '-dc'], columns);
    await shows(alice, /\n>$/);
    type(alice, 'half a li');
    await shows(alice, '\n> half a li');
    bob.writeLine('hi \u001b[2J there');
    await shows(alice, '\nbob: hi \\x1b[2J there\n> half a li');
    type(alice, 'ne\r');
    await bob.waitForObject({ type: 'message', displayName: 'alice', text: 'half a line' });
    type(alice, 'last\r\u0004');
    expect(await alice.waitForExit()).toEqual({ code: 0, signal: null });
    await bob.waitForObject({ type: 'message', text: 'last' });
  });
});

describe('bench on a terminal', () => {
  it('writes one line anew each second, and the figures below it', async () => {
    const { url } = await startSandbox();
    const ears = jcli(['bench', `${url}/room`, '--nick', 'ears']);
    await ears.waitForErrorLine(/^\* in room as ears/);
    const args = ['--bench-size', '1000', '--bench-secs', '3', '--role', 'send', '--rate', '1'];
    const mouth = jcliOnTerminal(['bench', `${url}/room`, ...args], 120);
    const screen = (): string => new Screen(120).write(mouth.stdout).text;
    const line = /\n +\d s  \|  sent [\d.]+ Mbit\/s, \d+ messages  \|  lost by others 0$/;
    await mouth.waitFor(() => (line.test(screen()) ? true : undefined), 'the live line');
    expect(await mouth.waitForExit()).toEqual({ code: 0, signal: null });
    expect(screen().match(/ s  \|  sent/g)).toHaveLength(1);
    expect(screen()).toMatch(/ears has received \d+ messages, and lost 0\n/);
    expect(screen()).toMatch(/\nsent {6}\d+ messages of 1 000 bytes: [\d.]+ Mbit\/s\n\{"type":"summary"/);
    expect((await ears.waitForExit()).code).toBe(0);
  });
});
