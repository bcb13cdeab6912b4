/** Somebody speaks in another process while the media session moves to another transport. */
import { join as joinPath } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Conference, join, type RemoteTrack } from '../../../src/index.ts';
import { pcm, utterances } from '../../../src/media/index.ts';
import type { PcmBlock } from '../../../src/media/sound/pcm-block.ts';
import { Program } from '../../support/process.ts';
import { SandboxProcess } from '../../support/sandbox-process.ts';
import { waitFor } from '../../support/wait.ts';

const script = joinPath(import.meta.dirname, '../../support/speakers-process.mjs');

/** What is said when, one phrase after the other, for 11 s: ms. Pauses within are shorter than 0.5 s. */
const phrases = [1_320, 1_220, 1_480];
const says = Array.from({ length: 8 }, (_, index) => index % 3).reduce<[number, number][]>((plan, phrase) => {
  const [at, before] = plan.at(-1) ?? [500, undefined];
  const length = before === undefined ? 0 : (phrases[before] ?? 0) + 20;
  return [...plan, [at + length, phrase]];
}, []);

interface Heard {
  start: number;
  end: number;
  reason: string;
  /** ms of its sound */
  length: number;
}

interface Meeting {
  sandbox: SandboxProcess;
  conference: Conference;
  track: RemoteTrack;
  /** Begins to speak; resolves when somebody is heard. */
  speak(): Promise<void>;
  /** When all of it was said: ms since the epoch. */
  said(): Promise<{ start: number; end: number }>;
}

async function meet(): Promise<Meeting> {
  const sandbox = await SandboxProcess.start({});
  onTestFinished(() => sandbox[Symbol.asyncDispose]());
  const conference = await join({ host: sandbox.url, room: 'hall', nick: 'listener' });
  onTestFinished(() => conference.leave());
  const people = [{ name: 'alice', levels: 'right', idle: 'quiet', says }];
  const speakers = new Program(process.execPath, [script, sandbox.url, 'hall', JSON.stringify(people)]);
  onTestFinished(() => void speakers.stop('SIGKILL'));
  await speakers.waitForObject({ type: 'ready' });
  const track = await waitFor(() => [...conference.tracks.values()].find(({ kind }) => kind === 'audio'), {
    what: 'track',
  });
  await waitFor(() => track.statistics.packets > 0, { what: 'packet' });
  const stretches = (): { start: number; end: number }[] =>
    speakers.objects.filter(({ type }) => type === 'said') as never;
  return {
    sandbox,
    conference,
    track,
    speak: async () => speakers.writeLine('go'),
    async said() {
      await speakers.waitFor(() => stretches().length === says.length || undefined, 'all that is said');
      return { start: stretches()[0]?.start ?? 0, end: stretches().at(-1)?.end ?? 0 };
    },
  };
}

/** Hears all that is said. */
function hear(
  conference: Conference,
  silence: number,
): { heard: Heard[]; begun: () => number; close: () => void } {
  const heard: Heard[] = [];
  let begun = 0;
  const all = utterances(conference, { sampleRate: 16_000, silence });
  onTestFinished(() => all.close());
  const read = async (): Promise<void> => {
    for await (const { audio, ended, start } of all) {
      begun += 1;
      void (async () => {
        let length = 0;
        for await (const { samples } of audio) length += samples.length / 16;
        heard.push({ ...(await ended), start, length });
      })();
    }
  };
  void read();
  return { heard, begun: () => begun, close: () => all.close() };
}

/** Blocks of a track as they come. */
function record(track: RemoteTrack): PcmBlock[] {
  const blocks: PcmBlock[] = [];
  const stream = pcm(track, { sampleRate: 8_000 });
  onTestFinished(() => stream.close());
  void (async () => {
    for await (const block of stream) blocks.push(block);
  })();
  return blocks;
}

const endOf = ({ samples, timestamp }: PcmBlock): number => timestamp + samples.length / 8;

