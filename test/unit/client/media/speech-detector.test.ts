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
    expect(told(packets(30, 8))).toBe('.....xxx');
    expect(told(packets(50, 8))).toBe('........');
  });

  it('does not for clicks', () => {
    expect(
      told([...packets(10, 3), ...packets(127, 3), ...packets(10, 3), ...packets(127, 3)]),
    ).not.toContain('x');
  });

  it('ends 600 ms after the last that was loud; a little quieter goes on', () => {
    const detector = new SpeechDetector();
    told(packets(30, 6), detector);
    expect(told(packets(54, 40), detector, 120)).toBe('x'.repeat(40));
    expect(told(packets(60, 31), detector, 920)).toBe(`${'x'.repeat(29)}..`);
  });

  it('ends without packets too', () => {
    const detector = new SpeechDetector();
    told(packets(30, 6), detector);
    expect(detector.endsAt).toBe(700);
    expect([detector.passed(699), detector.isSpeaking]).toEqual([false, true]);
    expect([detector.passed(700), detector.isSpeaking, detector.endsAt]).toEqual([true, false, undefined]);
  });

  it('may be heard out of order, and after a long silence', () => {
    const detector = new SpeechDetector();
    for (const at of [0, 40, 20, 60, 50]) detector.heard(30, at);
    expect(detector.isSpeaking).toBe(false);
    detector.heard(30, 10_000);
    expect(detector.isSpeaking).toBe(true);
  });
});
