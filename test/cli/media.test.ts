/** `jcli media` between separate processes, and the sandbox's robots. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { startAlteringProxy } from '../support/altering-proxy.ts';
import { jcli, jcliOnTerminal, startSandbox } from '../support/jcli.ts';
import type { Program } from '../support/process.ts';
import { Screen } from '../support/screen.ts';

interface Figures {
  source: string;
  kind: string;
  ssrc: number | null;
  codec: string | null;
  packets: number;
  bytes: number;
  frames: number;
  keyFrames: number;
}

interface Received extends Figures {
  participant: string;
  endpointId: string;
  suspended: boolean;
  width: number | null;
  height: number | null;
  lost: number;
  recovered: number;
  nacks: number;
}

interface Summary {
  type: string;
  sent: { packets: number; bytes: number; sources: readonly Figures[] };
  received: readonly Received[];
  sessions: number;
  restarts: number;
}

/** The last line of a program that has ended. */
function summaryOf(program: Program): Summary {
  return JSON.parse(program.lines.at(-1) ?? '') as Summary;
}

interface Stats {
  received: readonly Received[];
  sessions: number;
}

function lastStats(program: Program): Stats | undefined {
  return program.objects.filter(({ type }) => type === 'stats').at(-1) as Stats | undefined;
}

/** Waits until the figures of a second show frames of so many sources. */
function seesFrames(program: Program, sources: number): Promise<unknown> {
  return program.waitFor(() => {
    const { received = [] } = lastStats(program) ?? {};
    return received.filter(({ frames }) => frames > 10).length >= sources ? received : undefined;
  }, `frames of ${sources} sources`);
}

