import { describe, expect, it } from 'vitest';
import { SpeechDetector } from '../../../../src/client/media/speech-detector.ts';

/** What it says after each packet of 20 ms, by their levels. */
function told(levels: readonly number[], detector = new SpeechDetector(), from = 0): string {
  return levels
    .map((level, index) => {
      detector.heard(level, from + index * 20);
      return detector.isSpeaking ? 'x' : '.';
    })
    .join('');
}

const packets = (level: number, count: number): number[] => Array.from({ length: count }, () => level);

describe('a source', () => {
  it('begins to speak after a tenth of a second that is loud', () => {
    expect(told(packets(30, 8))).toBe('....xxxx');
    expect(told(packets(50, 8))).toBe('........');
  });

  it('knows when it began, and when it was loud last', () => {
    const detector = new SpeechDetector();
    told([70, 70, ...packets(30, 3), 70, ...packets(30, 6), ...packets(70, 10)], detector);
    expect([detector.isSpeaking, detector.startedAt, detector.loudUntil]).toEqual([true, 40, 240]);
  });

  it('does not for clicks', () => {
    expect(
      told([...packets(10, 3), ...packets(127, 3), ...packets(10, 3), ...packets(127, 3)]),
    ).not.toContain('x');
  });

  it('ends 600 ms after the last that was loud; a little quieter goes on', () => {
    const detector = new SpeechDetector();
    told(packets(30, 6), detector);
    expect(told(packets(54, 30), detector, 120)).toBe('x'.repeat(30));
    expect(told(packets(60, 32), detector, 720)).toBe(`${'x'.repeat(30)}..`);
  });

  it('waits as long as it is told', () => {
    const detector = new SpeechDetector({ release: 200 });
    told(packets(30, 5), detector);
    expect(told(packets(90, 12), detector, 100)).toBe(`${'x'.repeat(10)}..`);
  });

  it('ends without packets too', () => {
    const detector = new SpeechDetector();
    told(packets(30, 6), detector);
    expect(detector.endsAt).toBe(720);
    expect([detector.passed(719), detector.isSpeaking]).toEqual([false, true]);
    expect([detector.passed(720), detector.isSpeaking, detector.endsAt]).toEqual([true, false, undefined]);
  });

  it('ends before it begins again, though nobody has looked meanwhile', () => {
    const detector = new SpeechDetector();
    told(packets(30, 6), detector);
    expect([detector.heard(30, 5_000), detector.isSpeaking]).toEqual([true, false]);
    expect(told(packets(30, 4), detector, 5_020)).toBe('...x');
    expect(detector.startedAt).toBe(5_000);
  });

  it('begins anew after its end, however soon', () => {
    const detector = new SpeechDetector();
    told(packets(30, 6), detector);
    detector.end();
    expect(told(packets(30, 5), detector, 120)).toBe('....x');
    expect(detector.startedAt).toBe(120);
  });

  it('may be heard out of order, and what was loud long ago does not count', () => {
    const detector = new SpeechDetector();
    for (const at of [0, 40, 20, 60]) detector.heard(30, at);
    detector.heard(30, 10_000);
    expect(detector.isSpeaking).toBe(false);
    for (const at of [10_020, 10_060, 10_040, 10_080]) detector.heard(30, at);
    expect([detector.isSpeaking, detector.startedAt]).toEqual([true, 10_000]);
  });
});

describe('noise that is there all the time', () => {
  it('is no speech before long, and speech is what is louder', () => {
    const detector = new SpeechDetector();
    const fan = told(packets(45, 900), detector);
    expect(fan).toContain('x');
    expect(fan.endsWith('.'.repeat(200))).toBe(true);
    expect(told(packets(25, 6), detector, 18_000)).toBe('....xx');
    expect(told(packets(45, 40), detector, 18_120)).toMatch(/x\.+$/);
  });

  it('is quiet in a quiet room, where a soft voice is heard', () => {
    const detector = new SpeechDetector();
    told(packets(85, 100), detector);
    expect(told(packets(54, 8), detector, 2_000)).toBe('....xxxx');
  });

  it('never becomes so loud that a voice is lost in it', () => {
    const detector = new SpeechDetector();
    expect(told(packets(20, 6_000), detector)).toBe(`....${'x'.repeat(5_996)}`);
  });
});
