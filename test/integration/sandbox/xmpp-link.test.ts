/** The focus' link to a server that it does not run on, tried on the embedded one. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectLink } from '../../../src/sandbox/focus/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { parseXml } from '../../../src/xml/parse.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox({ accounts: { carol: 'secret' }, resumptionTime: 0 });
});
afterEach(() => sandbox.close());

function connect(options: { password?: string; path?: string } = {}): ReturnType<typeof connectLink> {
  const { password = 'secret', path = '/xmpp-websocket' } = options;
  const url = sandbox.url.replace('http', 'ws') + path;
  return connectLink({ url, domain: 'meet.jitsi', username: 'carol', password });
}

it('sends and receives stanzas under its own address', async () => {
  const link = await connect();
  expect(link.jid).toMatch(/^carol@meet\.jitsi\/./);
  const answer = new Promise((resolve) => link.onStanza(resolve));
  link.send(
    parseXml(
      '<iq xmlns="jabber:client" type="get" id="p" to="meet.jitsi"><ping xmlns="urn:xmpp:ping"/></iq>',
    ),
  );
  await expect(answer).resolves.toMatchObject({
    name: 'iq',
    attrs: { type: 'result', id: 'p', to: link.jid },
  });
  await link.close();
});

it('closes in order, once and again', async () => {
  const link = await connect();
  const closed = new Promise((resolve) => link.onClosed(resolve));
  await Promise.all([link.close(), link.close()]);
  await expect(closed).resolves.toBe('closed');
  await link.close();
});

it('says when the server closes it', async () => {
  const link = await connect();
  const closed = new Promise((resolve) => link.onClosed(resolve));
  await sandbox.close();
  await expect(closed).resolves.toContain('meet.jitsi');
});

it('rejects a wrong password', async () => {
  await expect(connect({ password: 'wrong' })).rejects.toMatchObject({ code: 'authentication-failed' });
});

it('rejects an address where there is no server', async () => {
  await expect(connect({ path: '/elsewhere' })).rejects.toMatchObject({ code: 'websocket-refused' });
});
