import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { call, createBed, type HomeBed } from './bed.ts';

const MINUTE = 60_000;

describe('what a home says that waits for teams', () => {
	let bed: HomeBed;
	let matters = 0;
	before(async () => {
		bed = await createBed();
		bed.publish('north', 'south');
		for (const slug of ['north', 'south']) await bed.send(slug, bed.wish(slug));
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	/** What was told since this was asked last: of which branch, how many wait. */
	async function told(): Promise<Record<string, number>[]> {
		await bed.home().settle();
		const reports = bed.platform.waiting.splice(0);
		return reports.map(({ branches }) =>
			Object.fromEntries(branches.map(({ branch, total }) => [branch, total])),
		);
	}
	/** Something is handed to the team, as the pages would do it. */
	function handOver(slug: string): void {
		const file = new DatabaseSync(join(bed.folderOf(slug), 'branch.sqlite'));
		const now = bed.clock.now();
		file
			.prepare(
				'INSERT INTO matter (id, about, concern, opened, due, handed, spent) VALUES (?, ?, ?, ?, ?, ?, 0)',
			)
			.run(++matters, `somebody-${matters}`, 'rules', now, now, now);
		file.close();
	}
	const send = (slug: string) => {
		const host = bed.hostOf(slug);
		return call(Number(host.split(':')[1]), 'POST', '/report', { host });
	};

	it('is said of each branch it opened, once', async () => {
		expect(await told()).to.deep.equal([{ 'branch-north': 0, 'branch-south': 0 }]);
		await send('north');
		expect(await told(), 'nothing is different').to.deep.equal([]);
	});

	it('is said again when somebody sent something and it is different', async () => {
		handOver('north');
		await send('north');
		expect(await told()).to.deep.equal([{ 'branch-north': 1 }]);
	});

	it('is said to be as before once a minute, so that a home that is silent can be told from one with nothing new', async () => {
		bed.clock.advance(MINUTE - 1);
		expect(await told()).to.deep.equal([]);
		bed.clock.advance(1);
		expect(await told()).to.deep.equal([{}]);
	});

	it('is said later when nobody takes it, also by a home that was stopped in between', async () => {
		bed.platform.refuseWaiting('all');
		handOver('south');
		await send('south');
		expect(await told()).to.deep.equal([]);
		bed.platform.refuseWaiting(null);
		await bed.restart();
		expect(await told()).to.deep.equal([{ 'branch-south': 1 }]);
	});

	it('is said again after a while of a branch that the platform did not know to be here', async () => {
		bed.platform.refuseWaiting('branches');
		handOver('south');
		await send('south');
		expect(await told()).to.deep.equal([{ 'branch-south': 2 }]);
		bed.platform.refuseWaiting(null);
		expect(await told()).to.deep.equal([]);
		bed.clock.advance(MINUTE);
		expect(await told()).to.deep.equal([{ 'branch-south': 2 }]);
	});
});
