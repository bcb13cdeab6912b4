/** Calls between participants in processes of their own, over the embedded deployment in another. */
import { join as path } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join, type Conference, JitsiError } from '../../../src/index.ts';
import { Program } from '../../support/process.ts';
import { SandboxProcess } from '../../support/sandbox-process.ts';

let sandbox: SandboxProcess;
beforeAll(async () => {
  sandbox = await SandboxProcess.start({});
}, 60_000);
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const peerIn = (room: string, options: object = {}): Program =>
  new Program(process.execPath, [
    path(import.meta.dirname, '../../support/rpc-peer.mjs'),
    `${sandbox.url}/${room}`,
    JSON.stringify({ nick: 'peer', media: false, ...options }),
  ]);

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: unknown) => (error instanceof JitsiError ? error.code : error));

async function pair(room: string, bridge?: 'sctp'): Promise<{ ada: Conference; peer: Program; id: string }> {
  const options = { media: false, nick: 'ada', ...(bridge && { bridge }) };
  const ada = await join(`${sandbox.url}/${room}`, options);
  const peer = peerIn(room, bridge && { bridge });
  const { endpointId } = await peer.waitForObject({ type: 'joined' });
  return { ada, peer, id: String(endpointId) };
}

describe('calls between participants', () => {
  it.each([undefined, 'sctp'] as const)('are carried out by the other process (%s)', async (bridge) => {
    const { ada, id, peer } = await pair(`calls-${bridge}`, bridge);
    expect(await ada.rpc.call(id, 'sum', [1, 2, 3])).toBe(6);
    const text = 'é'.repeat(10_000);
    expect(await ada.rpc.call(id, 'echo', { text })).toEqual({ text });
    expect(await codeOf(ada.rpc.call(id, 'refuse'))).toBe('rpc-refused');
    expect(await codeOf(ada.rpc.call(id, 'missing'))).toBe('rpc-no-method');
    expect(await codeOf(ada.rpc.call(id, 'echo', 'x'.repeat(300_000)))).toBe('rpc-too-large');
    expect(await codeOf(ada.rpc.call(id, 'much', 300_000))).toBe('rpc-too-large');
    const many = Array.from({ length: 30 }, (_, number) => ada.rpc.call(id, 'echo', number));
    const results = await Promise.allSettled(many);
    // More than sixteen at a time may be refused.
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(16);
    expect(peer.objects.find(({ type }) => type === 'called')).toMatchObject({
      from: ada.endpointId,
      name: 'ada',
    });
    const last = ada.rpc.call(id, 'echo', 'last');
    expect(await last).toBe('last');
    peer.writeLine('leave');
    await peer.waitForExit();
    expect(await codeOf(ada.rpc.call(id, 'echo'))).toBe('rpc-peer-gone');
    await ada.leave();
  });

  it('outlive the bridge channels of both', async () => {
    const { ada, id, peer } = await pair('channels');
    expect(await ada.rpc.call(id, 'echo', 1)).toBe(1);
    for (const each of [ada.endpointId, id]) await sandbox.fault('dropBridgeChannel', each);
    expect(await ada.rpc.call(id, 'echo', 2, { timeout: 60_000 })).toBe(2);
    expect(peer.objects.filter(({ type }) => type === 'called')).toHaveLength(2);
    peer.writeLine('leave');
    await peer.waitForExit();
    await ada.leave();
  });
});
