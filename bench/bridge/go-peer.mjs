/** Builds the peer in Go; without Go, or without its module, the reason why not. */
import { capture, root } from '../../scripts/lib/run.mjs';

export async function buildGoPeer() {
  const program = `${root}.cache/bench/go-peer`;
  const { status, output } = await capture('go', ['build', '-o', program, '.'], {
    cwd: `${root}bench/peers/go`,
    timeout: 120_000,
  });
  if (status === 0) return { program };
  if (String(status).includes('ENOENT')) return { reason: 'Go is missing' };
  return { reason: `go build failed (${status}): ${output.trim().split('\n').at(-1)}` };
}
