/** npm run build */
import { build } from './lib/build.mjs';
import { installNodeModules } from './lib/install.mjs';

await installNodeModules();
await build();
