/** Builds a peer in Go, `bench/peers/NAME`; without Go, or without its modules, the reason why not. */
import { capture, root } from '../../scripts/lib/run.mjs';

export async function buildGoPeer(name = 'go') {
  const program = `${root}.cache/bench/${name}-peer`;
  const { status, output } = await capture('go', ['build', '-o', program, '.'], {
    cwd: `${root}bench/peers/${name}`,
    timeout: 240_000,
  });
  if (status === 0) return { program };
  if (String(status).includes('ENOENT')) return { reason: 'Go is missing' };
  return { reason: `go build failed (${status}): ${output.trim().split('\n').at(-1)}` };
}
