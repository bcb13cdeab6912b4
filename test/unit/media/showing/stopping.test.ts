import { describe, expect, it } from 'vitest';
import { withResolvers } from '../../../../src/base/resolvers.ts';
import { ffmpegOutput } from '../../../../src/media/ffmpeg/run-ffmpeg.ts';
import { encodePicture } from '../../../../src/media/showing/encode-picture.ts';
import { showPicture } from '../../../../src/media/showing/show-picture.ts';
import { type ShowingConference, showVideo } from '../../../../src/media/showing/show-video.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

class FakeTrack {
  isStopped = false;
  readonly muted = false;
  sent = 0;
  readonly #stopped: (() => void)[] = [];

  on(event: string, listener: () => void): () => void {
    if (event === 'stopped') this.#stopped.push(listener);
    return () => {};
  }

  ready(): Promise<boolean> {
    return Promise.resolve(true);
  }

  send(): boolean {
    this.sent += 1;
    return true;
  }

  stop(): void {
    this.isStopped = true;
    for (const listener of this.#stopped) listener();
  }
}

/** @param added is called in between */
function room(track: FakeTrack, added: () => void = () => {}): ShowingConference {
  const addTrack = (): FakeTrack => {
    added();
    return track;
  };
  return { addTrack } as unknown as ShowingConference;
}

function encode(...encoder: string[]): Promise<Uint8Array> {
  return ffmpegOutput({
    purpose: 'to test',
    inputs: [{ lavfi: 'color=red:size=64x48' }],
    output: ['-frames:v', '1', ...encoder],
  });
}

const png = encode('-c:v', 'png', '-f', 'image2pipe');

async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('a picture that is on its way', () => {
  it.each(['it is stopped', 'the conference ends', 'the signal is aborted'])(
    'is not shown any more when %s',
    async (way) => {
      const [clock, track, controller] = [new ManualClock(), new FakeTrack(), new AbortController()];
      const { signal } = controller;
      const shown = await showPicture(room(track), await png, { signal }, clock);
      const { promise, resolve } = withResolvers<Uint8Array>();
      const asked = withResolvers();
      const next = shown.show(
        (async function* () {
          asked.resolve();
          yield await promise;
        })(),
      );
      await asked.promise;
      if (way === 'it is stopped') shown.stop();
      else if (way === 'the conference ends') track.stop();
      else controller.abort();
      await expect(next).rejects.toMatchObject({ code: 'showing-over' });
      await shown.done;
      const { sent } = track;
      resolve(await png);
      // Time enough for another ffmpeg, which is not run for it.
      await encodePicture(await png, {}, { maxHeight: 48, ffmpeg: undefined, signal: undefined });
      await settle();
      clock.advance(10_000);
      await settle();
      expect(track.sent).toBe(sent);
    },
  );
});

describe('a signal that is aborted while a track is added', () => {
  it('ends a picture', async () => {
    const [track, controller] = [new FakeTrack(), new AbortController()];
    const { signal } = controller;
    const shown = await showPicture(
      room(track, () => controller.abort()),
      await png,
      { signal },
    );
    await shown.done;
    expect(track).toMatchObject({ isStopped: true, sent: 0 });
  });

  it('ends a film', async () => {
    const [track, controller] = [new FakeTrack(), new AbortController()];
    const { signal } = controller;
    const film = await encode('-c:v', 'libvpx', '-f', 'ivf');
    const shown = await showVideo(
      room(track, () => controller.abort()),
      film,
      { signal },
    );
    await shown.done;
    expect(track).toMatchObject({ isStopped: true, sent: 0 });
  });
});

it('a picture is as high as it is where no limit is wanted', async () => {
  const track = new FakeTrack();
  const shown = await showPicture(room(track), await png, { maxHeight: Number.POSITIVE_INFINITY });
  shown.stop();
  await shown.done;
});
