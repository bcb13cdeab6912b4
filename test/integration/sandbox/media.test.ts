/** Media through the deployment, over sockets: what the focus announces is what the bridge forwards. */
import { afterEach, describe, expect, it } from 'vitest';
import { buildRtpHeader } from '../../../src/rtp/packet.ts';
import { buildRtcp } from '../../../src/rtp/rtcp/compound.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { waitFor } from '../../support/wait.ts';
import { vp8Delta, vp8KeyFrame } from '../../unit/sandbox/bridge/media-rig.ts';
import { MediaParticipant, mediaFeatures, type OwnSsrcs } from './media-participant.ts';

const closing: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of closing.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function start(): Promise<Sandbox> {
  const sandbox = await createSandbox({ bridge: 'ws' });
  closing.push(sandbox);
  return sandbox;
}

const own: OwnSsrcs = { audio: 1001, video: 1002, rtx: 1003 };

/** One with sources who is in a call with another. */
async function call(
  sandbox: Sandbox,
  features = mediaFeatures,
): Promise<[MediaParticipant, MediaParticipant]> {
  const alice = await MediaParticipant.join(sandbox, 'Alice');
  closing.push(alice);
  await alice.tellFeatures();
  const bob = await MediaParticipant.join(sandbox, 'Bob', features);
  closing.push(bob);
  await bob.tellFeatures();
  await alice.accept(own);
  return [alice, bob];
}

interface Sent {
  ssrc: number;
  payloadType: number;
  number: number;
  payload: Uint8Array;
}

/** @param count of all packets on the transport */
function send({ end }: MediaParticipant, { number, payload, payloadType, ssrc }: Sent, count: number): void {
  const header = buildRtpHeader({
    payloadType,
    marker: true,
    sequenceNumber: number & 0xffff,
    timestamp: number * 3000,
    ssrc,
    extensions: [{ id: 5, value: Uint8Array.of(count >> 8, count) }],
  });
  end.packets.sendRtp(header, payload);
}

const audio = (number: number): Sent => ({
  ssrc: own.audio,
  payloadType: 111,
  number,
  payload: Uint8Array.of(1, 2),
});
const video = (number: number): Sent => ({
  ssrc: own.video,
  payloadType: 100,
  number,
  payload: number % 30 === 0 ? vp8KeyFrame() : vp8Delta(),
});

