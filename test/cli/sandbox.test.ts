/** `jcli sandbox`, and the program's own help. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { join } from '../integration/sandbox/raw-participant.ts';
import { jcli, startSandbox } from '../support/jcli.ts';
import { SandboxProcess } from '../support/sandbox-process.ts';

interface Spoken {
  robot: string;
  endpointId: string;
  start: number;
  end: number;
  packets: number;
}

describe('jcli sandbox', () => {
  it('says in its first line that it is ready, and ends on Ctrl-C', async () => {
    const { program, url } = await startSandbox('--min-participants', '3', '--domain', 'example.test');
    expect(program.objects).toEqual([
      {
        type: 'ready',
        url,
        tls: false,
        mucDomain: 'conference.example.test',
        bridge: 'both',
        minParticipants: 3,
      },
    ]);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${url}/config.js`)).text()).toContain('example.test');
    program.process.kill('SIGINT');
    expect(await program.waitForExit()).toEqual({ code: 130, signal: null });
    expect(program.stderr).toBe('');
  });

  it('tells people the address and what to do with it', async () => {
    const program = jcli(['sandbox', '--duration', '1s']);
    const url = await program.waitForLine(/^http/);
    expect(await program.waitForErrorLine(/try it/)).toContain(`jcli chat ${url}/`);
    expect(await program.waitForExit()).toEqual({ code: 0, signal: null });
    expect(program.lines).toEqual([url]);
  });

  it('says so when it cannot listen', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const program = jcli(['sandbox', '--listen', `127.0.0.1:${port}`]);
    expect(await program.waitForExit()).toEqual({ code: 3, signal: null });
    expect(program.errorLines).toEqual([expect.stringMatching(/^error: listening on .* \[listen-failed\]$/)]);
  });
});

describe('jcli sandbox --robots', () => {
  it('tells who says what when, two at a time if they are to overlap', async () => {
    const { program } = await startSandbox('--robots', '2', '--talk', 'overlap');
    const spoken = (): Spoken[] =>
      program.objects.filter(({ type }) => type === 'spoken') as unknown as Spoken[];
    // Packets of 20 ms; those before there was a way are not sent.
    const isWhole = ({ end, packets, start }: Spoken): boolean => packets === Math.floor((end - start) / 20);
    const wholeFrom = await program.waitFor(() => {
      const at = spoken().findIndex((speech) => speech.robot === 'robot-1' && isWhole(speech));
      return at >= 0 && spoken().length >= at + 3 ? at : undefined;
    }, 'three speeches after there was a way');
    const [first, second, third] = spoken().slice(wholeFrom);
    if (!first || !second || !third) throw new Error('there are three');
    expect([first, second, third].map(({ robot }) => robot)).toEqual(['robot-1', 'robot-2', 'robot-1']);
    expect(first.end - first.start).toBeGreaterThan(5000);
    expect(second.start).toBeLessThan(first.end);
    // Packets go out when a timer of the machine's says so, and one more or less is no overlap.
    expect(third.start).toBeGreaterThan(second.end - 20);
    expect(program.objects[0]).toMatchObject({ type: 'ready', robots: { count: 2, room: 'demo' } });
    const { endpointId } = second;
    expect(program.objects).toContainEqual({
      type: 'speaking',
      robot: 'robot-2',
      endpointId,
      source: `${endpointId}-a0`,
      start: second.start,
    });
    const picture = { type: 'showing', robot: 'robot-2', endpointId, source: `${endpointId}-v0` };
    expect(program.objects).toContainEqual({ ...picture, start: expect.any(Number) as number });
  });
});

describe('jcli sandbox --control', () => {
  it('plays what its stdin asks for, and tells what there is', async () => {
    const { program, url } = await startSandbox('--control', '--robots', '1');
    const ask = async (id: number, command: object): Promise<Record<string, unknown>> => {
      program.writeLine(JSON.stringify({ id, ...command }));
      return program.waitForObject({ type: 'answer', id });
    };
    expect(await ask(1, { look: 'rooms' })).toMatchObject({
      result: { demo: { occupants: [{ nick: 'focus' }, { role: 'moderator' }] } },
    });
    expect(await ask(2, { fault: 'kick', args: ['nowhere', 'x'] })).toMatchObject({
      error: { code: 'unknown-room' },
    });
    expect(await ask(3, { fault: 'constructor' })).toMatchObject({ error: { code: 'command-invalid' } });
    program.writeLine('no JSON');
    await program.waitForLine(/"code":"command-invalid","message":"a JSON object/);
    expect(await ask(4, { fault: 'restartXmpp', args: [{ absence: 3_600_000 }] })).toEqual({
      type: 'answer',
      id: 4,
    });
    expect((await ask(5, { look: 'rooms' })).result).toEqual({});
    expect((await fetch(`${url}/config.js`)).status).toBe(200);
    program.endInput();
    program.process.kill('SIGINT');
    expect(await program.waitForExit()).toEqual({ code: 130, signal: null });
  });

  it('is there again at its address after it was killed', async () => {
    await using deployment = await SandboxProcess.start({});
    await join(deployment, 'Alice');
    expect(Object.keys(await deployment.rooms())).toEqual(['room']);
    await deployment.kill();
    await expect(fetch(deployment.url)).rejects.toThrow();
    await deployment.startAgain();
    expect(await deployment.rooms()).toEqual({});
    await join(deployment, 'Alice');
    await expect(deployment.fault('kick', 'room', 'nobody')).rejects.toMatchObject({
      code: 'unknown-endpoint',
    });
    await deployment.close();
    expect(deployment.complaints).toEqual([]);
  });
});

describe('jcli', () => {
  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const program = jcli(['--version']);
    expect(await program.waitForExit()).toEqual({ code: 0, signal: null });
    expect(program.lines).toEqual([version]);
  });

  it.each([[['--help']], [['help', 'chat']], [['chat', '--help']], [[]]])('has help for %j', async (args) => {
    const program = jcli(args);
    expect(await program.waitForExit()).toEqual({ code: 0, signal: null });
    expect(program.stdout).toMatch(/^Usage: jcli/);
    expect(program.stdout).toContain('Examples:');
    expect(program.stderr).toBe('');
  });
});
