/** The process of the clients. */
import { serve } from '../lib/remote-process.ts';
import { type Place, Resident, visit } from './residents.ts';
import { takeSample } from './sample.ts';

let place: Place | undefined;
let residents: Resident[] = [];

function both(): [Resident, Resident] {
  const [anna, ben] = residents;
  if (!anna || !ben) throw new Error('nobody has entered');
  return [anna, ben];
}

serve({
  async enter(where: Place) {
    place = where;
    residents = [await Resident.enter(where, 'anna'), await Resident.enter(where, 'ben')];
  },
  async visit(word: string) {
    if (!place) throw new Error('nobody has entered');
    await visit(place, both()[0], word);
  },
  /** Both hear each other. */
  async check(round: string) {
    const [anna, ben] = both();
    await anna.hears(ben, `${round} to anna`);
    await ben.hears(anna, `${round} to ben`);
  },
  endpointIds: () => residents.map(({ conference }) => conference.endpointId),
  unconfirmed: () => residents.reduce((sum, { unconfirmed }) => sum + unconfirmed, 0),
  sample: takeSample,
  async leave() {
    await Promise.all(residents.map((resident) => resident.leave()));
    residents = [];
  },
});
