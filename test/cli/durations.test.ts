/** Times without an end: `none` means never, for every command that has such a flag. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { joinRoom } from '../../src/index.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { jcli } from '../support/jcli.ts';

async function openSandbox(): Promise<Sandbox> {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
}

describe.each(['none', '1000h'])('%s', (time) => {
  it('as --duration of chat: it stays, and hears', async () => {
    const { url } = await openSandbox();
    const stays = jcli(['chat', `${url}/room`, '--json', '--nick', 'Stays', '--duration', time]);
    stays.endInput();
    await stays.waitForObject({ type: 'joined' });
    const says = jcli(['chat', `${url}/room`, '--json', '--nick', 'Says']);
    says.writeLine('still there?');
    await stays.waitForObject({ type: 'message', text: 'still there?' });
    says.endInput();
    expect(await says.waitForExit()).toMatchObject({ code: 0 });
    expect(stays.process.exitCode).toBeNull();
    expect(await stays.stop('SIGINT')).toMatchObject({ code: 130 });
  });

  it('as --timeout and --duration of dc: the session is waited for', async () => {
    const { url } = await openSandbox();
    const waits = jcli(['dc', `${url}/room`, '--json', '--timeout', time, '--duration', time]);
    waits.endInput();
    await waits.waitForObject({ type: 'joined' });
    const says = jcli(['dc', `${url}/room`, '--json', '--timeout', time]);
    says.writeLine('over the bridge');
    await waits.waitForObject({ text: 'over the bridge' });
    says.endInput();
    expect(await says.waitForExit()).toMatchObject({ code: 0 });
    expect(await waits.stop('SIGINT')).toMatchObject({ code: 130 });
  });

  it('as --timeout of info: the offer comes with the second participant', async () => {
    const { url } = await openSandbox();
    const info = jcli(['info', `${url}/room`, '--json', '--timeout', time]);
    const second = jcli(['chat', `${url}/room`, '--json']);
    expect(await info.waitForExit()).toMatchObject({ code: 0 });
    await second.stop();
  });

  it('as --duration of sandbox: it goes on', async () => {
    const program = jcli(['sandbox', '--json', '--duration', time]);
    const { url } = await program.waitForObject({ type: 'ready' });
    const visitor = jcli(['chat', `${String(url)}/room`, '--json']);
    visitor.writeLine('hello');
    visitor.endInput();
    expect(await visitor.waitForExit()).toMatchObject({ code: 0 });
    expect(program.process.exitCode).toBeNull();
    expect(await program.stop('SIGINT')).toMatchObject({ code: 130 });
  });
});

it("a config.js whose intervals are beyond a timer's reach costs no ticks", async () => {
  let url = '';
  const page = createServer((_, response) => {
    void fetch(`${url}/config.js`).then(async (answer) =>
      response.end(
        `${await answer.text()}\nconfig.websocketKeepAlive = 1e12; config.xmppPing = { interval: 1e12, timeout: 3e9 };`,
      ),
    );
  });
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void page.close());
  const { port } = page.address() as AddressInfo;
  const host = `http://127.0.0.1:${port}`;
  const sandbox = await createSandbox({ origins: [host] });
  onTestFinished(() => sandbox.close());
  url = sandbox.url;
  let timers = 0;
  const clock: Clock = {
    now: () => Date.now(),
    schedule: (delay, run) => {
      timers += 1;
      return systemClock.schedule(delay, run);
    },
  };
  const conference = await joinRoom({ host, room: 'slow', clock, mediaClock: clock, joinTimeout: 3e9 });
  expect(conference.deployment?.keepAliveInterval).toBe(1e12);
  // The first keep-alive comes after five seconds; what matters is that nothing comes with each turn of the loop.
  const turns = 2_000;
  const atFirst = timers;
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(timers - atFirst).toBeLessThan(20);
  await conference.leave();
});
