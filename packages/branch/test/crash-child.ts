import { createBed } from './bed.ts';

// A branch in a process of its own that writes one post after the other, and says each that was acknowledged; killed by its parent.
const bed = await createBed(['north', 'south']);
bed.befriend('north', 'south');
await bed.settle();
const ana = await bed.branch('north').join('ana');
process.stdout.write(`${JSON.stringify({ folder: bed.folder, homeKey: bed.homeKey.toString('hex') })}\n`);
for (let count = 0; ; count += 1) {
	const path = await ana.write(`post ${count}`, count % 2 === 0 ? 'branch' : 'neighborhood');
	process.stdout.write(`${path.split('/').at(-1)}\n`);
}
