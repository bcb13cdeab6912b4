/** Somebody with a `Speaker`, who begins to speak and stops when told. Its argument: `url`, `room` and `frequency` as JSON. */
import { join } from '../../src/index.ts';
import { Speaker } from '../../src/media/index.ts';
import { tone } from '../../test/support/sound.ts';
import { obey } from '../lib/obey.ts';
import type { HearerOptions } from './hearer-process.ts';

const sampleRate = 24_000;

const { frequency, room, url: host } = JSON.parse(process.argv[2] ?? '{}') as HearerOptions;
const conference = await join({ host, room, nick: 'speaker' });
conference.requestAudio({ all: false });
const speaker = new Speaker({ sampleRate });
const track = speaker.attach(conference);
await track.ready();
const second = tone({ frequency, sampleRate, length: sampleRate });
// Loads the encoder; nobody is there to hear it who was not before.
await speaker.write(second.subarray(0, sampleRate / 50));
await speaker.drained();

const now = (): number => performance.timeOrigin + performance.now();
await obey((command) => {
  const at = now();
  if (command.do === 'speak') void speaker.write(second).catch(() => {});
  else if (command.do === 'clear') speaker.clear();
  return at;
});
speaker.close();
await conference.leave();
