import { describe, expect, it } from 'vitest';
import { steadyClock, systemClock } from '../../../src/base/clock.ts';
import { type JoinOptions, type JoinWay, resolveJoinOptions } from '../../../src/client/join-options.ts';
import { congestionFeatures, feature } from '../../../src/jitsi/features.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const meeting = 'https://meet.test/standup';

describe('resolveJoinOptions', () => {
  it('shares what is known of hosts between joins', () => {
    const memories = [1, 2].map(() => resolveJoinOptions(meeting, {}, 'room').conference.memory);
    expect(memories[0]).toBe(memories[1]);
  });

  it('keeps what was fetched without checking certificates from those who check', () => {
    const secure = resolveJoinOptions(meeting, {}, 'room').conference.memory;
    expect(resolveJoinOptions(meeting, { insecure: true }, 'room').conference.memory).not.toBe(secure);
  });

  it('announces retransmissions and feedback where RTP is ours, and what is asked for', () => {
    const features = (options: JoinOptions, way: JoinWay): readonly string[] =>
      resolveJoinOptions(meeting, options, way).conference.features;
    for (const name of congestionFeatures) {
      expect(features({}, 'join')).toContain(name);
      expect(features({ congestionControl: false }, 'join')).not.toContain(name);
      expect(features({ media: false, congestionControl: true }, 'join')).not.toContain(name);
      expect(features({}, 'session')).not.toContain(name);
      expect(features({ congestionControl: true }, 'session')).toContain(name);
    }
    expect(features({}, 'join')).not.toContain(feature.ssrcRewriting);
    expect(features({ ssrcRewriting: true }, 'join')).toContain(feature.ssrcRewriting);
  });

  it('has a clock for media that does not jump, unless it is given one', () => {
    const clock = new ManualClock();
    expect(resolveJoinOptions(meeting, {}, 'join').mediaClock).toBe(steadyClock);
    expect(resolveJoinOptions(meeting, { clock }, 'join').mediaClock).toBe(clock);
    expect(resolveJoinOptions(meeting, { mediaClock: clock }, 'join')).toMatchObject({
      clock: systemClock,
      mediaClock: clock,
    });
  });

  it('refuses endpoint ids that no room takes', () => {
    for (const endpointId of ['', 'has-hyphen', '_first', 'focus', 'ä']) {
      expect(() => resolveJoinOptions(meeting, { endpointId }, 'room'), endpointId).toThrow(
        expect.objectContaining({ code: 'endpoint-id-invalid' }),
      );
    }
    expect(resolveJoinOptions(meeting, { endpointId: 'Robot_7' }, 'room').conference.endpointId).toBe(
      'Robot_7',
    );
  });
});
