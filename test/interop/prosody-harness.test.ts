import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Prosody, startProsody } from '../support/prosody.ts';
import { acceptsConnections } from '../support/ports.ts';
import { RawXmpp } from '../support/raw-xmpp.ts';

describe('a real Prosody', () => {
  let prosody: Prosody;
  beforeAll(async () => {
    prosody = await startProsody();
  });
  afterAll(() => prosody.stop());

  const anonymous = (resource: string): Promise<RawXmpp> =>
    RawXmpp.login(prosody.websocketUrl, prosody.domain, { mechanism: 'ANONYMOUS', resource });
  const focus = (): Promise<RawXmpp> =>
    RawXmpp.login(prosody.websocketUrl, prosody.authDomain, {
      mechanism: 'PLAIN',
      initialResponse: `\0focus\0${prosody.focusPassword}`,
      resource: 'focus',
    });

  it('offers its stream and SASL ANONYMOUS to anybody', async () => {
    await using socket = await RawXmpp.connect(prosody.websocketUrl);
    socket.send(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='${prosody.domain}' version='1.0'/>`);
    expect(await socket.next((frame) => frame.startsWith('<open'))).toContain(prosody.domain);
    const features = await socket.next((frame) => frame.startsWith('<stream:features'));
    expect(features).toContain('<mechanism>ANONYMOUS</mechanism>');
  });

  it('lets the focus create a room, and nobody else', async () => {
    await using alice = await anonymous('alice');
    const room = `standup@${prosody.mucDomain}`;
    const join = (nick: string): string =>
      `<presence xmlns='jabber:client' to='${room}/${nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`;

    alice.send(join('alice'));
    expect(await alice.next(isFrom(`${room}/alice`))).toMatch(/<not-allowed/);

    await using controller = await focus();
    expect(controller.jid).toBe(`${prosody.focusJid}/focus`);
    controller.send(join('focus'));
    expect(await controller.next(isFrom(`${room}/focus`))).toMatch(/affiliation='owner'/);

    alice.send(join('alice'));
    expect(await alice.next(isFrom(`${room}/focus`))).toContain(`jid='${prosody.focusJid}/focus'`);
    expect(await alice.next(isFrom(`${room}/alice`))).toContain(`code='110'`);
  });

  it('tells its STUN and TURN servers', async () => {
    await using alice = await anonymous('alice');
    alice.send(
      `<iq xmlns='jabber:client' type='get' id='s1' to='${prosody.domain}'><services xmlns='urn:xmpp:extdisco:2'/></iq>`,
    );
    const services = await alice.next((frame) => frame.includes(`id='s1'`));
    expect(services).toMatch(/type='stun'/);
    expect(services).toMatch(/type='turn'[^>]*password='|password='[^>]*type='turn'/);
  });

  it('offers stream management', async () => {
    await using alice = await anonymous('alice');
    alice.send(`<enable xmlns='urn:xmpp:sm:3' resume='true'/>`);
    expect(await alice.next((frame) => frame.startsWith('<enabled'))).toContain('urn:xmpp:sm:3');
  });
});

it('stops and leaves nothing behind', async () => {
  const prosody = await startProsody();
  const port = Number(new URL(prosody.websocketUrl).port);
  const socket = await RawXmpp.connect(prosody.websocketUrl);
  await prosody.stop();
  await socket.closed;
  expect(await acceptsConnections(port)).toBe(false);
  expect(existsSync(prosody.directory)).toBe(false);
});

function isFrom(address: string): (frame: string) => boolean {
  return (frame) => frame.includes(`from='${address}'`);
}
