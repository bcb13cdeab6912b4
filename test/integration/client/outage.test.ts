/** Nothing gets through to the bridge for a while, and then it does again. As patient as the protocols are, so they wait together. */
import { describe, it } from 'vitest';
import { type Conference, join } from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { nextEvent } from '../../support/next-event.ts';
import { waitFor } from '../../support/wait.ts';

/** ms, more than any of them takes */
const patience = 60_000;

class Call implements AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly people: readonly Conference[];
  readonly warnings: string[] = [];
  sessions = 0;
  readonly #timer: NodeJS.Timeout;

  static async begin(prepare: (sandbox: Sandbox) => void = () => {}): Promise<Call> {
    const sandbox = await createSandbox();
    prepare(sandbox);
    const people = await Promise.all(
      ['Alice', 'Bob'].map((nick) => join({ host: sandbox.url, room: 'outage', nick })),
    );
    return new Call(sandbox, people);
  }

  private constructor(sandbox: Sandbox, people: readonly Conference[]) {
    this.sandbox = sandbox;
    this.people = people;
    const tracks = people.map((conference) => {
      if (conference.session) this.sessions += 1;
      conference.on('sessionOffered', () => (this.sessions += 1));
      conference.on('warning', ({ error }) => this.warnings.push(`${error.code}: ${error.message}`));
      return conference.addTrack({ kind: 'audio' });
    });
    let count = 0;
    this.#timer = setInterval(() => {
      count += 1;
      for (const track of tracks)
        track.send({
          data: new Uint8Array(80),
          timestamp: count * 20,
          audioLevel: { level: 20, voice: true },
        });
    }, 20);
  }

  #heard(): number[] {
    return this.people.map(({ tracks }) =>
      [...tracks.values()].reduce((sum, { statistics }) => sum + statistics.packets, 0),
    );
  }

  /** Everybody hears something that they have not heard yet. */
  async isHeard(): Promise<void> {
    const before = this.#heard();
    const explain = (): string => [...this.warnings, `${this.sessions} sessions`].join('\n');
    await waitFor(() => this.#heard().every((packets, index) => packets > (before[index] ?? 0) + 20), {
      what: 'sound at both ends',
      timeout: patience,
      explain,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.people.map((conference) => conference.leave()));
    await this.sandbox.close();
  }
}

describe.concurrent('an outage of UDP', { timeout: 300_000 }, () => {
  it('of 10 s costs no session', async ({ expect }) => {
    await using call = await Call.begin();
    await call.isHeard();
    call.sandbox.faults.mediaLoss(1, 'both');
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    call.sandbox.faults.mediaLoss(0, 'both');
    await call.isHeard();
    expect([call.sessions, call.warnings]).toEqual([2, []]);
  });

  it('that ends a connection is followed by one new session', async ({ expect }) => {
    await using call = await Call.begin();
    await call.isHeard();
    const failed = call.people.map((conference) => nextEvent(conference, 'transportFailed'));
    call.sandbox.faults.mediaLoss(1, 'both');
    await Promise.all(failed);
    call.sandbox.faults.mediaLoss(0, 'both');
    await call.isHeard();
    expect(call.sessions).toBe(4);
    expect(call.warnings).toHaveLength(2);
    for (const warning of call.warnings) expect(warning).toMatch(/^transport-failed: .*consent/);
  });

  it('when a session begins ends with the outage', async ({ expect }) => {
    await using call = await Call.begin(({ faults }) => faults.mediaLoss(1));
    await waitFor(() => call.warnings.length === 2, { what: 'failures', timeout: patience });
    for (const warning of call.warnings) {
      expect(warning).toMatch(/^transport-failed: .*none of \d+ pairs.*; is UDP to 127.0.0.1/);
    }
    // The next is not accepted before the bridge answers, or the bridge's patience would be used up.
    await waitFor(() => call.sessions === 4, { what: 'new sessions', timeout: patience });
    expect(call.people.map(({ session }) => session?.state)).toEqual(['offered', 'offered']);
    call.sandbox.faults.mediaLoss(0);
    await call.isHeard();
    expect([call.sessions, call.warnings.length]).toEqual([4, 2]);
  });
});
