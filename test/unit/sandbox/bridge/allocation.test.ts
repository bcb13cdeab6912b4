/** Which videos go to whom, and who is told what of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytes, MediaRig, type RigEndpoint, source, vp8, vp8KeyFrame } from './media-rig.ts';

let rig: MediaRig;
let viewer: RigEndpoint;
const senders: RigEndpoint[] = [];

/** `a`, `b`, `c`, `d` have a video each, and so has the viewer. */
beforeEach(async () => {
  rig = new MediaRig();
  viewer = (await rig.join('v')).open();
  viewer.setSources(source('video', 'v-v0', [1]));
  senders.length = 0;
  for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) {
    const sender = (await rig.join(id)).open();
    sender.setSources(source('video', `${id}-v0`, [10 + index]), source('audio', `${id}-a0`, [20 + index]));
    senders.push(sender);
  }
});
afterEach(() => rig.close());

const forwarded = (): unknown => viewer.heard('ForwardedSources').at(-1)?.forwardedSources;
const height = (sender: RigEndpoint | undefined): unknown =>
  sender?.heard('SenderSourceConstraints').at(-1)?.maxHeight;

/** The videos that come to the viewer. */
function seen(): string[] {
  const before = viewer.rtp.length;
  for (const [index, sender] of senders.entries()) {
    sender.send(
      { ssrc: 10 + index, payloadType: vp8, sequenceNumber: rig.clock.now() & 0xffff },
      vp8KeyFrame(),
    );
  }
  rig.clock.advance(1);
  return viewer.rtp.slice(before).map(({ ssrc }) => `${'abcd'[ssrc - 10]}-v0`);
}

describe('a receiver gets', () => {
  it('nothing before its first word about videos', () => {
    expect(seen()).toEqual([]);
    expect(forwarded()).toEqual([]);
  });

  it('all of 180 lines after a word that does not say so', () => {
    viewer.want({});
    expect(seen()).toEqual(['a-v0', 'b-v0', 'c-v0', 'd-v0']);
    expect(forwarded()).toEqual(['a-v0', 'b-v0', 'c-v0', 'd-v0']);
    expect(senders.map(height)).toEqual([180, 180, 180, 180]);
  });

  it('as many as it wants, those on stage and the selected first', () => {
    viewer.want({ lastN: 3, selectedSources: ['d-v0', 'c-v0'], onStageSources: ['b-v0', 'x-v0'] });
    expect(forwarded()).toEqual(['b-v0', 'd-v0', 'c-v0']);
    expect(seen().sort()).toEqual(['b-v0', 'c-v0', 'd-v0']);
    viewer.say({ colibriClass: 'LastNChangedEvent', lastN: 1 });
    expect(seen()).toEqual(['b-v0']);
    viewer.say({ colibriClass: 'LastNChangedEvent', lastN: 0 });
    expect(seen()).toEqual([]);
    viewer.say({ colibriClass: 'LastNChangedEvent', lastN: -1 });
    expect(seen()).toHaveLength(4);
  });

  it('as many as its session-accept said, until it says so itself', () => {
    viewer.local.setInitialLastN(1);
    expect(seen()).toEqual([]);
    viewer.want();
    expect(seen()).toEqual(['a-v0']);
    viewer.local.setInitialLastN(3);
    expect(seen()).toEqual(['a-v0']);
  });

  it('those that its constraints name, and no others when the default is nothing', () => {
    viewer.want({
      defaultConstraints: { maxHeight: 0 },
      constraints: {
        'c-v0': { maxHeight: 360 },
        'a-v0': { maxHeight: -1 },
        'b-v0': { maxHeight: 720, maxFrameRate: 0 },
      },
    });
    expect(seen().sort()).toEqual(['a-v0', 'c-v0']);
    expect(senders.map(height)).toEqual([-1, 0, 360, 0]);
  });

  it('another instead of what is not sent, or gone', () => {
    viewer.want({ lastN: 1 });
    senders[0]?.say({ colibriClass: 'SourceVideoTypeMessage', sourceName: 'a-v0', videoType: 'none' });
    expect(seen()).toEqual(['b-v0']);
    expect(senders.map(height)).toEqual([0, 180, 0, 0]);
    senders[0]?.say({ colibriClass: 'VideoTypeMessage', videoType: 'desktop' });
    expect(seen()).toEqual(['a-v0']);
    senders[0]?.local.expire();
    expect(forwarded()).toEqual(['b-v0']);
    senders[1]?.setSources();
    expect(forwarded()).toEqual(['c-v0']);
  });

  it('what is added later', async () => {
    viewer.want();
    const late = await rig.join('e');
    late.setSources(
      source('video', 'e-v0', [14]),
      source('video', 'e-v1', [15], [], { videoType: 'desktop' }),
    );
    expect(forwarded()).toEqual(['a-v0', 'b-v0', 'c-v0', 'd-v0', 'e-v0', 'e-v1']);
  });

  it('not its own', () => {
    viewer.want();
    viewer.send({ ssrc: 1, payloadType: vp8 }, vp8KeyFrame());
    expect(viewer.rtp).toEqual([]);
    expect(viewer.heard('SenderSourceConstraints').at(-1)?.maxHeight).toBe(0);
  });

  it('the videos of those who speak first, when there is no room for all', () => {
    viewer.want({ lastN: 1 });
    expect(forwarded()).toEqual(['a-v0']);
    for (let packet = 0; packet < 60; packet++) {
      senders[2]?.send({ ssrc: 22, sequenceNumber: packet }, bytes(1), { level: 20 });
      rig.clock.advance(20);
    }
    expect(forwarded()).toEqual(['c-v0']);
  });
});

