import { describe, expect, it } from 'vitest';
import { type LevelSource, Loudness } from '../../../../src/media/hearing/loudness.ts';
import { FakeDecoder, FakeSender } from './sounds.ts';

/** Of samples that are all the same, and their level. */
const [loud, loudLevel, soft, softLevel] = [3_277, 20, 10, 70];

/** A sound of any loudness, in frames of one decoder's kind. */
class LoudDecoder extends FakeDecoder {
  override decode(packet: Uint8Array): Int16Array {
    return super.decode(packet).fill(packet[1] === 1 ? loud : soft);
  }
}

class Rig {
  readonly sender = new FakeSender();
  readonly decoders: LoudDecoder[] = [];
  readonly loudness: Loudness;

  constructor(source: LevelSource = 'auto') {
    this.loudness = new Loudness(source, () => {
      const decoder = new LoudDecoder();
      this.decoders.push(decoder);
      return Promise.resolve(decoder);
    });
  }

  get decoded(): number {
    return this.decoders.reduce((sum, { decoded }) => sum + decoded, 0);
  }

  /** @returns the level of the last */
  async hear(seconds: number, isLoud: boolean, said?: number): Promise<number> {
    let level = 0;
    for (const frame of this.sender.frames(seconds * 50, isLoud ? 1 : 0, said))
      level = await this.loudness.of(frame);
    return level;
  }
}

describe('a level', () => {
  it('is what the header says, and hardly anything is decoded', async () => {
    const rig = new Rig();
    expect(await rig.hear(60, true, 22)).toBe(22);
    expect(rig.loudness.isMeasured).toBe(false);
    expect(rig.decoded).toBe(35);
    expect(rig.decoders.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('is heard where there is no header', async () => {
    const rig = new Rig();
    expect(await rig.hear(0.1, true)).toBe(loudLevel);
    expect(await rig.hear(0.1, false)).toBe(softLevel);
    expect(rig.decoders).toHaveLength(1);
  });

  it.each([
    ['is always silence', true, 127, loudLevel],
    ['is always loud', false, 10, softLevel],
  ])('is heard where the header %s', async (_, isLoud, said, heard) => {
    const rig = new Rig();
    expect(await rig.hear(1, isLoud, said)).toBe(said);
    expect(await rig.hear(3, isLoud, said)).toBe(heard);
    expect(rig.loudness.isMeasured).toBe(true);
  });

  it('is believed where both say that there is nothing', async () => {
    const rig = new Rig();
    await rig.hear(10, false, 127);
    expect(rig.loudness.isMeasured).toBe(false);
  });

  it('is silence in packets that only say so', () => {
    const rig = new Rig('sound');
    const { audioLevel: _, ...frame } = rig.sender.frame();
    return expect(Promise.resolve(rig.loudness.of({ ...frame, data: Uint8Array.of(0xf8) }))).resolves.toBe(
      127,
    );
  });

  it('is silence in what is no Opus', async () => {
    const rig = new Rig('sound');
    expect(await rig.loudness.of({ ...rig.sender.frame(), data: Uint8Array.of(0xd8, 1, 1) })).toBe(127);
  });

  it('comes from one of them alone, by choice', async () => {
    const [header, sound] = [new Rig('header'), new Rig('sound')];
    expect([await header.hear(10, true, 127), await header.hear(1, true), header.decoded]).toEqual([
      127, 127, 0,
    ]);
    expect([await sound.hear(1, true, 60), sound.decoded]).toEqual([loudLevel, 50]);
  });

  it('leaves no decoder behind', async () => {
    const rig = new Rig('sound');
    const level = rig.loudness.of(rig.sender.frame());
    rig.loudness.close();
    await level;
    expect(rig.decoders[0]?.isClosed).toBe(true);
  });
});
