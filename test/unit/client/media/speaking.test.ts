import { describe, expect, it } from 'vitest';
import { Speaking } from '../../../../src/client/media/speaking.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

class Rig {
  readonly clock = new ManualClock(1_000);
  readonly told: string[] = [];
  readonly microphone = { endpointId: 'ab', name: 'ab-a0' };
  readonly music = { endpointId: 'ab', name: 'ab-a1' };
  readonly speaking = new Speaking<{ endpointId: string; name: string }>({
    clock: this.clock,
    changed: ({ endpointId }, isSpeaking) =>
      this.told.push(`${endpointId} ${isSpeaking} ${this.clock.now()}`),
  });

  /** 200 ms of it. */
  speak(source: { endpointId: string; name: string }): void {
    for (let packet = 0; packet < 10; packet += 1) {
      this.speaking.heard(source, 20, this.clock.now());
      this.clock.advance(20);
    }
  }
}

describe('somebody', () => {
  it('is told to speak, and to speak no more when nothing comes', () => {
    const rig = new Rig();
    rig.speak(rig.microphone);
    rig.clock.advance(5_000);
    expect(rig.told).toEqual(['ab true 1080', 'ab false 1800']);
    rig.speak(rig.microphone);
    expect(rig.told).toHaveLength(3);
  });

  it('speaks as long as one of the sources does', () => {
    const rig = new Rig();
    rig.speak(rig.microphone);
    rig.speak(rig.music);
    rig.speaking.gone(rig.microphone);
    expect(rig.told).toEqual(['ab true 1080']);
    rig.speaking.gone(rig.music);
    expect(rig.told).toEqual(['ab true 1080', 'ab false 1400']);
  });

  it('is not looked for any more at the end', () => {
    const rig = new Rig();
    rig.speak(rig.microphone);
    rig.speaking.close();
    rig.clock.advance(5_000);
    expect(rig.told).toEqual(['ab true 1080']);
  });
});
