/** A global setup of vitest: what the system tests run is built before the first of them, once, so that nothing is exchanged while others use it. */
import { build, buildProof } from './build.mjs';

export async function setup() {
  await build();
  await buildProof();
}
