/** What the way to a receiver carries, and what the bridge makes of it: in virtual time, over a bottleneck. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { participantFeatures } from '../../../../src/sandbox/focus/features.ts';
import { offerDescriptions } from '../../../../src/sandbox/focus/sessions/offer.ts';
import { feature } from '../../../../src/jitsi/features.ts';
import { MediaRig, type RigEndpoint, source } from './media-rig.ts';
import { ModelReceiver } from './model-receiver.ts';
import { play, SimulcastCamera } from './simulcast-camera.ts';

/** s; far more than anything takes */
const long = 120;

let rig: MediaRig;
let alice: RigEndpoint;
let bob: RigEndpoint;
let camera: SimulcastCamera;
let receiver: ModelReceiver;

beforeEach(async () => {
  rig = new MediaRig();
  [alice, bob] = [(await rig.join('alice')).open(), (await rig.join('bob')).open()];
  camera = new SimulcastCamera(alice, 2);
  alice.setSources(camera.source);
  receiver = new ModelReceiver(rig, bob);
});
afterEach(() => rig.close());

const narrow = (rate: number): void => {
  rig.bridge.mediaFaults.rate.down = rate;
};
const forwarded = (): unknown => bob.heard('ForwardedSources').at(-1)?.forwardedSources;

/** It comes to this, and stays so. */
function comesTo(height: number, of = 2, cameras = [camera]): void {
  const isThere = (): boolean => receiver.height(of) === height;
  play(rig, cameras, long, isThere);
  expect(receiver.height(of)).toBe(height);
}

it('is found by probes to be the most that a bridge believes in, whatever is sent', () => {
  bob.want({ defaultConstraints: { maxHeight: 180 } });
  play(rig, [camera], long, () => receiver.told === 20_000_000);
  expect(receiver.told).toBe(20_000_000);
  expect(receiver.height(2)).toBe(180);
  // Then nothing more is tried.
  const { padding } = receiver;
  play(rig, [camera], 10);
  expect(receiver.padding).toBe(padding);
});

it('is not told before the receiver has said what arrives', async () => {
  const carol = (await rig.join('carol')).open();
  carol.want({ defaultConstraints: { maxHeight: 180 } });
  play(rig, [camera], 25);
  expect(carol.heard('ConnectionStats')).toEqual([]);
});

it('decides which layer a receiver gets, and that nothing fits; wider again, all comes back', () => {
  bob.want({ defaultConstraints: { maxHeight: 720 } });
  comesTo(720);
  narrow(600_000);
  comesTo(360);
  narrow(250_000);
  comesTo(180);
  play(rig, [camera], 11);
  expect(receiver.told).toBeLessThan(600_000);
  narrow(60_000);
  play(rig, [camera], long, () => JSON.stringify(forwarded()) === '[]');
  expect(forwarded()).toEqual([]);
  expect(alice.heard('SenderSourceConstraints').at(-1)).toMatchObject({ maxHeight: 720 });
  narrow(20_000_000);
  comesTo(720);
  expect(forwarded()).toEqual(['alice-v0']);
});

it('that becomes very narrow is believed at once, whatever it carried before: no layer comes in between', () => {
  bob.want({ defaultConstraints: { maxHeight: 720 } });
  play(rig, [camera], long, () => receiver.told === 20_000_000);
  narrow(250_000);
  const seen: unknown[] = [];
  play(rig, [camera], long, () => {
    const height = receiver.height(2);
    if (height !== seen.at(-1)) seen.push(height);
    return height === 180;
  });
  expect(seen).toEqual([720, 180]);
});

