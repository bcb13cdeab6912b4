import { describe, expect, it } from 'vitest';
import type { LocalFrame } from '../../../../src/client/media/track-types.ts';
import type { EncodedFrame, EncodedTrack, Media } from '../../../../src/media/container/media.ts';
import { FilmFrames } from '../../../../src/media/showing/film-frames.ts';
import { playFilm } from '../../../../src/media/showing/play-film.ts';
import type { PlayedFilm } from '../../../../src/media/showing/played-film.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

class FakeTrack implements EncodedTrack {
  readonly frames: EncodedFrame[];
  #next = 0;

  constructor(frames: EncodedFrame[]) {
    this.frames = frames;
  }

  read(): Promise<EncodedFrame | undefined> {
    return Promise.resolve(this.frames[this.#next++]);
  }

  seek(): Promise<void> {
    this.#next = 0;
    return Promise.resolve();
  }

  [Symbol.asyncIterator](): AsyncIterator<EncodedFrame> {
    throw new Error('not this way');
  }
}

/** Pictures every 40 ms, every `gop`-th a key frame; their first byte counts them. */
function pictures(count: number, gop: number): EncodedFrame[] {
  return Array.from({ length: count }, (_, index) => {
    return { data: Uint8Array.of(index), at: index * 40, duration: 40, keyFrame: index % gop === 0 };
  });
}

function sounds(count: number): EncodedFrame[] {
  return Array.from({ length: count }, (_, index) => {
    return { data: Uint8Array.of(index, 1, 1), at: index * 20, duration: 20, keyFrame: true };
  });
}

function media(video: EncodedFrame[], audio?: EncodedFrame[], isSeekable = true): Media {
  const pictured = Object.assign(new FakeTrack(video), { codec: 'vp8', width: 64, height: 48 });
  const heard =
    audio && Object.assign(new FakeTrack(audio), { codec: 'opus', channels: 2, sampleRate: 48_000 });
  const close = (): void => {};
  return {
    format: 'webm',
    video: pictured,
    ...(heard && { audio: heard }),
    isSeekable,
    close,
    [Symbol.dispose]: close,
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) await Promise.resolve();
}

class Rig {
  readonly clock = new ManualClock(1_000_000);
  readonly sent: string[] = [];
  readonly rounds: number[] = [];
  readonly times: number[] = [];
  ending: { failure?: unknown } | undefined;
  readonly player: PlayedFilm;

  constructor(frames: Pick<FilmFrames, 'next'>, options: { live?: boolean; mayJump?: boolean } = {}) {
    this.player = playFilm(
      frames,
      {
        clock: this.clock,
        send: (kind, frame: LocalFrame) => {
          this.sent.push(`${kind === 'video' ? (frame.keyFrame ? 'K' : 'p') : 'a'}${frame.data[0]}`);
          this.times.push(frame.timestamp - 1_000_000);
        },
        roundBegan: (round) => this.rounds.push(round),
        ended: (failure) => {
          this.ending = failure ? { failure: failure.error } : {};
        },
      },
      { live: false, mayJump: false, ...options },
    );
  }

  /** Time passes in small steps, and what is read in between is there. */
  async passes(duration: number): Promise<void> {
    for (let left = duration; left > 0; left -= 10) {
      await settle();
      this.clock.advance(Math.min(10, left));
    }
    await settle();
  }
}

describe('a film', () => {
  it('has its pictures and its sound in one order', async () => {
    const frames = new FilmFrames(media(pictures(3, 3), sounds(4)), { loop: false, sound: true });
    const order: string[] = [];
    for (let next = await frames.next(); next; next = await frames.next())
      order.push(`${next.kind[0]}${next.at}`);
    expect(order).toEqual(['v0', 'a0', 'a20', 'v40', 'a40', 'a60', 'v80']);
  });

  it('goes on in time from round to round', async () => {
    const frames = new FilmFrames(media(pictures(2, 2), sounds(5)), { loop: true, sound: false });
    const times: number[] = [];
    for (let count = 0; count < 5; count += 1) times.push((await frames.next())?.at ?? -1);
    expect(times).toEqual([0, 40, 80, 120, 160]);
  });

  it('cannot be looped when it comes once only', () => {
    expect(
      () => new FilmFrames(media(pictures(2, 2), undefined, false), { loop: true, sound: false }),
    ).toThrow(expect.objectContaining({ code: 'media-not-seekable', kind: 'usage' }));
  });

  it('is refused where pictures come in another order than they are shown', async () => {
    const [first, second, third] = pictures(3, 3);
    const inOtherOrder = [first, third, second].filter((frame) => frame !== undefined);
    const frames = new FilmFrames(media(inOtherOrder), {
      loop: false,
      sound: false,
    });
    await frames.next();
    await frames.next();
    await expect(frames.next()).rejects.toMatchObject({ code: 'video-reordered', kind: 'media' });
  });
});

describe('a film that is shown', () => {
  const film = (count: number, gop: number, loop = false): FilmFrames =>
    new FilmFrames(media(pictures(count, gop)), { loop, sound: false });

  it('begins when it is told to, has its own pace, and ends when the last picture was shown', async () => {
    const rig = new Rig(film(4, 2));
    await rig.passes(500);
    expect(rig.sent).toEqual([]);
    rig.player.start();
    await rig.passes(100);
    expect(rig.sent).toEqual(['K0', 'p1', 'K2']);
    expect(rig.ending).toBeUndefined();
    await rig.passes(100);
    expect(rig.sent).toEqual(['K0', 'p1', 'K2', 'p3']);
    expect(rig.times).toEqual([500, 540, 580, 620]);
    expect([rig.ending, rig.rounds]).toEqual([{}, [1]]);
    expect(rig.clock.pending).toBe(0);
  });

  it('keeps sound and picture together', async () => {
    const rig = new Rig(new FilmFrames(media(pictures(3, 3), sounds(6)), { loop: false, sound: true }));
    rig.player.start();
    await rig.passes(200);
    expect(rig.sent).toEqual(['K0', 'a0', 'a1', 'p1', 'a2', 'a3', 'p2', 'a4', 'a5']);
    expect(rig.times).toEqual([0, 0, 20, 40, 40, 60, 80, 80, 100]);
  });

  it('goes on at its next key frame where it may, when one is needed', async () => {
    const rig = new Rig(film(10, 5, true), { mayJump: true });
    rig.player.start();
    await rig.passes(50);
    rig.player.requestKeyFrame();
    await rig.passes(80);
    expect(rig.sent).toEqual(['K0', 'p1', 'K5', 'p6']);
    expect(rig.times).toEqual([0, 40, 80, 120]);
    rig.player.stop();
    await rig.passes(500);
    expect(rig.sent).toHaveLength(4);
    expect(rig.clock.pending).toBe(0);
  });

  it('skips to a key frame that is further away than what is read ahead', async () => {
    const rig = new Rig(film(100, 90, true), { mayJump: true });
    rig.player.start();
    await rig.passes(50);
    rig.player.requestKeyFrame();
    await rig.passes(70);
    expect(rig.sent).toEqual(['K0', 'p1', 'K90', 'p91']);
    rig.player.stop();
  });

  it('goes on where no key frame is found in a whole round', async () => {
    const frames = pictures(3, 3).map((frame) => ({ ...frame, keyFrame: false }));
    const rig = new Rig(new FilmFrames(media(frames), { loop: true, sound: false }), { mayJump: true });
    rig.player.start();
    await rig.passes(100);
    rig.player.requestKeyFrame();
    await rig.passes(100);
    expect(rig.sent.slice(0, 4)).toEqual(['p0', 'p1', 'p2', 'p0']);
    rig.player.stop();
  });

  it('goes on as it is where it may not', async () => {
    const rig = new Rig(film(10, 5));
    rig.player.start();
    await rig.passes(50);
    rig.player.requestKeyFrame();
    await rig.passes(80);
    expect(rig.sent).toEqual(['K0', 'p1', 'p2', 'p3']);
  });

  it('is read no further ahead than a little', async () => {
    const all = pictures(1_000, 10);
    let read = 0;
    const frames = film(1, 1);
    const rig = new Rig({
      next: () => {
        const frame = all[read++];
        return Promise.resolve(frame && { kind: 'video' as const, frame, at: frame.at, round: 1 });
      },
    });
    frames.close();
    await settle();
    expect(read).toBe(64);
    rig.player.start();
    await rig.passes(400);
    expect(read).toBeLessThan(80);
  });

  it('waits where nothing is there in time, and fails with what its reader fails with', async () => {
    const all = pictures(4, 4);
    const waiting: (() => void)[] = [];
    let read = 0;
    const failure = new Error('the disk is broken');
    const rig = new Rig({
      next: async () => {
        const frame = all[read++];
        if (read > 2) await new Promise<void>((resolve) => waiting.push(resolve));
        if (!frame) throw failure;
        return { kind: 'video', frame, at: frame.at, round: 1 };
      },
    });
    rig.player.start();
    await rig.passes(1_000);
    expect(rig.sent).toEqual(['K0']);
    waiting.shift()?.();
    await rig.passes(100);
    waiting.shift()?.();
    await rig.passes(100);
    expect(rig.sent).toEqual(['K0', 'p1', 'p2']);
    expect(rig.times[1]).toBeGreaterThanOrEqual(1_000);
    waiting.shift()?.();
    await rig.passes(10);
    expect(rig.ending).toEqual({ failure });
  });

  it('passes what is live on at once, on a clock that goes on', async () => {
    const waiting: (() => void)[] = [];
    const all = pictures(4, 4);
    let read = 0;
    const rig = new Rig(
      {
        next: async () => {
          const frame = all[read++];
          await new Promise<void>((resolve) => waiting.push(resolve));
          return frame && { kind: 'video', frame, at: frame.at, round: 1 };
        },
      },
      { live: true },
    );
    for (const pause of [0, 45, 35, 2_000]) {
      await rig.passes(pause);
      waiting.shift()?.();
      await settle();
    }
    expect(rig.sent).toEqual(['K0', 'p1', 'p2', 'p3']);
    // A little sooner or later is the network's; after two seconds the stream's clock means nothing any more.
    expect(rig.times).toEqual([0, 40, 80, 2_080]);
    waiting.shift()?.();
    await settle();
    expect(rig.ending).toEqual({});
  });
});
