/** Who is the dominant speaker, and who is told. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpeechActivity } from '../../../../src/sandbox/bridge/media/incoming/speech-activity.ts';
import { bytes, MediaRig, type RigEndpoint, source } from './media-rig.ts';

/** Levels by endpoint, for so long: a packet each 20 ms, a look each 100 ms. Returns who became dominant, and when. */
function run(
  activity: SpeechActivity,
  start: number,
  duration: number,
  levels: Record<string, number>,
): string[] {
  const changes: string[] = [];
  for (let now = start; now < start + duration; now += 20) {
    for (const [id, level] of Object.entries(levels)) activity.heard(id, level, now);
    if (now % 100 === 0 && activity.check(now)) changes.push(`${activity.dominant} ${now - start}`);
  }
  return changes;
}

describe('a dominant speaker', () => {
  it('is who speaks first, soon', () => {
    const activity = new SpeechActivity();
    expect(run(activity, 0, 3000, { a: 25, b: 90, c: 127 })).toEqual(['a 700']);
    expect([activity.dominant, activity.previous]).toEqual(['a', []]);
  });

  it('is nobody while nobody speaks', () => {
    expect(run(new SpeechActivity(), 0, 5000, { a: 70, b: 127 })).toEqual([]);
  });

  it('is not who coughs', () => {
    const activity = new SpeechActivity();
    run(activity, 0, 2000, { a: 30, b: 127 });
    expect(run(activity, 2000, 300, { a: 30, b: 5 })).toEqual([]);
    expect(run(activity, 2300, 3000, { a: 30, b: 127 })).toEqual([]);
  });

  it('changes when another goes on after a pause, or is louder for longer', () => {
    const activity = new SpeechActivity();
    run(activity, 0, 2000, { a: 30, b: 127 });
    const [afterPause = ''] = run(activity, 2000, 3000, { a: 127, b: 30 });
    expect(afterPause).toMatch(/^b /);
    expect(Number(afterPause.slice(2))).toBeLessThanOrEqual(1_200);
    // As loud is not enough.
    expect(run(activity, 5000, 5000, { a: 28, b: 30 })).toEqual([]);
    const [louder = ''] = run(activity, 10_000, 5000, { a: 10, b: 30 });
    expect(louder).toMatch(/^a /);
    expect(Number(louder.slice(2))).toBeGreaterThanOrEqual(1_500);
    expect(activity.previous).toEqual(['b']);
  });

  it('stays when everybody is silent, or sends nothing at all', () => {
    const activity = new SpeechActivity();
    run(activity, 0, 2000, { a: 30 });
    expect(run(activity, 2000, 20_000, {})).toEqual([]);
    expect(activity.dominant).toBe('a');
    expect(run(activity, 22_000, 2000, { b: 30 })).toHaveLength(1);
  });

  it('is forgotten when it leaves; of those before it ten are remembered', () => {
    const activity = new SpeechActivity();
    for (let index = 0; index < 13; index++) run(activity, index * 2000, 2000, { [`s${index}`]: 20 });
    expect(activity.previous).toHaveLength(10);
    expect(activity.previous[0]).toBe('s11');
    activity.forget('s11');
    activity.forget('s12');
    expect([activity.dominant, activity.previous[0]]).toEqual([undefined, 's10']);
  });
});

describe('endpoints', () => {
  let rig: MediaRig;
  let alice: RigEndpoint;
  let bob: RigEndpoint;
  beforeEach(async () => {
    rig = new MediaRig();
    [alice, bob] = [(await rig.join('alice')).open(), (await rig.join('bob')).open()];
    for (const [index, endpoint] of [alice, bob].entries()) {
      endpoint.setSources(source('audio', `${endpoint.id}-a0`, [index + 1]));
    }
  });
  afterEach(() => rig.close());

  const speak = (endpoint: RigEndpoint, ssrc: number): void => {
    for (let packet = 0; packet < 100; packet++) {
      endpoint.send({ ssrc, sequenceNumber: packet }, bytes(1), { level: 25 });
      rig.clock.advance(20);
    }
  };
  const told = (endpoint: RigEndpoint): unknown[] => endpoint.heard('DominantSpeakerEndpointChangeEvent');

  it('are all told, those who come later too', async () => {
    speak(alice, 1);
    speak(bob, 2);
    const messages = [
      { dominantSpeakerEndpoint: 'alice', previousSpeakers: [], silence: false },
      { dominantSpeakerEndpoint: 'bob', previousSpeakers: ['alice'], silence: false },
    ];
    for (const endpoint of [alice, bob]) expect(told(endpoint)).toMatchObject(messages);
    const carol = (await rig.join('carol')).open();
    expect(told(carol)).toMatchObject(messages.slice(1));
    expect(carol.messages.at(-1)?.colibriClass).toBe('DominantSpeakerEndpointChangeEvent');
  });

  it('who are muted by the focus are no speakers', () => {
    alice.local.setForceMuted('audio', true);
    speak(alice, 1);
    expect(told(bob)).toEqual([]);
  });
});