describe('jcli media', () => {
  it.each([
    ['--send-video', 'clip-unusable', /it is in no format that is known/],
    ['--send-audio', 'clip-unusable', /it is in no format that is known/],
  ])('refuses a bad file of %s before it joins', async (flag, code, words) => {
    const directory = mkdtempSync(join(tmpdir(), 'jitsi-headless-media-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'notes.txt');
    writeFileSync(path, 'these are notes\n');
    const program = jcli(['media', 'https://meet.invalid/room', flag, path, '--json']);
    expect(await program.waitForExit()).toEqual({ code: 2, signal: null });
    expect(program.stdout).toBe('');
    expect(JSON.parse(program.errorLines.at(-1) ?? '')).toMatchObject({
      type: 'error',
      code,
      kind: 'usage',
      message: expect.stringMatching(words),
    });
  });

  it('exchanges sound and pictures, in both spellings', async () => {
    const { url } = await startSandbox();
    const alice = jcli(['media', `${url}/room`, '--nick', 'alice', '--send-video', '--send-audio', '--json']);
    await alice.waitForObject({ type: 'joined' });
    const room = ['-host', url, '-room', 'room', '-nick', 'bob'];
    const bob = jcli([...room, '-media', '-send-video', '-send-audio', '-json']);
    await Promise.all([seesFrames(alice, 2), seesFrames(bob, 2)]);
    bob.process.kill('SIGINT');
    expect(await bob.waitForExit()).toEqual({ code: 130, signal: null });
    await alice.waitForObject({ type: 'participant-left', name: 'bob', reason: 'left' });
    alice.process.kill('SIGINT');
    expect(await alice.waitForExit()).toEqual({ code: 130, signal: null });
    const [ofAlice, ofBob] = [summaryOf(alice), summaryOf(bob)];
    for (const [mine, theirs, name] of [
      [ofAlice, ofBob, 'bob'],
      [ofBob, ofAlice, 'alice'],
    ] as const) {
      expect(mine).toMatchObject({ type: 'summary', sessions: 1, restarts: 0 });
      expect(mine.received).toHaveLength(2);
      for (const { kind, source, ssrc, codec } of theirs.sent.sources) {
        const received = mine.received.find((figures) => figures.source === source);
        expect(received).toMatchObject({ participant: name, kind, source, ssrc, codec, lost: 0 });
        expect(received?.frames).toBeGreaterThan(10);
      }
      const picture = mine.received.find(({ kind }) => kind === 'video');
      expect(picture).toMatchObject({ codec: 'vp8', width: 640, height: 360 });
      expect(picture?.keyFrames).toBeGreaterThan(0);
      // So many frames of each of the two were seen.
      expect(mine.sent.packets).toBeGreaterThan(20);
    }
    expect(alice.stderr + bob.stderr).toBe('');
  });

  it('sends nothing unless it was asked for, and ends after its time', async () => {
    const { url } = await startSandbox('--robots', '1');
    const program = jcli(['media', `${url}/demo`, '--max-height', '0', '--duration', '12s']);
    expect(await program.waitForExit()).toEqual({ code: 0, signal: null });
    const [line, ...more] = program.lines;
    expect(more).toEqual([]);
    const summary = JSON.parse(line ?? '') as Summary;
    expect(summary.sent).toEqual({ packets: 0, bytes: 0, frames: 0, sources: [] });
    const frames = Object.fromEntries(summary.received.map((figures) => [figures.kind, figures.frames]));
    expect(frames.audio).toBeGreaterThan(0);
    expect(frames.video).toBe(0);
  });

  it('has a last word when no session comes, too', async () => {
    const { url } = await startSandbox();
    const program = jcli(['media', `${url}/room`, '--timeout', '6s', '--json']);
    expect(await program.waitForExit()).toEqual({ code: 6, signal: null });
    expect(summaryOf(program)).toMatchObject({ type: 'summary', sessions: 0, received: [] });
    expect(JSON.parse(program.errorLines.at(-1) ?? '')).toMatchObject({ type: 'error', code: 'no-session' });
  });

  it('fails when the bridge is not reached', async () => {
    const { url } = await startSandbox('--robots', '1');
    // Somebody else's certificate.
    const proxy = await startAlteringProxy(`${url.replace('http', 'ws')}/xmpp-websocket`, (frame) =>
      frame.replaceAll(/[0-9A-F]{2}(?=<\/fingerprint>)/g, '00'),
    );
    onTestFinished(() => proxy.close());
    const program = jcli(['media', `${url}/demo`, '--websocket', proxy.url, '--duration', '12s', '--json']);
    expect(await program.waitForExit()).toEqual({ code: 5, signal: null });
    expect(program.errorLines.join()).toContain('connecting to the bridge');
    expect(summaryOf(program)).toMatchObject({ type: 'summary' });
  });

  it('has a table on a terminal', async () => {
    const { url } = await startSandbox('--robots', '2');
    const columns = 120;
    const program = jcliOnTerminal(['media', `${url}/demo`, '--send-audio', '--nick', 'eve'], columns);
    const look = (): string | undefined => {
      const { text } = new Screen(columns).write(program.stdout);
      const isThere = /^robot-1\b.* vp8 +640x360 +\d+ +[1-9]\d+ .* ms$/m.test(text);
      return isThere && /^\(sent\) .* opus /m.test(text) ? text : undefined;
    };
    const text = await program.waitFor(look, 'the table');
    expect(text).toMatch(/^participant +source +codec +size +fps +kbit\/s +loss +jitter$/m);
    program.process.stdin.write('\u0003');
    expect((await program.waitForExit()).code).toBe(130);
    const { text: end } = new Screen(columns).write(program.stdout);
    expect(end).toMatch(/^participant +source +codec +packets +bytes +frames +key frames +lost$/m);
    expect(end).toMatch(/^robot-1 .* vp8 .* 0$/m);
    expect(end).toMatch(/^robot-2 /m);
  });
});

describe('media in trouble', () => {
  /** Two who send and receive, in a deployment of this process, whose faults can be set. */
  async function pair(): Promise<{ sandbox: Sandbox; programs: Program[] }> {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const programs = ['alice', 'bob'].map((nick) =>
      jcli(['media', `${sandbox.url}/room`, '--nick', nick, '--send-video', '--send-audio', '--json']),
    );
    await Promise.all(programs.map((program) => seesFrames(program, 2)));
    return { sandbox, programs };
  }

  async function end(programs: readonly Program[]): Promise<Summary[]> {
    for (const program of programs) program.process.kill('SIGINT');
    for (const program of programs) expect((await program.waitForExit()).code).toBe(130);
    return programs.map(summaryOf);
  }

  it('goes on when the bridge is moved, and counts the sessions', async () => {
    const { sandbox, programs } = await pair();
    expect(sandbox.faults.moveBridge('room')).toBe(2);
    const pictures = (program: Program): number =>
      lastStats(program)?.received.find(({ kind }) => kind === 'video')?.frames ?? 0;
    await Promise.all(
      programs.map(async (program) => {
        const again = (): true | undefined => (lastStats(program)?.sessions === 2 ? true : undefined);
        await program.waitFor(again, 'the second session');
        const before = pictures(program);
        await program.waitFor(() => (pictures(program) > before + 60 ? true : undefined), 'more pictures');
      }),
    );
    for (const summary of await end(programs)) {
      expect(summary).toMatchObject({ sessions: 2, restarts: 1 });
      expect(summary.received).toHaveLength(2);
      expect(summary.sent.sources).toHaveLength(2);
    }
  });

  it('says that the bridge suspends what was asked for, and when it does no more', async () => {
    const { sandbox, programs } = await pair();
    const video = (program: Program): Received | undefined =>
      lastStats(program)?.received.find(({ kind }) => kind === 'video');
    sandbox.faults.downlink(50_000);
    await Promise.all(
      programs.map(async (program) => {
        const suspended = (): true | undefined => (video(program)?.suspended ? true : undefined);
        await program.waitFor(suspended, 'a suspended video');
        const told = program.errorLines.filter((line) => line.includes('suspends 1 of the 1'));
        expect(told.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ type: 'warning' }]);
        expect(told[0]).toContain('50 kbit/s');
      }),
    );
    sandbox.faults.downlink(20_000_000);
    await Promise.all(
      programs.map((program) =>
        program.waitFor(() => (video(program)?.suspended === false ? true : undefined), 'a video again'),
      ),
    );
    for (const { received } of await end(programs)) {
      expect(received.map(({ suspended }) => suspended)).toEqual([false, false]);
    }
  });

  it('repairs what is lost', async () => {
    const { sandbox, programs } = await pair();
    sandbox.faults.mediaLoss(0.05);
    sandbox.faults.mediaDelay(50);
    const video = (program: Program): Received | undefined =>
      lastStats(program)?.received.find(({ kind }) => kind === 'video');
    await Promise.all(
      programs.map((program) =>
        program.waitFor(() => ((video(program)?.recovered ?? 0) >= 5 ? true : undefined), 'repaired packets'),
      ),
    );
    sandbox.faults.mediaLoss(0);
    sandbox.faults.mediaDelay(0);
    for (const { received } of await end(programs)) {
      const picture = received.find(({ kind }) => kind === 'video');
      expect(picture?.nacks).toBeGreaterThan(0);
      expect(picture?.recovered).toBeGreaterThanOrEqual(5);
      expect(picture?.lost).toBeLessThan(picture?.recovered ?? 0);
    }
  });
});

describe('the sandbox with robots', () => {
  it('says so, and they speak in turns', async () => {
    const { program, url } = await startSandbox('--robots', '2');
    expect(program.objects[0]).toMatchObject({ robots: { count: 2, room: 'demo' } });
    const ears = jcli(['media', `${url}/demo`, '--json']);
    for (const participant of ['robot-1', 'robot-2'])
      await ears.waitForObject({ type: 'dominant-speaker', participant });
    program.process.kill('SIGINT');
    expect(await program.waitForExit()).toEqual({ code: 130, signal: null });
    expect(program.stderr).toBe('');
  });

  it('works with TLS and a password', async () => {
    const { program, url } = await startSandbox('--robots', '1', '--tls', '--password-room', 'demo=secret');
    const info = jcli(['info', `${url}/demo`, '--insecure', '--password', 'secret', '--json']);
    expect((await info.waitForExit()).code).toBe(0);
    expect(info.objects[0]).toMatchObject({ participants: [{ displayName: 'robot-1' }] });
    program.process.kill('SIGTERM');
    expect((await program.waitForExit()).code).toBe(130);
  });
});
