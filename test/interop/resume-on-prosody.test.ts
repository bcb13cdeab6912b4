/** Our connection on a real Prosody, over a way that breaks: XEP-0198 resumption by a server that is not ours. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knownDiscovery } from '../../src/conference/discovery.ts';
import { xml } from '../../src/xml/element.ts';
import { message } from '../../src/xmpp/stanza.ts';
import { ConnectionDriver } from '../support/connection-driver.ts';
import { machineOptions } from '../support/machine-harness.ts';
import { type Prosody, startProsody } from '../support/prosody.ts';
import { seededRandom } from '../support/random.ts';
import { RawXmpp } from '../support/raw-xmpp.ts';
import { type SeverableProxy, startSeverableProxy } from '../support/severable-proxy.ts';
import { waitFor } from '../support/wait.ts';

let prosody: Prosody;
/** Our way to it; the other client has its own. */
let proxy: SeverableProxy;
let bob: RawXmpp;
let alice: ConnectionDriver;
/** Bodies that Bob got. */
let bobHeard: string[];

beforeAll(async () => {
  prosody = await startProsody();
  proxy = await startSeverableProxy(Number(new URL(prosody.websocketUrl).port));
});
afterAll(async () => {
  await proxy?.close();
  await prosody?.stop();
});
beforeEach(async () => {
  bobHeard = [];
  bob = await RawXmpp.login(prosody.websocketUrl, prosody.domain, {
    mechanism: 'ANONYMOUS',
    resource: 'bob',
  });
});
afterEach(async () => {
  alice?.stop();
  await bob[Symbol.asyncDispose]();
});

/** @param server where the account is, and how to get there */
function connect(server: Prosody = prosody, port: number = proxy.port): ConnectionDriver {
  const { username, password } = server.user;
  const options = machineOptions({
    streamManagement: true,
    credentials: { mechanism: 'PLAIN', username, password },
    overrides: {
      xmppDomain: server.authDomain,
      muc: server.mucDomain,
      websocket: `ws://127.0.0.1:${port}/xmpp-websocket`,
    },
  });
  const discovery = knownDiscovery(options, 0);
  if (!discovery) throw new Error('the overrides are not enough');
  return new ConnectionDriver(options, discovery);
}

const aliceSays = (...bodies: string[]): void => {
  for (const id of bodies) {
    const stanza = message({ id, to: bob.jid, type: 'chat' }, xml('jabber:client', 'body', {}, id));
    alice.do((connection, now) => {
      connection.send(stanza, now);
      connection.askForAcknowledgement(now);
    });
  }
};
const bobSays = (...bodies: string[]): void => {
  for (const body of bodies)
    bob.send(
      `<message xmlns="jabber:client" to="${alice.connection.jid}" type="chat" id="${body}"><body>${body}</body></message>`,
    );
};
/** Until Bob got this one. */
async function bobHears(body: string): Promise<void> {
  while (bobHeard.at(-1) !== body) {
    const frame = await bob.next((text) => text.includes('<body>'));
    bobHeard.push(/<body>([^<]*)/.exec(frame)?.[1] ?? '');
  }
}
const aliceHears = (body: string): Promise<boolean> =>
  waitFor(() => alice.heard.at(-1) === body, {
    what: `${body} for Alice`,
    explain: () => alice.frames.slice(-30).join('\n'),
  });
/** The server has dealt with all that Bob has said. */
async function serverHasBobs(): Promise<void> {
  bob.send(
    `<iq xmlns="jabber:client" type="get" id="ping" to="${prosody.domain}"><ping xmlns="urn:xmpp:ping"/></iq>`,
  );
  await bob.next((frame) => frame.includes(`id='ping'`));
}
const acknowledged = (count: number): Promise<boolean> =>
  waitFor(() => alice.acknowledged.length === count, {
    what: 'acknowledgements',
    explain: () => alice.frames.slice(-30).join('\n'),
  });
const ask = (): void => {
  alice.do((connection, now) => connection.probe(now));
};

