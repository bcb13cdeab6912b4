/** One process that listens, records or decodes what so many send, in turns. */
import { spread } from '../bridge/statistics.mjs';
import { measure, onStage } from './stage.mjs';

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const percent = (share) => (share * 100).toFixed(2);
const median = (values) => spread(values).median;

/** @returns for each use a measurement a round */
export function measureUses({ count, picture, uses }, { rounds, seconds, say }) {
  return onStage({ count, picture }, async (start) => {
    const listener = await start('toolkit/listener.mjs', '--expose-gc');
    const results = Object.fromEntries(uses.map((use) => [use, []]));
    for (let round = 0; round < rounds; round++)
      for (const use of round % 2 === 0 ? uses : uses.toReversed()) {
        const result = await measure(listener, use, seconds);
        results[use].push(result);
        say(
          `${count} ${picture ? 'with cameras' : 'speak'}, round ${round + 1}/${rounds}, ${use}: ${percent(result.cpu)} % of a core`,
        );
      }
    return { count, hasCamera: picture !== undefined, uses: results };
  });
}

/** Of CPU, round by round: what drifts from round to round is in both. */
function ratio(of, to) {
  const { median: middle, min, max } = spread(of.map(({ cpu }, round) => cpu / to[round].cpu));
  return { middle, text: `${middle.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})` };
}

const verdict = (figure, goal) => `goal ${goal}: ${figure <= goal ? 'met' : 'missed'}`;

export function printRecording(results, goal = 1.3) {
  console.log(
    '\nRecording: % of a core and MB of the process; in parentheses of each participant; packets a second',
  );
  for (const { count, hasCamera, uses } of results) {
    console.log(`  ${count} ${hasCamera ? 'with camera and microphone' : 'with microphone'}`);
    for (const [use, rounds] of Object.entries(uses)) {
      const cpu = median(rounds.map((each) => each.cpu));
      const rss = median(rounds.map(({ memory }) => memory.rss));
      const packets = median(rounds.map((each) => each.packets));
      const lost = rounds.reduce((sum, each) => sum + each.lost, 0);
      console.log(
        `    ${use.padEnd(8)} ${percent(cpu).padStart(6)} % (${percent(cpu / count)})  ${megabytes(rss).padStart(6)} MB (${memoryOf(rounds)})  ${packets.toFixed(0)}/s, ${lost} lost`,
      );
    }
    const { middle, text } = ratio(uses.record, uses.listen);
    console.log(`    record/listen ${text}  ${verdict(middle, goal)}`);
  }
}

function memoryOf(rounds) {
  const of = (name) => megabytes(median(rounds.map(({ memory }) => memory[name])));
  return `heap ${of('heapUsed')}, buffers ${of('arrayBuffers')}`;
}

export function printDecoding({ count, uses }, goal = 1.3) {
  console.log(
    `\nDecoding ${count} people: % of a core of each; what is above listening, and that beside the bare codec`,
  );
  const listening = uses.listen.map(({ cpu }) => cpu);
  const above = (use) => uses[use].map(({ cpu }, round) => ({ cpu: cpu - listening[round] }));
  for (const [use, rounds] of Object.entries(uses)) {
    const cpu = median(rounds.map((each) => each.cpu)) / count;
    const more = median(rounds.map((each, round) => each.cpu - listening[round])) / count;
    console.log(`  ${use.padEnd(8)} ${percent(cpu)} %  ${percent(more)} %`);
  }
  const { middle, text } = ratio(uses.pcm, uses.codec);
  console.log(`  pcm/codec, both with what it takes to receive: ${text}  ${verdict(middle, goal)}`);
  console.log(`  pcm/codec, above listening: ${ratio(above('pcm'), above('codec')).text}`);
}
