/** `jcli` in processes of its own, by way of a real TURN server: it prints which way it goes. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSandbox } from '../../src/sandbox/index.ts';
import { jcli } from '../support/jcli.ts';
import { startTurnServer, type TurnServer } from '../support/turn-server.ts';

let server: TurnServer;
beforeAll(async () => {
  server = await startTurnServer();
});
afterAll(() => server.stop());

it.each(['udp', 'tcp'] as const)('dc and media by a relay over %s', async (transport) => {
  const { port, username, credential: password } = server;
  const turn = { type: 'turn', host: '127.0.0.1', port: String(port), transport, username, password };
  await using sandbox = await createSandbox({ externalServices: [turn], bridge: 'sctp' });
  const room = `${sandbox.url}/relayed`;
  const relayed = ['--ice-transport-policy', 'relay'];
  const dc = jcli(['dc', room, '--nick', 'dc', '--json', ...relayed]);
  await dc.waitForObject({ type: 'joined' });
  const media = jcli(['media', room, '--nick', 'media', '--send-audio', ...relayed]);
  const { local, remote } = await dc.waitForObject({ type: 'transport', state: 'connected' });
  expect(local).toMatchObject({ type: 'relay', protocol: 'udp', ip: '127.0.0.1', relayProtocol: transport });
  expect(remote).toMatchObject({ type: 'host', protocol: 'udp', ip: '127.0.0.1' });
  await media.waitForErrorLine(
    new RegExp(
      `^\\* connected to the bridge: relay over ${transport} 127\\.0\\.0\\.1:\\d+ → host 127\\.0\\.0\\.1:\\d+$`,
    ),
  );
  dc.endInput();
  expect(await dc.waitForExit(), dc.stderr).toEqual({ code: 0, signal: null });
  media.process.kill('SIGINT');
  expect(await media.waitForExit(), media.stderr).toEqual({ code: 130, signal: null });
});