describe('a connection to a real Prosody', () => {
  it('resumes after the TCP connection is gone: what was said meanwhile arrives once and in order', async () => {
    alice = connect();
    const established = await alice.until('established');
    aliceSays('a1');
    await bobHears('a1');
    bobSays('b1');
    await aliceHears('b1');
    proxy.cut();
    await alice.until('interrupted');
    bobSays('b2', 'b3');
    aliceSays('a2', 'a3');
    alice.resume();
    await alice.until('resumed');
    aliceSays('a4');
    bobSays('b4');
    await bobHears('a4');
    await aliceHears('b4');
    expect(bobHeard).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(alice.heard).toEqual(['b1', 'b2', 'b3', 'b4']);
    expect(alice.told).toEqual([established, 'interrupted', 'resumed']);
    expect(established).toBe(`established ${alice.connection.jid}`);
    // What was kept says since when, from our own account.
    const late = alice.stanzas.filter(({ children }) => JSON.stringify(children).includes('urn:xmpp:delay'));
    expect(late.length).toBeGreaterThan(0);
    await acknowledged(4);
    expect(alice.acknowledged).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('does not say twice what had arrived without an acknowledgement', async () => {
    alice = connect();
    await alice.until('established');
    proxy.swallow('to client');
    aliceSays('a1', 'a2', 'a3', 'a4', 'a5', 'a6');
    await bobHears('a6');
    expect(alice.acknowledged).toEqual([]);
    proxy.cut();
    await alice.until('interrupted');
    alice.resume();
    await alice.until('resumed');
    expect(alice.acknowledged).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6']);
    aliceSays('a7');
    await bobHears('a7');
    expect(bobHeard).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7']);
  });

  it('says again what was written to a socket that led nowhere, while the server still has the old one', async () => {
    alice = connect();
    await alice.until('established');
    proxy.swallow('to server');
    proxy.swallow('to client');
    aliceSays('a1', 'a2');
    bobSays('b1', 'b2');
    await serverHasBobs();
    ask();
    await alice.until('interrupted');
    aliceSays('a3');
    alice.resume();
    await alice.until('resumed');
    await bobHears('a3');
    await aliceHears('b2');
    expect(bobHeard).toEqual(['a1', 'a2', 'a3']);
    expect(alice.heard).toEqual(['b1', 'b2']);
  });

  it('loses nothing and doubles nothing over twenty breaks at any moment', async () => {
    alice = connect();
    await alice.until('established');
    const random = seededRandom(198);
    const dice = (): number => random(1)[0] ?? 0;
    let [a, b] = [0, 0];
    for (let round = 0; round < 20; round++) {
      const from = alice.told.length;
      aliceSays(...Array.from({ length: dice() % 8 }, () => `a${++a}`));
      bobSays(...Array.from({ length: dice() % 8 }, () => `b${++b}`));
      if (dice() % 2) proxy.swallow(dice() % 2 ? 'to server' : 'to client');
      aliceSays(`a${++a}`);
      bobSays(`b${++b}`);
      // Whatever is on the way by then is lost.
      for (let turns = dice() % 16; turns > 0; turns--) await new Promise((done) => setImmediate(done));
      proxy.cut();
      await alice.until('interrupted', from);
      aliceSays(`a${++a}`);
      alice.resume();
      await alice.until('resumed', from);
    }
    aliceSays('a-end');
    bobSays('b-end');
    await bobHears('a-end');
    await aliceHears('b-end');
    expect(bobHeard).toEqual([...Array.from({ length: a }, (_, index) => `a${index + 1}`), 'a-end']);
    expect(alice.heard).toEqual([...Array.from({ length: b }, (_, index) => `b${index + 1}`), 'b-end']);
    expect(alice.told.filter((told) => told === 'resumed')).toHaveLength(20);
  });

  it('learns what had arrived, and gets another identity, once the server has given the stream up', async () => {
    const hasty = await startProsody({ hibernation: 1 });
    const way = await startSeverableProxy(Number(new URL(hasty.websocketUrl).port));
    try {
      alice = connect(hasty, way.port);
      const first = await alice.until('established');
      const self = alice.connection.jid;
      alice.do((connection, now) => connection.send(message({ id: 'm1', to: self }), now));
      await waitFor(() => alice.stanzas.some(({ attrs }) => attrs.id === 'm1'), { what: 'm1' });
      way.swallow('to server');
      alice.do((connection, now) => connection.send(message({ id: 'm2', to: self }), now));
      way.cut();
      await alice.until('interrupted');
      alice.do((connection, now) => connection.send(message({ id: 'm3', to: self }), now));
      await waitFor(() => hasty.log().includes('hibernating too long'), {
        what: 'the end',
        explain: hasty.log,
      });
      alice.resume();
      const second = await alice.until('established', 2);
      expect(second).not.toBe(first);
      expect(alice.told.slice(1)).toEqual(['interrupted', 'not resumed', second]);
      // An account's count is kept a while longer than its stream.
      expect(alice.acknowledged).toEqual(['m1']);
      const { unconfirmed = [], unsent = [] } = alice.undelivered ?? {};
      expect(unconfirmed.map(({ attrs }) => attrs.id)).toEqual(['m2']);
      expect(unsent.map(({ attrs }) => attrs.id)).toEqual(['m3']);
      // The new stream is whole.
      const now = alice.connection.jid;
      alice.do((connection, at) => connection.send(message({ id: 'm4', to: now }), at));
      await waitFor(() => alice.stanzas.some(({ attrs }) => attrs.id === 'm4'), { what: 'm4' });
    } finally {
      alice.stop();
      await way.close();
      await hasty.stop();
    }
  });
});
