/** Our focus with an account of its own on a real Prosody: it makes the room, lets members in, and offers them sessions. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import { connectLink, createFocus, type Focus } from '../../src/sandbox/focus/index.ts';
import { createUdpBridge } from '../../src/sandbox/bridge/udp-bridge.ts';
import type { Bridge } from '../../src/sandbox/bridge/bridge.ts';
import { type Prosody, startProsody } from '../support/prosody.ts';

let prosody: Prosody;
let bridge: Bridge;
let focus: Focus;

beforeAll(async () => {
  prosody = await startProsody();
});
afterAll(async () => {
  await focus?.close();
  await bridge?.close();
  await prosody?.stop();
});
it('x', async () => {
  const link = await connectLink({ url: prosody.websocketUrl, domain: prosody.authDomain, username: 'focus', password: prosody.focusPassword });
  bridge = createUdpBridge({ mode: 'both', webSocketBase: () => 'ws://127.0.0.1:1', clock: systemClock, random: systemRandom, logger: silentLogger });
  focus = createFocus({ link, mucDomain: prosody.mucDomain, domain: prosody.domain, bridge, clock: systemClock, random: systemRandom, logger: silentLogger });
  console.log(link.jid);
  const t = performance.now();
  console.log(await focus.conferenceRequest({ room: `standup@${prosody.mucDomain}` }), performance.now() - t);
  expect(focus.conferences).toHaveLength(1);
});
