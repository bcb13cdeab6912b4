import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { openFile } from '../../../../src/media/origin/file-source.ts';

it('keeps nothing of a file that was read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'file-'));
  const source = await (async () => {
    await writeFile(join(folder, 'a'), new Uint8Array(1024 * 1024));
    return openFile(join(folder, 'a'));
  })();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { size = 0 } = source;
  const pieces: WeakRef<Uint8Array>[] = [];
  for (let start = 0; start < size; start += 65_536)
    pieces.push(new WeakRef(await source.read(start, start + 65_536)));
  await new Promise((resolve) => void setImmediate(resolve));
  collect();
  // The last one may be on its way still.
  expect(pieces.filter((piece) => piece.deref()).length).toBeLessThan(3);
  source.close();
  await rm(folder, { recursive: true });
});