describe('ForwardedSources', () => {
  it('are told when they change, and only then', () => {
    const count = (): number => viewer.heard('ForwardedSources').length;
    viewer.want();
    expect(count()).toBe(2);
    viewer.want({ defaultConstraints: { maxHeight: 720 } });
    viewer.want({ lastN: 7 });
    expect(count()).toBe(2);
    viewer.want({ lastN: 2 });
    expect(count()).toBe(3);
  });

  it('are told again on a new channel, with all else that holds', () => {
    viewer.want({ lastN: 1 });
    senders[1]?.want();
    viewer.messages.length = 0;
    viewer.open();
    expect(viewer.messages).toEqual([
      { colibriClass: 'ServerHello', version: '2.1' },
      { colibriClass: 'SenderSourceConstraints', sourceName: 'v-v0', maxHeight: 720 },
      { colibriClass: 'ForwardedSources', forwardedSources: ['a-v0'] },
    ]);
  });
});

describe('a narrow downlink', () => {
  it('is told of, and videos that do not fit are suspended until it is wide again', () => {
    viewer.want({ defaultConstraints: { maxHeight: 720 } });
    const all = senders.map(({ id }) => `${id}-v0`);
    expect(forwarded()).toEqual(all);
    // 160 kbit/s each
    for (let number = 0; number < 20; number++) {
      for (const [index, sender] of senders.entries()) {
        sender.send({ ssrc: 10 + index, payloadType: vp8, sequenceNumber: number }, new Uint8Array(1_000));
      }
      rig.clock.advance(50);
    }
    rig.bridge.setDownlink(340_000);
    expect(forwarded()).toEqual(['a-v0', 'b-v0']);
    rig.bridge.setDownlink(100_000);
    expect(forwarded()).toEqual([]);
    rig.bridge.setDownlink(20_000_000);
    expect(forwarded()).toEqual(all);
  });
});

describe('SenderSourceConstraints', () => {
  it('are the greatest that anybody wants', () => {
    const [a, b] = senders;
    viewer.want({ defaultConstraints: { maxHeight: 360 } });
    b?.want({ defaultConstraints: { maxHeight: 720 } });
    expect(height(a)).toBe(720);
    b?.local.expire();
    expect(height(a)).toBe(360);
    viewer.want({ defaultConstraints: { maxHeight: -1 } });
    expect(height(a)).toBe(-1);
    viewer.want({ defaultConstraints: { maxHeight: 0 } });
    expect(height(a)).toBe(0);
  });

  it('are not told to who is alone', async () => {
    const alone = new MediaRig();
    const first = (await alone.join('first')).open();
    first.setSources(source('video', 'first-v0', [1]));
    expect(first.heard('SenderSourceConstraints')).toEqual([]);
    await alone.join('second');
    expect(first.heard('SenderSourceConstraints')).toMatchObject([{ sourceName: 'first-v0', maxHeight: 0 }]);
    await alone.close();
  });
});
