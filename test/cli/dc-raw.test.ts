/** `jcli dc-raw` between separate processes, over both channels: bytes arrive as they were. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { jcli, jcliPath, startSandbox } from '../support/jcli.ts';
import { Program } from '../support/process.ts';
import { waitFor } from '../support/wait.ts';

/** `jcli` with its output in a file, as bytes. */
function jcliIntoFile(args: readonly string[]): { program: Program; written(): Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'dc-raw-'));
  const file = join(folder, 'out');
  const command = [
    '-c',
    'file=$1; shift; exec "$@" > "$file"',
    'sh',
    file,
    process.execPath,
    jcliPath,
    ...args,
  ];
  const program = new Program('sh', command);
  onTestFinished(async () => {
    await program.stop('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  return { program, written: () => (existsSync(file) ? readFileSync(file) : Buffer.alloc(0)) };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function inRoom(program: Program): Promise<void> {
  await program.waitForErrorLine(/^\* in room as/);
}

describe.each(['ws', 'sctp'] as const)('dc-raw over %s', (channel) => {
  it('brings 3 MB across unchanged, in the Go spelling', async () => {
    const { url } = await startSandbox('--bridge', channel);
    const bytes = randomBytes(3_000_000);
    const room = ['-host', url, '-room', 'room', '-dc-raw'];
    const store = jcliIntoFile([...room, '-nick', 'store']);
    store.program.endInput();
    await inRoom(store.program);
    const giver = jcli([...room, '-nick', 'giver', '-to', 'store', '-rate', '40']);
    giver.process.stdin.end(bytes);
    expect(await giver.waitForExit(), giver.stderr).toEqual({ code: 0, signal: null });
    expect(giver.stdout).toBe('');
    expect(giver.errorLines).toContainEqual(expect.stringMatching(/^\* sent 3000000 bytes in /));
    // It ends with whom it received from.
    expect(await store.program.waitForExit(), store.program.stderr).toEqual({ code: 0, signal: null });
    expect(sha256(store.written())).toBe(sha256(bytes));
  });
});

describe('dc-raw', () => {
  it('sends both ways at once, in large pieces and in the other form', async () => {
    const { url } = await startSandbox('--bridge', 'ws');
    const [one, two] = [randomBytes(400_000), randomBytes(300_000)];
    const sides = [one, two].map((bytes, index) => {
      const side = jcliIntoFile(['dc-raw', `${url}/room`, '--chunk', '48000', '--raw-form', 'payload']);
      side.program.process.stdin.write(bytes);
      return { ...side, wanted: index === 0 ? two : one };
    });
    for (const { written, wanted } of sides)
      await waitFor(() => written().length === wanted.length, { what: 'all bytes of one side' });
    for (const { program } of sides) program.endInput();
    for (const { program, written, wanted } of sides) {
      expect(await program.waitForExit(), program.stderr).toEqual({ code: 0, signal: null });
      expect(sha256(written())).toBe(sha256(wanted));
    }
  });

  it('takes the bytes of one participant alone, until a pause', async () => {
    const { url } = await startSandbox();
    const args = ['--from', 'wanted', '--idle', '1s'];
    const store = jcliIntoFile(['dc-raw', `${url}/room`, '--nick', 'store', ...args]);
    store.program.endInput();
    await inRoom(store.program);
    const stays = jcli(['dc-raw', `${url}/room`, '--nick', 'wanted', '--to', 'store']);
    const other = jcli(['dc-raw', `${url}/room`, '--nick', 'other', '--to', 'store']);
    stays.process.stdin.write('one ');
    other.process.stdin.end('not this');
    expect((await other.waitForExit()).code).toBe(0);
    stays.process.stdin.write('two');
    expect(await store.program.waitForExit(), store.program.stderr).toEqual({ code: 0, signal: null });
    expect(store.written().toString()).toMatch(/^one (two)?$/);
    // Nobody is left to send to.
    stays.process.stdin.end('three');
    expect((await stays.waitForExit()).code).toBe(3);
    expect(stays.errorLines.at(-1)).toMatch(
      /^error: sending: broken off after \d bytes, .* \[stream-broken\]$/,
    );
  });

  it('says so when a chunk does not fit', async () => {
    const { url } = await startSandbox('--bridge', 'ws');
    await inRoom(jcli(['dc-raw', `${url}/room`, '--nick', 'store']));
    const giver = jcli(['dc-raw', `${url}/room`, '--chunk', '64k', '--quiet']);
    giver.process.stdin.end('data');
    expect((await giver.waitForExit()).code).toBe(2);
    expect(giver.errorLines).toEqual([
      expect.stringMatching(
        /^error: 65536 bytes .* at most 491\d\d bytes .* --chunk, or --bridge sctp \[.*\]$/,
      ),
    ]);
  });

  it('receives nothing for --duration, and until Ctrl-C', async () => {
    const { url } = await startSandbox();
    const short = jcli(['dc-raw', `${url}/room`, '--duration', '8s']);
    const long = jcli(['dc-raw', `${url}/room`]);
    short.endInput();
    long.endInput();
    expect(await short.waitForExit(), short.stderr).toEqual({ code: 0, signal: null });
    await inRoom(long);
    long.process.kill('SIGINT');
    expect(await long.waitForExit()).toEqual({ code: 130, signal: null });
    expect(short.stdout + long.stdout).toBe('');
  });

  it('fails when the time is over before everything was sent', async () => {
    const { url } = await startSandbox();
    await inRoom(jcli(['dc-raw', `${url}/room`]));
    const giver = jcli(['dc-raw', `${url}/room`, '--duration', '8s', '--rate', '1', '--quiet']);
    giver.process.stdin.end(randomBytes(5_000_000));
    expect((await giver.waitForExit()).code).toBe(1);
    expect(giver.errorLines).toEqual(['warning: the time was over before everything was sent']);
  });

  it('ends in order when nobody reads its output any more', async () => {
    const { url } = await startSandbox();
    const store = jcli(['dc-raw', `${url}/room`, '--nick', 'store']);
    store.endInput();
    await inRoom(store);
    store.process.stdout.destroy();
    const giver = jcli(['dc-raw', `${url}/room`, '--to', 'store', '--rate', '8']);
    giver.process.stdin.end(randomBytes(1_000_000));
    expect(await store.waitForExit()).toEqual({ code: 0, signal: null });
    expect((await giver.waitForExit()).code).not.toBe(0);
  });
});

describe('dc-raw, of data that is cut off', () => {
  /** A sandbox in which whoever loses the connection is gone at once. */
  async function forgetful(): Promise<Sandbox> {
    const sandbox = await createSandbox({ resumptionTime: 0 });
    onTestFinished(() => sandbox.close());
    return sandbox;
  }

  const cutOff = /^warning: what giver sent is cut off: its end has not come, after \d+ bytes/;

  it.each(['SIGKILL', 'SIGINT'] as const)('says so when the sender ends by %s', async (how) => {
    const { url } = await forgetful();
    const store = jcliIntoFile(['dc-raw', `${url}/room`, '--nick', 'store']);
    store.program.endInput();
    await inRoom(store.program);
    const giver = jcli(['dc-raw', `${url}/room`, '--nick', 'giver', '--rate', '4']);
    giver.process.stdin.end(randomBytes(30_000_000));
    await waitFor(() => store.written().length > 100_000, { what: 'some bytes' });
    giver.process.kill(how);
    await giver.waitForExit();
    expect(await store.program.waitForExit(), store.program.stderr).toEqual({ code: 1, signal: null });
    expect(store.program.errorLines).toContainEqual(expect.stringMatching(cutOff));
    expect(store.written().length).toBeLessThan(30_000_000);
  });

  it('says so when the receiver is told to end', async () => {
    const { url } = await forgetful();
    const store = jcliIntoFile(['dc-raw', `${url}/room`, '--nick', 'store']);
    store.program.endInput();
    await inRoom(store.program);
    const giver = jcli(['dc-raw', `${url}/room`, '--nick', 'giver', '--rate', '4']);
    giver.process.stdin.end(randomBytes(30_000_000));
    await waitFor(() => store.written().length > 100_000, { what: 'some bytes' });
    store.program.process.kill('SIGINT');
    expect((await store.program.waitForExit()).code).toBe(130);
    expect(store.program.errorLines).toContainEqual(expect.stringMatching(cutOff));
  });

  it('has nothing but bytes in its output when the connection is lost', async () => {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const store = jcli(['dc-raw', `${sandbox.url}/room`, '--endpoint-id', 'store', '--json', '--debug']);
    store.endInput();
    const watcher = jcli(['chat', `${sandbox.url}/room`, '--json']);
    await watcher.waitForObject({ type: 'joined' });
    // The room knows of it a moment before; a connection that is lost then is a join that has failed.
    await store.waitForErrorLine(/→ joined/);
    sandbox.faults.dropSocket('store');
    await waitFor(() => store.stderr.includes('"type":"reconnected"'), { what: 'its return' });
    const giver = jcli(['dc-raw', `${sandbox.url}/room`, '--to', 'store', '--duration', '60s']);
    giver.process.stdin.end('bytes');
    await waitFor(() => store.stdout.length >= 5, { what: 'the bytes' });
    store.process.kill('SIGINT');
    await store.waitForExit();
    expect(store.stdout).toBe('bytes');
  });

  /** Somebody who got 3 MB over the bridge while nobody read its output, and the sender, who has left. */
  async function unread(sandbox: Sandbox): Promise<Program> {
    const store = jcli(['dc-raw', `${sandbox.url}/room`, '--nick', 'store']);
    store.process.stdout.pause();
    store.endInput();
    await inRoom(store);
    const giver = jcli(['dc-raw', `${sandbox.url}/room`, '--nick', 'giver', '--to', 'store']);
    giver.process.stdin.end(Buffer.alloc(3_000_000, 'x'));
    expect(await giver.waitForExit(), giver.stderr).toEqual({ code: 0, signal: null });
    return store;
  }

  it.each([false, true])(
    'waits for a reader that is slow, and loses nothing (room gone: %s)',
    async (isGone) => {
      const sandbox = await forgetful();
      const store = await unread(sandbox);
      if (isGone) {
        sandbox.faults.destroyRoom('room');
        await store.waitForErrorLine('* received 3000000 bytes');
      }
      store.process.stdout.resume();
      // All has come; being put out of the room is told all the same.
      expect(await store.waitForExit(), store.stderr).toEqual({ code: isGone ? 4 : 0, signal: null });
      expect(store.stdout.length).toBe(3_000_000);
      expect(store.stderr).not.toMatch(/MaxListeners|cut off/);
    },
  );
});
