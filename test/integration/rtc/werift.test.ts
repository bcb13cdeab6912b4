/** What werift does not do by itself. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createCertificate } from '../../../src/sandbox/bridge/certificate.ts';
import type { MediaError } from '../../../src/base/errors.ts';
import type { LoopbackAddress } from '../../../src/rtc/peer-transport.ts';
import { answerOf, connectEnds, End } from './ends.ts';

describe('a transport on werift', () => {
  it('does not trust a certificate whose key the other side does not have', async () => {
    const shown = await createCertificate({ commonName: 'shown', now: Date.now() });
    const { privateKeyPem } = await createCertificate({ commonName: 'own', now: Date.now() });
    const certificate = { certificatePem: shown.certificatePem, privateKeyPem };
    const why = 'does not have the key of its certificate';
    {
      await using bridge = await End.create({ end: 'bridge', certificate });
      await using participant = await End.create({ end: 'participant' });
      connectEnds(participant, bridge);
      await participant.reaches('failed');
      expect(participant.reasons.join()).toContain(why);
    }
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant', certificate });
    connectEnds(participant, bridge);
    await bridge.reaches('failed');
    expect(bridge.reasons.join()).toContain(why);
  });

  it('takes the address that it is given, and no other', async () => {
    await using bridge = await End.create({ end: 'bridge', hostAddress: '127.0.0.1' });
    expect(bridge.local.candidates).toMatchObject([{ ip: '127.0.0.1', type: 'host', component: 1 }]);
    const port = bridge.local.candidates[0]?.port;
    // Were it bound to all addresses, this one would be taken too.
    const other = createSocket('udp4').bind(port, '127.0.0.2');
    await once(other, 'listening');
    other.close();
  });

  it('has candidates on this machine only for those who want them', async () => {
    const addresses = async (...loopback: LoopbackAddress[]): Promise<string[]> => {
      await using end = await End.create({ end: 'participant', hostAddress: undefined, loopback });
      return end.local.candidates.map(({ ip }) => ip);
    };
    const outer = await addresses();
    expect(outer).not.toContain('127.0.0.1');
    expect(await addresses('127.0.0.1')).toEqual(['127.0.0.1', ...outer]);
  });

  it('leaves out an address that it does not have', async () => {
    await using end = await End.create({ end: 'participant', hostAddress: '203.0.113.1' });
    expect(end.local.candidates).toEqual([]);
  });

  it('is the DTLS client of an answer that is passive', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using other = await End.create({ end: 'bridge' });
    const answer = answerOf(other);
    const passive = answer.fingerprints.map((each) => ({ ...each, setup: 'passive' as const }));
    bridge.transport.connect({ ...answer, fingerprints: passive });
    expect(bridge.transport.state).toBe('connecting');
  });

  it.each(['actpass', 'holdconn', undefined] as const)('refuses an answer with setup %s', async (setup) => {
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant' });
    const answer = answerOf(participant);
    const fingerprints = answer.fingerprints.map(({ setup: _setup, ...rest }) =>
      setup ? { ...rest, setup } : rest,
    );
    expect(() => bridge.transport.connect({ ...answer, fingerprints })).toThrow(
      expect.objectContaining({ code: 'remote-transport' }) as MediaError,
    );
  });

  it('opens no data channel at a bridge, nor without SCTP', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant', sctpPort: undefined });
    const unable = expect.objectContaining({ code: 'no-data-channel' }) as MediaError;
    expect(() => bridge.open()).toThrow(unable);
    expect(() => participant.open()).toThrow(unable);
    expect(participant.local.sctp).toBeUndefined();
  });

  it('connects without SCTP', async () => {
    await using bridge = await End.create({ end: 'bridge', sctpPort: undefined });
    await using participant = await End.create({ end: 'participant', sctpPort: undefined });
    connectEnds(participant, bridge);
    await Promise.all([participant.reaches('connected'), bridge.reaches('connected')]);
  });
});