describe('that is not enough for all', () => {
  let carol: RigEndpoint;
  let other: SimulcastCamera;
  let cameras: readonly SimulcastCamera[];
  /** Lines of what is forwarded, and whose it is. */
  const layers = (): unknown =>
    Object.fromEntries([...bob.local.media.forwarded].map(([{ name }, { height }]) => [name, height]));

  beforeEach(async () => {
    bob.want({ defaultConstraints: { maxHeight: 720 }, onStageSources: ['dave-v0'] });
    carol = (await rig.join('carol')).open();
    other = new SimulcastCamera(carol, 12);
    carol.setSources(other.source);
    cameras = [camera, other];
    play(rig, cameras, 2);
  });

  it('goes to what is on stage first, whenever that has come', async () => {
    const dave = (await rig.join('dave')).open();
    const third = new SimulcastCamera(dave, 22);
    dave.setSources(third.source);
    cameras = [...cameras, third];
    play(rig, cameras, 2);
    rig.bridge.setDownlink(200_000);
    expect(layers()).toEqual({ 'dave-v0': 180 });
    rig.bridge.setDownlink(650_000);
    expect(layers()).toEqual({ 'dave-v0': 360, 'alice-v0': 180, 'carol-v0': 180 });
    dave.say({ colibriClass: 'SourceVideoTypeMessage', sourceName: 'dave-v0', videoType: 'none' });
    dave.say({ colibriClass: 'SourceVideoTypeMessage', sourceName: 'dave-v0', videoType: 'camera' });
    play(rig, cameras, 2);
    expect(layers()).toEqual({ 'dave-v0': 360, 'alice-v0': 180, 'carol-v0': 180 });
  });

  it('goes to whoever speaks before the others', () => {
    rig.bridge.setDownlink(200_000);
    expect(layers()).toEqual({ 'alice-v0': 180 });
    carol.setSources(other.source, source('audio', 'carol-a0', [50]));
    for (let number = 0; number < 100; number++) {
      carol.send({ ssrc: 50, sequenceNumber: number }, new Uint8Array(50), { level: 10 });
      play(rig, cameras, 1 / 30);
    }
    expect(bob.heard('DominantSpeakerEndpointChangeEvent').at(-1)).toMatchObject({
      dominantSpeakerEndpoint: 'carol',
    });
    expect(layers()).toEqual({ 'carol-v0': 180 });
  });

  it('is shared anew as soon as a camera has become a screen', () => {
    bob.want({ defaultConstraints: { maxHeight: 720 }, onStageSources: ['alice-v0'] });
    rig.bridge.setDownlink(800_000);
    expect(layers()).toMatchObject({ 'alice-v0': 360 });
    // A screen may take more than there seems to be.
    alice.say({ colibriClass: 'SourceVideoTypeMessage', sourceName: 'alice-v0', videoType: 'desktop' });
    expect(layers()).toMatchObject({ 'alice-v0': 720 });
  });
});

describe('of which is known what a camera takes', () => {
  const lines = (): unknown => [...bob.local.media.forwarded.values()].map(({ height }) => height);
  const video = (): number => bob.rtp.filter(({ ssrc }) => ssrc === 2).length;

  beforeEach(() => bob.want({ defaultConstraints: { maxHeight: 720 } }));

  it('is not given to higher layers because the camera pauses', () => {
    alice.setSources(camera.source, source('audio', 'alice-a0', [50]));
    rig.bridge.setDownlink(450_000);
    play(rig, [camera], 10);
    expect(lines()).toEqual([360]);
    for (let number = 0; number < 150; number++) {
      alice.send({ ssrc: 50, sequenceNumber: number }, new Uint8Array(50), { level: 30 });
      rig.clock.advance(20);
      expect(lines()).toEqual([360]);
    }
    play(rig, [camera], 8, () => {
      expect(lines()).toEqual([360]);
      return false;
    });
    expect(receiver.height(2)).toBe(360);
  });

  it('is not given to what does not fit because the bridge stood still', () => {
    rig.bridge.setDownlink(60_000);
    play(rig, [camera], 10);
    expect(lines()).toEqual([]);
    const before = video();
    rig.clock.stall(2_500);
    play(rig, [camera], 8);
    expect(video()).toBe(before);
  });

  it('is shared by that as soon as it is known', () => {
    rig.bridge.setDownlink(450_000);
    play(rig, [camera], 2);
    expect(lines()).toEqual([360]);
  });
});

it('is not tried with what is not numbered', async () => {
  const descriptions = offerDescriptions(
    participantFeatures([feature.audio, feature.video, feature.rtx, feature.transportCc]),
    false,
  );
  const dave = await rig.join('dave', {
    descriptions: descriptions.map((each) =>
      each.media === 'video' ? { ...each, headerExtensions: [] } : each,
    ),
  });
  dave.open().want({ defaultConstraints: { maxHeight: 180 } });
  const feedback = new ModelReceiver(rig, dave);
  alice.setSources(camera.source, source('audio', 'alice-a0', [50]));
  // There is enough then to repeat it without end.
  play(rig, [camera], 3);
  for (let number = 0; number < 60; number++) {
    alice.send({ ssrc: 50, sequenceNumber: number }, new Uint8Array(50), { level: 30 });
    play(rig, [camera], 1 / 30);
  }
  expect(dave.local.media.downlink.estimate).toBeGreaterThan(0);
  expect(feedback.padding).toBeGreaterThan(0);
  expect(dave.rtp.filter(({ ssrc }) => ssrc === 2).length).toBeGreaterThan(50);
});

