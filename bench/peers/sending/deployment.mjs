/** A deployment whose network has the faults that it is told: `open`, and `faults` with bit/s, 0 to 1 and ms on everybody's way to the bridge. */
import { createSandbox } from '../../../dist/sandbox/index.js';
import { serve } from '../media/lines.mjs';

const sandbox = await createSandbox();
await serve({
  open: () => ({ url: sandbox.url, mucDomain: sandbox.mucDomain }),
  faults({ delay, loss, rate }) {
    sandbox.faults.mediaRate(rate ?? Infinity, 'up');
    sandbox.faults.mediaLoss(loss, 'up');
    sandbox.faults.mediaDelay(delay);
  },
  stop: () => sandbox.close(),
});
