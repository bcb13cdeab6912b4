import { describe, expect, it } from 'vitest';
import { ParseError } from '../../../../src/base/errors.ts';
import { createOpusDecoder } from '../../../../src/media/opus/decoder.ts';
import { createOpusEncoder } from '../../../../src/media/opus/encoder.ts';
import { tone, toneShare } from '../../../support/sound.ts';
import { seededRandom } from '../../../support/random.ts';

const rates = [8000, 12_000, 16_000, 24_000, 48_000] as const;

/** Packets of a tone of 440 Hz, 20 ms each. */
async function packetsOfTone(count: number, channels: 1 | 2 = 1): Promise<Uint8Array[]> {
  const encoder = await createOpusEncoder({ sampleRate: 48_000, channels });
  const samples = tone({ frequency: 440, sampleRate: 48_000, channels, length: 960 * count });
  const packets = Array.from({ length: count }, (_, index) =>
    encoder.encode(samples.subarray(index * 960 * channels, (index + 1) * 960 * channels)),
  );
  encoder.close();
  return packets;
}

describe('Opus', () => {
  it.each(rates.flatMap((rate) => [[rate, 1] as const, [rate, 2] as const]))(
    'is what it was after decoding to %d Hz, channels: %d',
    async (sampleRate, channels) => {
      const packets = await packetsOfTone(30);
      const decoder = await createOpusDecoder({ sampleRate, channels });
      const blocks = packets.map((packet) => decoder.decode(packet));
      decoder.close();
      expect(blocks.map(({ length }) => length)).toEqual(blocks.map(() => (sampleRate / 50) * channels));
      const left = blocks
        .slice(5)
        .flatMap((block) => [...block].filter((_, index) => index % channels === 0));
      expect(toneShare(Int16Array.from(left), 440, sampleRate)).toBeGreaterThan(0.95);
    },
  );

  it.each(rates)('is made from samples of %d Hz', async (sampleRate) => {
    const encoder = await createOpusEncoder({
      sampleRate,
      channels: 2,
      application: 'audio',
      bitrate: 96_000,
    });
    const decoder = await createOpusDecoder({ sampleRate: 48_000, channels: 1 });
    const samples = tone({ frequency: 440, sampleRate, channels: 2, length: sampleRate });
    const length = (sampleRate / 50) * 2;
    const heard = Array.from({ length: 50 }, (_, index) =>
      decoder.decode(encoder.encode(samples.subarray(index * length, (index + 1) * length))),
    );
    expect(
      toneShare(Int16Array.from(heard.slice(5).flatMap((block) => [...block])), 440, 48_000),
    ).toBeGreaterThan(0.95);
    encoder.close();
    decoder.close();
  });

  it('conceals what was lost: first it goes on, then it fades out', async () => {
    const packets = await packetsOfTone(20);
    const decoder = await createOpusDecoder({ sampleRate: 48_000, channels: 1 });
    const last = packets.map((packet) => decoder.decode(packet)).at(-1);
    const made = Array.from({ length: 30 }, () => decoder.conceal(960));
    const [first, final] = [loudness(made[0]), loudness(made.at(-1))];
    expect(first).toBeGreaterThan(loudness(last) / 4);
    expect(final).toBeLessThan(first / 10);
    expect(decoder.conceal(5760)).toHaveLength(5760);
    expect(decoder.conceal(120)).toHaveLength(120);
    decoder.close();
  });

  it('recovers a packet from what the next one repeats', async () => {
    const packets = await packetsOfTone(20);
    const next = packets.at(-1) ?? new Uint8Array();
    const decoder = await createOpusDecoder({ sampleRate: 16_000, channels: 1 });
    for (const packet of packets.slice(0, -2)) decoder.decode(packet);
    expect(decoder.recover(next, 320)).toHaveLength(320);
    expect(decoder.decode(next)).toHaveLength(320);
    decoder.close();
  });

  it('is silent for a decoder that has heard nothing', async () => {
    const decoder = await createOpusDecoder({ sampleRate: 48_000, channels: 2 });
    expect(decoder.conceal(960).every((sample) => sample === 0)).toBe(true);
    decoder.close();
  });

  it('knows what it cannot take', async () => {
    const decoder = await createOpusDecoder({ sampleRate: 48_000, channels: 1 });
    const encoder = await createOpusEncoder({ sampleRate: 16_000, channels: 1 });
    for (const samples of [0, -120, 100, 5880, Number.NaN, 1.5])
      expect(() => decoder.conceal(samples)).toThrow(expect.objectContaining({ code: 'opus-samples' }));
    for (const length of [0, 319, 640])
      expect(() => encoder.encode(new Int16Array(length))).toThrow(/20 ms, 320 of them/);
    expect(() => encoder.encode(new Float32Array(320) as never)).toThrow(/Int16Array/);
    for (const codec of [decoder, encoder, decoder, encoder]) codec.close();
    const closed = expect.objectContaining({ code: 'opus-closed' });
    expect(() => decoder.decode(Uint8Array.of(0xf8))).toThrow(closed);
    expect(() => decoder.conceal(960)).toThrow(closed);
    expect(() => decoder.recover(Uint8Array.of(0xf8), 960)).toThrow(closed);
    expect(() => encoder.encode(new Int16Array(320))).toThrow(closed);
  });

  it.each([
    [{ sampleRate: 44_100, channels: 1 }, /8000, 12000, 16000, 24000 or 48000/],
    [{ sampleRate: 48_000, channels: 3 }, /1 or 2/],
    [{ sampleRate: 48_000 }, /channels/],
    [{ sampleRate: 48_000, channels: 1, bitrate: 5000 }, /6000/],
    [{ sampleRate: 48_000, channels: 1, application: 'music' }, /"voip" or "audio"/],
    [{ sampleRate: 48_000, channels: 1, bitRate: 32_000 }, /bitrate/],
  ])('refuses options that cannot be: %j', async (options, message) => {
    await expect(createOpusEncoder(options as never)).rejects.toThrow(message);
  });

  it('survives anything that pretends to be a packet', async () => {
    const bytes = seededRandom(20_261_130);
    const random = (): number => Buffer.from(bytes(4)).readUInt32LE() / 2 ** 32;
    const decoders = await Promise.all(
      ([1, 2] as const).map((channels) => createOpusDecoder({ sampleRate: 48_000, channels })),
    );
    const real = [...(await packetsOfTone(10)), ...(await packetsOfTone(10, 2))];
    let [taken, refused] = [0, 0];
    for (let round = 0; round < 1000; round += 1) {
      const packet = hostile(real, random);
      for (const decoder of decoders) {
        try {
          expect(decoder.decode(packet).length).toBeLessThanOrEqual(11_520);
          taken += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
          refused += 1;
        }
        if (round % 7 === 0) decoder.conceal(120 * (1 + Math.floor(random() * 48)));
      }
    }
    expect(taken).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(200);
    // They still do what they are for.
    for (const decoder of decoders) {
      for (const packet of real) expect(decoder.decode(packet).length % 960).toBe(0);
      decoder.close();
    }
  });
});

function hostile(real: readonly Uint8Array[], random: () => number): Uint8Array {
  const any = (limit: number): number => Math.floor(random() * limit);
  if (random() < 0.4) return Uint8Array.from({ length: any(300) }, () => any(256));
  const packet = Uint8Array.from(real[any(real.length)] ?? []);
  for (let changes = any(5); changes >= 0; changes -= 1) packet[any(packet.length)] = any(256);
  return random() < 0.3 ? packet.subarray(0, any(packet.length)) : packet;
}

function loudness(samples: Int16Array = new Int16Array()): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);
}
