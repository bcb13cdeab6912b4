import { describe, expect, it } from 'vitest';
import { resolveJoinOptions } from '../../../src/client/join-options.ts';

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
