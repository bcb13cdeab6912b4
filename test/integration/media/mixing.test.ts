/** Everybody but us as one sound: two people in processes of their own, each with a tone, and a tone of ours. */
import { expect, it, onTestFinished } from 'vitest';
import { join } from '../../../src/index.ts';
import { mix, type MixStream, Speaker } from '../../../src/media/index.ts';
import { jcli, startSandbox } from '../../support/jcli.ts';
import { LastMoment, tone } from '../../support/sound.ts';

/** Hz */
const sampleRate = 16_000;
const [alices, bobs, ours] = [440, 1000, 1700];
/** Of 32767: a tone that is heard, and what is left of one that is not. */
const [loud, faint] = [4_000, 400];

/** Longer than anybody listens. */
const samplesOf = (frequency: number): Int16Array =>
  tone({ frequency, sampleRate, length: 100 * sampleRate });

function speaks(url: string, nick: string, frequency: number): void {
  const program = jcli(['say', `${url}/hall`, '--nick', nick, '--rate', String(sampleRate)]);
  // It may be killed before it has read all.
  program.process.stdin.on('error', () => {});
  program.process.stdin.end(Buffer.from(samplesOf(frequency).buffer));
}

/** Reads on until what is heard is so. @param each is looked at all the time, once there is enough to be looked at */
async function listen(
  stream: MixStream,
  isSo: (moment: LastMoment) => boolean,
  each: (moment: LastMoment) => void = () => {},
): Promise<void> {
  const moment = new LastMoment(sampleRate);
  for (let block = await stream.next(); block.done !== true; block = await stream.next()) {
    moment.push(block.value.samples);
    if (!moment.isWhole) continue;
    each(moment);
    if (isSo(moment)) return;
  }
  expect.unreachable('it has ended');
}

it('has everybody but us, two at once, and not who is left out', async () => {
  const { url } = await startSandbox();
  await using conference = await join({ host: url, room: 'hall', nick: 'us' });
  using speaker = new Speaker({ sampleRate });
  const track = speaker.attach(conference);
  speaks(url, 'alice', alices);
  speaks(url, 'bob', bobs);
  const spoken = speaker.write(samplesOf(ours));
  spoken.catch(() => {});

  const all = mix(conference, { sampleRate });
  onTestFinished(() => all.close());
  const neverOurs = (moment: LastMoment): void => expect(moment.amplitudeOf(ours)).toBeLessThan(faint);
  const hasBoth = (moment: LastMoment): boolean =>
    moment.amplitudeOf(alices) > loud &&
    moment.amplitudeOf(bobs) > loud &&
    moment.shareOf(alices, bobs) > 0.95;
  await listen(all, hasBoth, neverOurs);
  // Ours is on its way all the same.
  expect(track.statistics.packets).toBeGreaterThan(0);

  const alice = [...conference.participants.values()].find(({ displayName }) => displayName === 'alice');
  const others = mix(conference, { sampleRate, without: [alice?.id ?? ''] });
  onTestFinished(() => others.close());
  const neverAlice = (moment: LastMoment): void => {
    neverOurs(moment);
    expect(moment.amplitudeOf(alices)).toBeLessThan(faint);
  };
  await listen(others, (moment) => moment.shareOf(bobs) > 0.95, neverAlice);
  expect([all.encrypted, others.encrypted]).toEqual([[], []]);
});
