/** That a process which gets stuck, or dies, is noticed, and the input found. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runShare } from '../../../proof/fuzz/share.ts';
import { failuresOf, rowOf, tableOf } from '../../../proof/fuzz/table.ts';

const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const order = { target: 'x', seed: 1, count: 10_000, share: 1, of: 2 };

/** Does two batches well, then `end`. */
function workerThat(end: string): string {
  const worker = join(folder, 'worker.mjs');
  writeFileSync(
    worker,
    `import { writeFileSync } from 'node:fs';
     const order = JSON.parse(process.argv[2]);
     for (let batch = 0; batch < 2; batch++)
       await new Promise((resolve) => process.send({ type: 'progress', inputs: 1000 }, resolve));
     if (order.trace) writeFileSync(order.trace, 'the input of batch ' + order.batch);
     ${end}`,
  );
  return worker;
}

it.each([
  ['gets stuck', 'for (;;);', 'nothing was heard of it for 2 s'],
  ['dies', 'process.exit(3);', 'its process ended with 3'],
])('a worker that %s', async (_, end, why) => {
  const result = await runShare(order, { folder, worker: workerThat(end), patience: 2_000 });
  expect(result).toMatchObject({ inputs: 2_000, failure: { batch: 5, error: why } });
  expect(Buffer.from(result.failure?.input ?? '').toString()).toBe('the input of batch 5');
  expect(readdirSync(folder)).toEqual(['worker.mjs']);
});

it('figures of all shares are one row, and what grows fails it', () => {
  const share = { inputs: 1_000, read: 900, refused: { bad: 100 }, slowest: { ms: 2, length: 7 } };
  const mebibyte = 1024 * 1024;
  const grown = {
    ...share,
    slowest: { ms: 5, length: 9 },
    heap: { before: 20 * mebibyte, after: 22 * mebibyte },
  };
  const fine = rowOf('x', 1, [share, { ...share, heap: { before: 20 * mebibyte, after: 20.5 * mebibyte } }]);
  expect(failuresOf(fine)).toEqual([]);
  const row = rowOf('x', 3, [share, grown]);
  expect(failuresOf(row)).toEqual([{ error: 'the heap grew: 20.0 → 22.0 MiB' }]);
  expect(tableOf([row], false)).toBe(
    '| x | 2000 | 1800 | bad 200 | 5.0 ms (9) | 20.0 → 22.0 MiB | – | 1 | 3 s |',
  );
});
