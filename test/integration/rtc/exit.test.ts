/**
 * A process whose transports are closed ends by itself: no socket, timer or thread is left that would keep it. Timers of
 * werift's DTLS run on for half a second at most, which cannot be helped.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const engines = join(import.meta.dirname, '../../../dist/rtc/engines.js');

describe.each(['werift', 'node-datachannel'])('a process with a participant on %s', (name) => {
  it.each([
    ['connected', 'await opened;'],
    ['on the way', 'await new Promise((resolve) => setTimeout(resolve, 30));'],
    ['just begun', ''],
  ])('ends once both ends are closed: %s', async (_, wait) => {
    const { stdout } = await run(`
      const { participant, bridge, opened } = await ends('${name}');
      ${wait}
      await Promise.all([participant.close(), bridge.close()]);
      // Node lists a socket until the turn after the one in which it is closed.
      await new Promise((resolve) => setTimeout(resolve, 10));
      console.log(JSON.stringify(process.getActiveResourcesInfo()));
    `);
    const left = JSON.parse(stdout) as string[];
    expect(left.filter((kind) => kind !== 'Timeout' && !kind.startsWith('Pipe'))).toEqual([]);
  });

  it('ends once it has failed, without being closed', async () => {
    const { stdout } = await run(`
      const { participant, bridge } = await ends('${name}', '00');
      await participant.failed;
      await bridge.close();
      console.log('over');
    `);
    expect(stdout).toBe('over\n');
  });
});

/** A script that must end by itself. */
function run(script: string): Promise<{ stdout: string; stderr: string }> {
  const program = `
    import { loadEngine } from ${JSON.stringify(engines)};
    const logger = { log() {}, child: () => logger };
    const options = { hostAddress: '127.0.0.1', sctpPort: 5000, logger };
    async function ends(name, badFingerprint) {
      const werift = await loadEngine('werift', { media: false });
      const engine = await loadEngine(name, { media: false });
      let fail;
      const failed = new Promise((resolve) => (fail = resolve));
      const bridge = await werift.create({ end: 'bridge', ...options }, { stateChanged() {}, candidate() {}, dataChannel() {} });
      const participant = await engine.create({ end: 'participant', ...options }, {
        stateChanged: (state) => state === 'failed' && fail(),
        candidate() {},
      });
      participant.failed = failed;
      const channel = participant.openDataChannel({ label: 'x', protocol: 'y' });
      const opened = new Promise((resolve) => channel.handle({ opened: resolve, message() {}, drained() {}, closed() {} }));
      const { local } = bridge;
      const fingerprints = local.fingerprints.map((each) =>
        badFingerprint === undefined ? each : { ...each, value: each.value.replace(/[^:]{2}/g, badFingerprint) });
      participant.connect({ ...local, fingerprints });
      bridge.connect({ ...participant.local, candidates: [] });
      return { participant, bridge, opened };
    }
    ${script}`;
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { timeout: 60_000 });
}
