/** What `bench/join.mjs` has found, for people: medians of the rounds, and the lowest and highest of them. */
import { spread } from '../bridge/statistics.mjs';

const figure = (values, digits = 0) => {
  const { median, min, max } = spread(values);
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
};
const megabytes = (bytes) => bytes / 2 ** 20;

export function printJoins(builds, { together, apart }) {
  console.log('\nCPU, ms');
  for (const { name, rounds } of builds) {
    const line = (title, of) =>
      console.log(`  ${name.padEnd(22)} ${title.padEnd(34)} ${figure(rounds.map(of))}`);
    line('loading the library', ({ loaded }) => loaded.library.cpu);
    line('loading the engine', ({ loaded }) => loaded.engine.cpu);
    line('the first join', ({ first }) => first.cpu);
    line(`each of ${apart} that follow`, ({ following }) => following.cpu);
    line(`each of ${together} at once into one room`, ({ crowd }) => crowd.cpu);
    const memory = rounds.map(({ loaded: { bare, engine } }) => megabytes(engine.rss - bare.rss));
    console.log(`  ${name.padEnd(22)} ${'memory of what was loaded, MB'.padEnd(34)} ${figure(memory)}`);
  }
}

export function printProfiles(builds) {
  for (const { name, loaded, first, following, crowd } of builds) {
    const columns = [loaded.library, loaded.engine, first, following, crowd].map(({ parts }) => parts);
    const names = [...new Set(columns.flatMap((column) => Object.keys(column)))];
    console.log(
      `\n${name}: where the time of a profiled run went, ms\n  ${''.padEnd(22)}   library    engine first join following each of 20`,
    );
    const weight = (part) => columns.reduce((sum, column) => sum + (column[part] ?? 0), 0);
    for (const part of names.toSorted((a, b) => weight(b) - weight(a)))
      console.log(
        `  ${part.padEnd(22)}${columns.map((column) => (column[part] ?? 0).toFixed(1).padStart(10)).join('')}`,
      );
  }
}

const steps = ['joined', 'offered', 'accepted', 'channel', 'transport', 'frame'];

export function printFirstFrames(kinds) {
  for (const [kind, builds] of Object.entries(kinds)) {
    console.log(`\nms from join to the first frame of ${kind}`);
    for (const { name, rounds } of builds)
      for (const [which, title] of [
        ['first', 'first join'],
        ['second', 'second join'],
      ]) {
        const columns = steps.map((step) => {
          const times = rounds.map((round) => round[which][step]).filter((time) => time !== undefined);
          return times.length === 0 ? '' : `${step} ${figure(times)}`;
        });
        console.log(`  ${name.padEnd(22)} ${title}: ${columns.join('  ')}`);
      }
  }
}

export function printListeners(builds) {
  console.log('\none listener to a voice');
  for (const { name, rounds } of builds) {
    const of = (key, factor = 1) => rounds.map((round) => round[key]).map((value) => value * factor);
    console.log(
      `  ${name.padEnd(22)} ${figure(of('coreShare', 100), 2)} % of a core, ${figure(of('bytes', 1 / 2 ** 20))} MB above bare Node, ` +
        `woken ${rounds[0].wakeUps === undefined ? '(not available)' : `${figure(of('wakeUps'))} times a second`}`,
    );
    const [{ systemCalls }] = rounds;
    const total = (calls) => calls.reduce((sum, { perSecond }) => sum + perSecond, 0);
    console.log(
      systemCalls === undefined
        ? '    system calls: not available (strace is missing or may not)'
        : `    system calls a second: ${figure(rounds.map((round) => total(round.systemCalls)))}: ` +
            systemCalls
              .slice()
              .sort((a, b) => b.perSecond - a.perSecond)
              .slice(0, 8)
              .map(({ name: call, perSecond }) => `${call} ${perSecond.toFixed(0)}`)
              .join(', '),
    );
  }
}