describe('a session that moves while somebody speaks', () => {
  it.each([
    ['the one that listens', (conference: Conference) => [conference.endpointId]],
    ['all of them', () => []],
  ])(
    '%s: what is said goes on as one, with silence where nothing came, and the gap is told',
    async (_, whom) => {
      const { conference, sandbox, said, speak, track } = await meet();
      const { begun, close, heard } = hear(conference, Infinity);
      const blocks = record(track);
      await speak();
      await waitFor(() => begun() > 0, { what: 'utterance' });
      const { session } = conference;
      // Offers come late, so that the gap is one.
      await sandbox.fault('delay', 300);
      const moved = Date.now();
      await sandbox.fault('moveBridge', 'hall', ...whom(conference));
      await waitFor(() => conference.session !== session && conference.session, { what: 'session' });
      await waitFor(() => track.statistics.gaps > 0, { what: 'gap' });
      await sandbox.fault('delay', 0);
      const script = await said();
      const heardUntil = (): number => endOf(blocks.at(-1) ?? ({ samples: [], timestamp: 0 } as never));
      await waitFor(() => heardUntil() > script.end + 500, { what: 'silence after all' });
      close();
      await waitFor(() => heard.length > 0, { what: 'end of the utterance' });
      expect(track.statistics.gaps).toBe(1);
      expect(track.statistics.lastGap).toBeGreaterThan(200);
      expect(track.statistics.lastGap).toBeLessThan(10_000);
      expect([...conference.tracks.values()]).toContain(track);

      // All of what was said, once, as long as it took.
      expect([begun(), heard.map(({ reason }) => reason)]).toEqual([1, ['closed']]);
      const [{ end, length, start } = { end: 0, length: 0, start: 0 }] = heard;
      expect(Math.abs(start - script.start)).toBeLessThan(1_000);
      expect(Math.abs(end - script.end)).toBeLessThan(1_000);
      // By the times of capture, which are corrected by up to 5 %; with a little before and after.
      expect(length).toBeGreaterThan((end - start) * 0.95);
      expect(length).toBeLessThan((end - start + 440) * 1.05);

      // Real time whatever happens, and sound again behind the gap.
      for (const [index, block] of blocks.slice(1).entries())
        expect(Math.abs(block.timestamp - endOf(blocks[index] ?? block))).toBeLessThan(0.01);
      const inGap = blocks.filter(
        ({ origin, timestamp }) =>
          origin === 'silence' && timestamp > moved - 1_000 && timestamp < script.end,
      );
      expect(inGap.length * 20).toBeGreaterThan(100);
      expect(blocks.some(({ origin, timestamp }) => origin === 'decoded' && timestamp > moved + 1_000)).toBe(
        true,
      );
    },
  );

  it('for longer than the silence that ends what is said: that is two, and no more', async () => {
    const { conference, sandbox, said, speak } = await meet();
    const { begun, heard } = hear(conference, 600);
    await speak();
    await waitFor(() => begun() > 0, { what: 'utterance' });
    await sandbox.fault('delay', 2_000);
    const moved = Date.now();
    await sandbox.fault('moveBridge', 'hall', conference.endpointId);
    await waitFor(() => heard.length > 0, { what: 'end of the first' });
    await sandbox.fault('delay', 0);
    const script = await said();
    await waitFor(() => heard.length > 1, { what: 'end of the second' });
    const [first, second] = heard;
    expect([heard.length, begun()]).toEqual([2, 2]);
    expect(heard.map(({ reason }) => reason)).toEqual(['silence', 'silence']);
    expect(Math.abs((first?.end ?? 0) - moved)).toBeLessThan(1_500);
    expect(second?.start).toBeGreaterThan((first?.end ?? 0) + 600);
    expect(Math.abs((second?.end ?? 0) - script.end)).toBeLessThan(1_000);
  });
});
