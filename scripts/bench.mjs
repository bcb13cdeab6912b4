/** npm run bench: builds, then runs every measurement in bench/. Figures are printed, never judged. */
import { readdirSync } from 'node:fs';
import { build } from './lib/build.mjs';
import { installNodeModules } from './lib/install.mjs';
import { root, run } from './lib/run.mjs';

await installNodeModules();
await build();
for (const name of readdirSync(`${root}bench`)
  .filter((file) => file.endsWith('.bench.mjs'))
  .sort()) {
  console.log(`\n## ${name.replace('.bench.mjs', '')}`);
  await run(process.execPath, ['--expose-gc', `bench/${name}`]);
}
