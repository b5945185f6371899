import { createBed } from './bed.ts';

// A branch that dies while it delivers: before the other server has the post (`before`), or when it has it and we do not know yet (`after`).
const bed = await createBed(['north', 'south']);
bed.befriend('north', 'south');
await bed.settle();
const ana = await bed.branch('north').join('ana');
const south = bed.branch('south');
const die = () => void process.kill(process.pid, 'SIGKILL');
if (process.argv[2] === 'before') {
	bed.outside(new URL(south.origin).host, (path) => {
		if (path === '/ap/inbox') die();
		return null;
	});
} else {
	const { open } = south;
	south.open = {
		...open,
		handle(req, res) {
			if (req.url === '/ap/inbox') res.once('finish', die);
			open.handle(req, res);
		},
	};
}
process.stdout.write(`${JSON.stringify({ folder: bed.folder, homeKey: bed.homeKey.toString('hex') })}\n`);
await ana.write('xc-survives', 'neighborhood');
await bed.settle();
