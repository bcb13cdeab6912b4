import { expect, it } from 'vitest';
import { PacketQueue } from '../../../../src/media/recording/packet-queue.ts';

const packet = (index: number, size: number) => ({
  data: new Uint8Array(size).fill(index),
  at: index * 20,
  duration: 20 + index / 2,
  keyFrame: index % 2 === 0,
});

it('gives packets back as they were, in their order, and once', () => {
  const queue = new PacketQueue();
  const sizes = [3, 0, 5000, 512, 513, 70_000, 1];
  const given = sizes.map((size, index) => packet(index, size));
  for (const each of given) queue.push(each);
  expect(queue.size).toBe(76_029);
  expect(queue.take()).toEqual(sizes.map((size, index) => packet(index, size)));
  expect(queue.size).toBe(0);
  expect(queue.take()).toEqual([]);
});

it('leaves what was taken alone', () => {
  const queue = new PacketQueue();
  queue.push(packet(1, 4));
  const packets = queue.take();
  queue.push(packet(2, 4));
  expect(packets).toEqual([packet(1, 4)]);
  expect(queue.take()).toEqual([packet(2, 4)]);
});
