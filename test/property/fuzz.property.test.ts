/** Some seconds of `npm run fuzz`: the inputs that were made on purpose, and some thousand seeded ones for each target. */
import { expect, it } from 'vitest';
import { Fuzz } from '../../proof/fuzz/run.ts';
import { targets } from '../../proof/fuzz/targets.ts';

const count = 1_500;

it.each(targets.map((target) => [target.name, target] as const))(
  '%s: typed refusals only, and no input takes long',
  async (_, target) => {
    const { failure, inputs, read } = await new Fuzz(target, {
      seed: 20261129,
      count,
      share: 0,
      of: 1,
    }).run();
    expect(failure).toBeUndefined();
    expect(inputs).toBe(count + Object.keys(target.worst()).length);
    // It would be worth little if all were refused at the door.
    expect(read).toBeGreaterThan(count / 100);
  },
  360_000,
);