it('is not filled beyond a fault that says what it carries', () => {
  bob.want({ defaultConstraints: { maxHeight: 720 } });
  narrow(1_000_000);
  comesTo(360);
  play(rig, [camera], 5);
  rig.bridge.setDownlink(200_000);
  play(rig, [camera], 2);
  const before = bob.rtp.length;
  play(rig, [camera], 10);
  const carried = bob.rtp
    .slice(before)
    .reduce((sum, { payload, paddingLength }) => sum + payload.length + paddingLength, 0);
  expect(carried).toBeGreaterThan(160_000);
  expect(carried).toBeLessThan(350_000);
});

it('is not taken for less because the bridge itself stood still', () => {
  bob.want({ defaultConstraints: { maxHeight: 720 } });
  play(rig, [camera], long, () => receiver.told === 20_000_000);
  let least = Infinity;
  for (let stall = 0; stall < 5; stall++) {
    alice.transport.hold();
    play(rig, [camera], 1);
    alice.transport.read();
    play(rig, [camera], 2, () => {
      least = Math.min(least, bob.local.media.downlink.estimate ?? 0);
      return false;
    });
  }
  expect(least).toBe(20_000_000);
});

it('that does not carry what is wanted is filled with padding, so that it is seen when it does', () => {
  bob.want({ defaultConstraints: { maxHeight: 720 } });
  narrow(600_000);
  comesTo(360);
  const { padding } = receiver;
  play(rig, [camera], 5);
  expect(receiver.padding).toBeGreaterThan(padding);
  // What was sent lately once more, as retransmissions.
  expect(bob.rtp.some(({ ssrc }) => ssrc === camera.rtxSsrcs[0])).toBe(true);
  narrow(60_000);
  play(rig, [camera], long, () => JSON.stringify(forwarded()) === '[]');
  // Without video to repeat, nothing but padding, on the bridge's own SSRC.
  const before = bob.rtp.length;
  play(rig, [camera], 5);
  const later = bob.rtp.slice(before).filter(({ ssrc }) => ssrc === rig.bridgeSsrc);
  expect(later.length).toBeGreaterThan(0);
  for (const { payload, paddingLength } of later) expect([payload.length, paddingLength]).toEqual([0, 255]);
});

it('is of no account where no retransmissions were offered: nobody could tell it from losses', async () => {
  const dave = (await rig.join('dave', { features: [feature.video, feature.transportCc] })).open();
  const told = new ModelReceiver(rig, dave);
  dave.want({ defaultConstraints: { maxHeight: 720 } });
  narrow(600_000);
  play(rig, [camera], 20);
  expect(told.told).toBeLessThan(2_000_000);
  expect(dave.heard('ForwardedSources').at(-1)).toMatchObject({ forwardedSources: ['alice-v0'] });
});

it('goes to what is on stage first', async () => {
  const carol = (await rig.join('carol')).open();
  const other = new SimulcastCamera(carol, 12);
  carol.setSources(other.source);
  bob.want({
    defaultConstraints: { maxHeight: 180 },
    constraints: { 'carol-v0': { maxHeight: 720 } },
    onStageSources: ['carol-v0'],
  });
  comesTo(720, 12, [camera, other]);
  expect(receiver.height(2)).toBe(180);
  narrow(450_000);
  play(rig, [camera, other], long, () => JSON.stringify(forwarded()) === '["carol-v0"]');
  expect(forwarded()).toEqual(['carol-v0']);
  narrow(20_000_000);
  play(rig, [camera, other], long, () => JSON.stringify(forwarded()) === '["carol-v0","alice-v0"]');
  expect(forwarded()).toEqual(['carol-v0', 'alice-v0']);
  comesTo(720, 12, [camera, other]);
});
