/** The process of the clients. */
import { type Command, obey } from '../lib/obey.ts';
import { takeSample } from '../lib/sample.ts';
import { type Place, Resident, visit } from './residents.ts';

let place: Place | undefined;
let residents: Resident[] = [];

function both(): [Resident, Resident] {
  const [anna, ben] = residents;
  if (!anna || !ben) throw new Error('nobody has entered');
  return [anna, ben];
}

async function enter(where: Place): Promise<void> {
  place = where;
  residents = [await Resident.enter(where, 'anna'), await Resident.enter(where, 'ben')];
}

/** Both hear each other. */
async function check(round: string): Promise<void> {
  const [anna, ben] = both();
  await anna.hears(ben, `${round} to anna`);
  await ben.hears(anna, `${round} to ben`);
}

async function leave(): Promise<void> {
  await Promise.all(residents.map((resident) => resident.leave()));
  residents = [];
}

/** What is done at a word; `detail` says more where it needs to be told. */
const work: Record<string, (detail: unknown) => unknown> = {
  enter: (where) => enter(where as Place),
  visit: (word) => visit(place as Place, both()[0], String(word)),
  check: (round) => check(String(round)),
  endpointIds: () => residents.map(({ conference }) => conference.endpointId),
  unconfirmed: () => residents.reduce((sum, { unconfirmed }) => sum + unconfirmed, 0),
  sample: takeSample,
  leave,
};

await obey((command: Command) => work[command.do]?.(command.detail));
await leave();
