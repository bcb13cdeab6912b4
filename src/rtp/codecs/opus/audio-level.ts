/** The audio level header extension (RFC 6464, 3). */

export interface AudioLevel {
  /** 0 (loudest) to 127 (silence), in -dBov. */
  level: number;
  /** There is speech in it, by the sender's judgement. */
  voice: boolean;
}

export function parseAudioLevel(value: Uint8Array): AudioLevel | undefined {
  const [byte] = value;
  return byte === undefined ? undefined : { level: byte & 0x7f, voice: (byte & 0x80) !== 0 };
}

/** Levels out of range are taken as the nearest in it. */
export function buildAudioLevel({ level, voice }: AudioLevel): Uint8Array {
  const nearest = Math.round(Math.min(127, Math.max(0, level)));
  return Uint8Array.of((voice ? 0x80 : 0) | nearest);
}
