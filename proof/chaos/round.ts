/** One fault while the participants are busy with one thing: what it took to be whole again, and what was wrong. */
import type { RandomBytes } from '../../src/base/random.ts';
import { checkLines, checkPresence, checkRoom, checkTracks, type LineCounts } from './checks.ts';
import { type Activity, activities, type Fault } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Participant } from './participant.ts';
import type { Scene } from './scene.ts';
import { sleep } from './sleep.ts';

export interface Result {
  fault: string;
  activity: Activity;
  /** ms from the end of the fault until both were in the room again, and seen there. */
  room: number;
  /** ms from then until the activity went both ways again. */
  activityBack: number;
  /** How often somebody was away, and how often the stream was resumed. */
  absences: number;
  resumed: number;
  lines: LineCounts;
  problems: string[];
  /** For whoever looks into a problem. */
  evidence: unknown;
}

/** ms: far more than anything takes; the longest back-off is a minute. */
const patience = 150_000;
/** ms between two looks. */
const interval = 100;
/** ms between two lines. */
const every = 100;

export class Round {
  readonly #scene: Scene;
  readonly #fault: Fault;
  readonly #activity: Activity;
  readonly #random: RandomBytes;
  /** Texts that were heard in earlier rounds, by listener. */
  readonly #heardBefore: Map<Participant, Set<string>>;
  #probes = 0;

  constructor(
    scene: Scene,
    fault: Fault,
    activity: Activity,
    random: RandomBytes,
    heardBefore: Map<Participant, Set<string>>,
  ) {
    this.#scene = scene;
    this.#fault = fault;
    this.#activity = activity;
    this.#random = random;
    this.#heardBefore = heardBefore;
  }

  async play(): Promise<Result> {
    const { alice, bob, both } = this.#scene;
    const problems: string[] = [];
    const before = await this.#scene.looks();
    await Promise.all(both.map((one) => one.start(this.#activity, every)));
    await sleep(500);
    await this.#fault.play(this.#scene, this.#random);
    const end = Date.now();
    const [room, activityBack] = await Promise.all([
      this.#until('both are in the room', problems, () => this.#isRoomWhole()).then(() => Date.now() - end),
      this.#goesBothWays(this.#activity, problems).then(() => Date.now() - end),
    ]);
    await Promise.all(both.map((one) => one.stop()));
    for (const activity of activities) {
      if (activity === 'media') await Promise.all(both.map((one) => one.start('media', 0)));
      await this.#goesBothWays(activity, problems);
    }
    await Promise.all(both.map((one) => one.stop()));
    await this.#until('every line has an outcome', problems, async () =>
      (await this.#scene.looks()).every(({ sent }) => sent.every(({ outcome }) => outcome !== 'pending')),
    );
    const after = await this.#scene.looks();
    const occupants = await this.#scene.deployment.occupants();
    problems.push(
      ...checkPresence([alice.name, bob.name], after),
      ...checkRoom(occupants, after),
      ...checkTracks(alice.name, before[0], after[0], after[1]),
      ...checkTracks(bob.name, before[1], after[1], after[0]),
    );
    const lines = this.#checkLines(after, problems);
    await Promise.all(both.map((one) => one.forget()));
    const absences = after.flatMap((ledger) => ledger.absences);
    return {
      fault: this.#fault.name,
      activity: this.#activity,
      room,
      activityBack,
      absences: absences.length,
      resumed: absences.filter(({ resumed }) => resumed).length,
      lines,
      problems: [...new Set(problems)],
      evidence: { before, after, occupants },
    };
  }

  #checkLines(after: readonly [Ledger, Ledger], problems: string[]): LineCounts {
    const counts: LineCounts = { confirmed: 0, unconfirmed: 0, missed: 0 };
    for (const own of [0, 1] as const) {
      const [speaker, listener] = [after[own], after[1 - own] as Ledger];
      const [{ name }, hearer] = [this.#scene.both[own], this.#scene.both[1 - own] as Participant];
      const heard = this.#heardBefore.get(hearer) ?? new Set<string>();
      const checked = checkLines({ name, speaker, listener }, heard);
      problems.push(...checked.problems);
      for (const key of ['confirmed', 'unconfirmed', 'missed'] as const) counts[key] += checked.counts[key];
      for (const { text } of listener.heard) heard.add(text);
      this.#heardBefore.set(hearer, heard);
    }
    return counts;
  }

  async #isRoomWhole(): Promise<boolean> {
    const { alice, bob, deployment } = this.#scene;
    const ledgers = await this.#scene.looks();
    if (checkPresence([alice.name, bob.name], ledgers).length > 0) return false;
    return checkRoom(await deployment.occupants(), ledgers).length === 0;
  }

  async #goesBothWays(activity: Activity, problems: string[]): Promise<void> {
    const { alice, bob } = this.#scene;
    // Whether somebody is there who says nothing shows when they are spoken to.
    if (activity === 'idle') return this.#goesBothWays('chat', problems);
    const way = activity === 'media' ? this.#mediaFlows : this.#isSaid;
    await Promise.all([
      way.call(this, activity, alice, bob, problems),
      way.call(this, activity, bob, alice, problems),
    ]);
  }

  /** Says it until it is heard: again when it was refused, and to the bridge every time. */
  async #isSaid(
    activity: Activity,
    speaker: Participant,
    listener: Participant,
    problems: string[],
  ): Promise<void> {
    const texts = new Set<string>();
    await this.#until(`${activity} of ${speaker.name} is heard`, problems, async () => {
      const { sent } = await speaker.look();
      const isUnderWay = sent.some(({ outcome, text }) => texts.has(text) && outcome === 'pending');
      if (!isUnderWay) {
        const text = `${speaker.name}: is ${activity} back? (${Date.now()}, ${(this.#probes += 1)})`;
        texts.add(text);
        await speaker.say(activity, text);
        await sleep(interval);
      }
      const { bridgeHeard, heard } = await listener.look();
      return [...heard.map(({ text }) => text), ...bridgeHeard].some((text) => texts.has(text));
    });
  }

  async #mediaFlows(
    _: Activity,
    speaker: Participant,
    listener: Participant,
    problems: string[],
  ): Promise<void> {
    const frames = new Map((await listener.look()).tracks.map((track) => [track.object, track.frames]));
    await this.#until(`audio and video of ${speaker.name} flow`, problems, async () => {
      const { tracks } = await listener.look();
      const flowing = tracks.filter((track) => track.frames > (frames.get(track.object) ?? 0));
      return new Set(flowing.map(({ kind }) => kind)).size === 2;
    });
  }

  async #until(what: string, problems: string[], isTrue: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + patience;
    while (!(await isTrue())) {
      if (Date.now() > deadline) {
        problems.push(`not within ${patience / 1000} s: ${what}`);
        return;
      }
      await sleep(interval);
    }
  }
}
