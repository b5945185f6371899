import { liveIn } from './random-town.ts';

/** A town in a process of its own: the seed and how many things happen are given as words. */
const [seed, operations] = process.argv.slice(2).map(Number);
await liveIn(seed!, operations!);
