import { expect, it } from 'vitest';
import { buildAudioLevel, parseAudioLevel } from '../../../../src/rtp/codecs/opus/audio-level.ts';

it.each([
  [{ level: 0, voice: false }, 0x00],
  [{ level: 127, voice: false }, 0x7f],
  [{ level: 30, voice: true }, 0x9e],
])('the level %j is one byte', (level, byte) => {
  expect(buildAudioLevel(level)).toEqual(Uint8Array.of(byte));
  expect(parseAudioLevel(Uint8Array.of(byte))).toEqual(level);
});

it('levels stay in range', () => {
  expect(buildAudioLevel({ level: -3, voice: true })).toEqual(Uint8Array.of(0x80));
  expect(buildAudioLevel({ level: 200.4, voice: false })).toEqual(Uint8Array.of(0x7f));
  expect(buildAudioLevel({ level: 29.6, voice: false })).toEqual(Uint8Array.of(30));
});

it('an empty value is no level', () => {
  expect(parseAudioLevel(new Uint8Array())).toBeUndefined();
});
