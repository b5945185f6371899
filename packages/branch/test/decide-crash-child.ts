import Database from 'better-sqlite3';
import { createBed } from './bed.ts';

// A branch that dies while a host decides about a reported post: when the act is done and its statement is not (`between`), when both are and nothing is on the disk
// (`before`), right after (`after`), or when the site was handed the statement and has not answered (`handed`).
const moment = process.argv[2];
const bed = await createBed(['north']);
bed.grant('staff-june', 'north');
const north = bed.branch('north');
const ana = await north.join('ana');
const ben = await north.join('ben');
const june = north.browser({ staff_id: 'staff-june' });
const id = (await ana.write('xk-car', 'branch')).split('/').at(-1)!;
await ben.get(`/posts/${id}/report`);
await ben.post(`/posts/${id}/report`, { words: 'An advertisement.' });
const at = `/staff/posts/${id}/decide`;
const matter = /name="matter" value="(\d+)"/.exec((await june.get(at)).body)![1]!;
const record = bed.register().branches[0]!;
const { branch_key } = north.open.status();
const where = { folder: bed.folder, homeKey: bed.homeKey.toString('hex'), record: { ...record, branch_key } };
process.stdout.write(`${JSON.stringify(where)}\n`);

interface Statement {
	readonly source: string;
	run(...given: unknown[]): unknown;
}
const statements = Object.getPrototypeOf(new Database(':memory:').prepare('SELECT 1')) as Statement;
const { run } = statements;
let hidden = false;
const die = () => void process.kill(process.pid, 'SIGKILL');
statements.run = function (this: Statement, ...given) {
	hidden ||= /update `post` set `hidden`/i.test(this.source);
	if (hidden && moment === 'between' && /insert into `entry`/i.test(this.source)) die();
	if (hidden && moment === 'before' && this.source === 'COMMIT') die();
	const done = run.apply(this, given);
	if (hidden && moment === 'after' && this.source === 'COMMIT') die();
	return done;
};
const facts = 'The post offers a car for money, and nobody had asked for an offer.';
if (moment === 'handed') {
	bed.outside(new URL(bed.library.accountability_origin).host, (path, body) => {
		if (path !== '/entries') return { status: 404 };
		process.stdout.write(`${JSON.stringify({ handed: body })}\n`);
		die();
		return null;
	});
}
await june.post(at, { rule: 'conduct/no-advertising', facts, matter, do: 'decide' });
if (moment === 'handed') await bed.settle();
