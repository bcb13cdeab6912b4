/** Somebody who decodes what others say as it comes. Its argument: {@link HearerOptions} as JSON. */
import { join } from '../../src/index.ts';
import { createOpusDecoder } from '../../src/media/index.ts';
import { toneShare } from '../../test/support/sound.ts';
import { obey } from '../lib/obey.ts';

export interface HearerOptions {
  url: string;
  room: string;
  /** Hz, of the tone that is waited for */
  frequency: number;
}

export interface HeardFrame {
  /** ms since the epoch, when it came */
  at: number;
  /** ms */
  duration: number;
  isTone: boolean;
}

const sampleRate = 48_000;
/** Of all that is in the frame, and of full scale. */
const [leastShare, leastLevel] = [0.5, 500];
/** Frames that are remembered. */
const most = 2_000;

const { frequency, room, url: host } = JSON.parse(process.argv[2] ?? '{}') as HearerOptions;
const heard: HeardFrame[] = [];
const conference = await join({ host, room, nick: 'hearer' });
conference.on('trackAdded', ({ track }) => {
  if (track.kind === 'audio') void hear(track);
});

async function hear(
  track: Parameters<Parameters<typeof conference.on<'trackAdded'>>[1]>[0]['track'],
): Promise<void> {
  const decoder = await createOpusDecoder({ sampleRate, channels: 1 });
  for await (const { data } of track.frames()) {
    const at = performance.timeOrigin + performance.now();
    const samples = decoder.decode(data);
    const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    const isTone = loudest > leastLevel && toneShare(samples, frequency, sampleRate) > leastShare;
    heard.push({ at, duration: (samples.length / sampleRate) * 1000, isTone });
    if (heard.length > most) heard.shift();
  }
  decoder.close();
}

await obey((command) => (command.do === 'heard' ? heard : undefined));
await conference.leave();
