/**
 * Makes one file of the network thread's program (`rtc/thread/worker`): a thread loads all of its modules anew, some 130, which takes it longer than a join takes, and
 * keeps a processor from the join meanwhile.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** @param folder what was compiled, with werift bundled already */
export async function bundleThread(folder) {
  const worker = join(folder, 'rtc/thread/worker');
  const bundle = await rolldown({
    input: join(worker, 'network-thread-program.js'),
    platform: 'node',
    onLog: (_level, log) => {
      throw new Error(`bundling the network thread: ${log.message}`);
    },
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  for (const name of readdirSync(worker)) rmSync(join(worker, name));
  writeFileSync(join(worker, 'network-thread-program.js'), output[0].code);
}