describe('media', () => {
  it('goes from one to the other under the SSRCs that the focus has told of', async () => {
    const sandbox = await start();
    const [alice, bob] = await call(sandbox);
    const offered = await bob.accept();
    expect(new Set(offered.sources.map(({ name }) => name))).toEqual(new Set(['jvb-a0', 'jvb-v0']));
    const { groups, sources } = await bob.sourcesIn('source-add');
    expect(sources.map(({ name, owner, ssrc }) => [owner, name, ssrc])).toEqual(
      expect.arrayContaining([
        [alice.id, `${alice.id}-a0`, own.audio],
        [alice.id, `${alice.id}-v0`, own.video],
        [alice.id, `${alice.id}-v0`, own.rtx],
      ]),
    );
    expect(groups).toMatchObject([{ semantics: 'FID', ssrcs: [own.video, own.rtx] }]);
    bob.say({ colibriClass: 'ReceiverVideoConstraints', defaultConstraints: { maxHeight: 720 } });
    await waitFor(() => alice.messages.some(({ maxHeight }) => maxHeight === 720), { what: 'constraints' });

    let count = 0;
    for (let number = 0; number < 60; number++) {
      send(alice, audio(number), count++);
      send(alice, video(number), count++);
    }
    await waitFor(() => bob.rtp.length >= 120, { what: 'packets' });
    for (const { payloadType, ssrc } of [audio(0), video(0)]) {
      const packets = bob.rtp.filter((packet) => packet.ssrc === ssrc);
      expect(packets.map(({ sequenceNumber }) => sequenceNumber)).toEqual([...Array(60).keys()]);
      expect(packets.every((packet) => packet.payloadType === payloadType)).toBe(true);
    }
    expect(alice.rtp).toEqual([]);
    await waitFor(() => alice.rtcp.some(({ type }) => type === 'receiver-report'), { what: 'report' });
    const acknowledged = (): number =>
      alice.rtcp.reduce(
        (sum, packet) => sum + (packet.type === 'transport-feedback' ? packet.feedback.arrivals.length : 0),
        0,
      );
    await waitFor(() => acknowledged() === count, { what: 'feedback', explain: () => `${acknowledged()}` });

    bob.end.packets.sendRtcp(buildRtcp([{ type: 'pli', senderSsrc: 1, mediaSsrc: own.video }]));
    await waitFor(() => alice.rtcp.some(({ type }) => type === 'pli'), { what: 'PLI' });
    const { endpoints } = sandbox.bridge;
    expect(endpoints.get(bob.id)?.forwardedSources).toEqual([`${alice.id}-v0`]);
    expect(endpoints.get(alice.id)?.sources.get(`${alice.id}-v0`)).toMatchObject({
      kind: 'video',
      ssrc: own.video,
      packets: 60,
      keyFrameRequests: 1,
      forwarded: new Map([[bob.id, 60]]),
    });
  });

  it('is repaired when packets are lost and late', async () => {
    const sandbox = await start();
    const [alice, bob] = await call(sandbox);
    await bob.accept();
    bob.say({ colibriClass: 'ReceiverVideoConstraints', defaultConstraints: { maxHeight: 720 } });
    await waitFor(() => alice.messages.some(({ maxHeight }) => maxHeight === 720), { what: 'constraints' });
    sandbox.faults.mediaDelay(20);
    sandbox.faults.mediaLoss(0.05);

    const total = 300;
    let count = 0;
    let sent = 0;
    let answered = 0;
    let repeated = 0;
    const have = new Set<number>();
    let taken = 0;
    await waitFor(
      () => {
        for (let each = 0; each < 10 && sent < total; each++) send(alice, video(sent++), count++);
        // The last packets could be lost unnoticed: something has to come after them.
        if (sent === total) send(alice, video(sent + repeated), count++);
        for (const packet of alice.rtcp.slice(answered)) {
          if (packet.type !== 'nack') continue;
          for (const number of packet.sequenceNumbers) {
            const payload = Uint8Array.of(number >> 8, number, ...video(number).payload);
            send(alice, { ssrc: own.rtx, payloadType: 96, number: repeated++, payload }, count++);
          }
        }
        answered = alice.rtcp.length;
        for (const { payload, sequenceNumber, ssrc } of bob.rtp.slice(taken)) {
          have.add(ssrc === own.video ? sequenceNumber : (payload[0] ?? 0) * 256 + (payload[1] ?? 0));
        }
        taken = bob.rtp.length;
        const first = Math.min(...have);
        const missing = Array.from({ length: Math.max(0, sent - first) }, (_, index) => first + index).filter(
          (number) => !have.has(number),
        );
        if (missing.length > 0) {
          bob.end.packets.sendRtcp(
            buildRtcp([{ type: 'nack', senderSsrc: 1, mediaSsrc: own.video, sequenceNumbers: missing }]),
          );
        }
        return sent === total && have.size > 0 && missing.length === 0;
      },
      { what: 'all packets', explain: () => `${have.size} of ${sent}` },
    );
    expect(repeated).toBeGreaterThan(0);
    const seen = sandbox.bridge.endpoints.get(alice.id)?.sources.get(`${alice.id}-v0`);
    expect(seen?.recovered).toBeGreaterThan(0);
  });

  it('of one who comes later is announced, and forwarded; of one who leaves it ends', async () => {
    const sandbox = await start();
    const [alice, bob] = await call(sandbox);
    await bob.accept();
    const carol = await MediaParticipant.join(sandbox, 'Carol');
    closing.push(carol);
    await carol.tellFeatures();
    await carol.accept({ audio: 3001, video: 3002, rtx: 3003 });
    await bob.sourcesIn('source-add'); // Alice's
    for (const other of [alice, bob]) {
      const { sources } = await other.sourcesIn('source-add');
      expect(sources.map(({ ssrc }) => ssrc).sort((one, other) => one - other)).toEqual([3001, 3002, 3003]);
    }
    send(carol, { ...audio(1), ssrc: 3001 }, 0);
    await waitFor(() => alice.rtp.length > 0 && bob.rtp.length > 0, { what: 'audio' });
    sandbox.faults.kick('room', carol.id);
    await waitFor(() => !sandbox.bridge.endpoints.has(carol.id), { what: 'end of the endpoint' });
  });

  it('comes on SSRCs that the bridge tells of, for those who want that', async () => {
    const sandbox = await start();
    const [alice, bob] = await call(sandbox, [...mediaFeatures, 'http://jitsi.org/ssrc-rewriting-1']);
    const { sources } = await bob.accept();
    expect(sources.map(({ owner }) => owner)).toEqual(['jvb', 'jvb']);
    bob.say({ colibriClass: 'ReceiverVideoConstraints', defaultConstraints: { maxHeight: 720 } });
    const map = await waitFor(
      () => bob.messages.find(({ colibriClass }) => colibriClass === 'VideoSourcesMap'),
      {
        what: 'map of videos',
      },
    );
    const [{ ssrc, source } = { ssrc: 0, source: '' }] = map.mappedSources as {
      ssrc: number;
      source: string;
    }[];
    expect(source).toBe(`${alice.id}-v0`);
    await waitFor(
      () => {
        send(alice, video(0), 0);
        return bob.rtp.length > 0;
      },
      { what: 'video' },
    );
    expect(bob.rtp[0]).toMatchObject({ ssrc, payloadType: 100 });
  });
});
