import { expect } from 'chai';
import { backupFresh } from '../src/schedule/backup-fresh.ts';
import { keptCopies } from '../src/schedule/kept-copies.ts';
import { keepSchedules } from '../src/schedule/scheduled-backups.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from './fixtures/platform.ts';
import { NOON } from './fixtures/rows.ts';

const PATH = '/api/v1/libraries/multnomah/branches/belmont';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SCHEDULE = { every_hours: 24, keep: { daily: 2, weekly: 1, monthly: 1 }, hours: null };

describe('which copies are kept', () => {
	const copies = Array.from({ length: 100 }, (_, days) => ({ id: `${days}`, made: NOON - days * DAY }));
	const kept = (daily: number, weekly: number, monthly: number, of = copies) =>
		[...keptCopies(of, { daily, weekly, monthly }, 'America/Los_Angeles')].sort(
			(a, b) => Number(a) - Number(b),
		);

	it('the newest is kept whatever the numbers say', () => {
		expect(kept(0, 0, 0)).to.deep.equal(['0']);
		expect(kept(0, 0, 0, [])).to.deep.equal([]);
	});
	it('one of each of the last days, weeks and months that have one', () => {
		expect(kept(3, 0, 0)).to.deep.equal(['0', '1', '2']);
		const weekly = kept(0, 4, 0).map((id) => new Date(NOON - Number(id) * DAY).getUTCDay());
		expect(weekly).to.have.length(4);
		expect(weekly.slice(1)).to.deep.equal([0, 0, 0]);
		const monthly = kept(0, 0, 3).map((id) => new Date(NOON - Number(id) * DAY).getUTCMonth());
		expect(new Set(monthly).size).to.equal(3);
	});
	it('of several on one day the newest, by the clock of the library', () => {
		const day = [1, 2, 3].map((hours) => ({ id: `${hours}`, made: NOON - hours * HOUR }));
		expect(kept(2, 0, 0, day)).to.deep.equal(['1']);
	});
});

describe('whether a copy is new enough', () => {
	const fact = (made: number) => ({
		...{ state: 'done' as const, asked: String(made), message: null },
		facts: { backup: 'b', made, verified: made, bytes: 1, files: 1, epoch: 1, generation: 1, schema: 1 },
	});
	const failed = (at: number) => ({
		...{ state: 'failed' as const, asked: String(at), message: 'The disk is full.', facts: null },
	});
	const fresh = (
		copies: Parameters<typeof backupFresh>[1],
		age = 0,
		schedule: typeof SCHEDULE | null = SCHEDULE,
	) => {
		const { status, reason } = backupFresh(schedule, copies, { since: NOON - age, now: NOON });
		return `${status} ${reason}`;
	};
	it('is said with its reason, and only where somebody wanted it', () => {
		expect(fresh([fact(NOON - DAY)], 0, null)).to.equal('Unknown NotScheduled');
		expect(fresh([])).to.equal('Unknown NotYet');
		expect(fresh([], 4 * DAY)).to.equal('False None');
		expect(fresh([fact(NOON - 3 * DAY)])).to.equal('True Fresh');
		expect(fresh([fact(NOON - 3 * DAY - 1)])).to.equal('False TooOld');
		expect(fresh([failed(NOON - HOUR), fact(NOON - DAY)])).to.equal('False Failed');
		expect(fresh([fact(NOON), failed(NOON - HOUR)])).to.equal('True Fresh');
	});
	it('one on the disk of the branch itself is new enough, and said to be lost together with it', () => {
		const on = (apart: boolean | undefined) => {
			const copy = fact(NOON - HOUR);
			const facts = { ...copy.facts, ...(apart === undefined ? {} : { apart }) };
			return backupFresh(SCHEDULE, [{ ...copy, facts }], { since: NOON, now: NOON });
		};
		expect(on(false)).to.include({ status: 'True', reason: 'Fresh' });
		expect(on(false).message).to.match(
			/ It lies on the disk of the branch itself, and is lost together with it\.$/,
		);
		for (const known of [true, undefined]) expect(on(known).message).to.not.include('disk of the branch');
	});
	it('one that does not come to the object storage for a day is not enough', () => {
		const where = 's3://copies';
		const away = (since: number) => {
			const copy = fact(NOON - HOUR);
			const state = { state: 'not_yet', where, since, code: null, problem: 'It is full.' } as const;
			return [{ ...copy, facts: { ...copy.facts, away: state } }];
		};
		expect(fresh(away(NOON - DAY))).to.equal('True Fresh');
		expect(fresh(away(NOON - DAY - 1))).to.equal('False NotAway');
		const { message } = backupFresh(SCHEDULE, away(NOON), { since: NOON, now: NOON });
		expect(message).to.match(/It lies in its home, and not in s3:\/\/copies yet: It is full\.$/);
	});
});

describe('backups by schedule', () => {
	let platform: Platform;
	let branch: string;
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		branch = platform.home.branches()[0]!;
	});
	after(() => platform.close());
	beforeEach(() => platform.home.mood(() => 'serve'));

	const change = (backup_schedule: unknown) =>
		platform.api<{ backup_schedule: unknown; errors?: { field: string }[] }>(
			'PATCH',
			'/api/v1/libraries/multnomah',
			{ body: { backup_schedule } },
		);
	async function sweep(after = 0): Promise<void> {
		platform.clock.advance(after);
		const { services } = platform.provisioner();
		for (const _ of [1, 2]) {
			await services.sweep();
			await platform.settle();
			await services.look([branch]);
			await platform.settle();
		}
		await services.sweep();
		await platform.settle();
	}
	const list = async () =>
		(
			await platform.api<{ items: { id: string; state: string; scheduled: boolean }[] }>(
				'GET',
				`${PATH}/backups`,
			)
		).body.items;
	const fresh = async () => {
		const { body } = await platform.api<{
			conditions: { type: string; status: string; reason: string; message: string }[];
		}>('GET', PATH);
		return body.conditions.find(({ type }) => type === 'BackupFresh')!;
	};

	it('nothing is copied before somebody wants it, and nobody is asked about', async () => {
		const { context } = platform.provisioner();
		const asked: string[] = [];
		const note = ({ sql }: { sql: string }) => asked.push(sql);
		context.database.on('query', note);
		await keepSchedules(context);
		context.database.off('query', note);
		expect(asked, 'once, however many libraries there are').to.have.length(1);
		await sweep();
		expect(await list()).to.deep.equal([]);
		expect(await fresh()).to.equal(undefined);
	});

	it('a schedule that cannot be is refused with its field', async () => {
		for (const wrong of [
			{ ...SCHEDULE, every_hours: 0 },
			{ ...SCHEDULE, every_hours: 400 },
			{ ...SCHEDULE, keep: { daily: -1, weekly: 0, monthly: 0 } },
			{ ...SCHEDULE, hours: { from: 25, to: 1 } },
			{ every_hours: 24 },
		])
			expect((await change(wrong)).status, JSON.stringify(wrong)).to.be.oneOf([400, 422]);
	});

	it('only within its hours, by the clock of the library', async () => {
		const hour = Number(
			new Intl.DateTimeFormat('en', { timeZone: LIBRARY.zone, hour: 'numeric', hourCycle: 'h23' }).format(
				platform.clock.now(),
			),
		);
		const hours = { from: (hour + 2) % 24, to: (hour + 4) % 24 };
		expect((await change({ ...SCHEDULE, hours })).body.backup_schedule).to.deep.equal({ ...SCHEDULE, hours });
		await sweep();
		expect(await list()).to.deep.equal([]);
		await sweep(2 * HOUR);
		expect(await list()).to.have.length(1);
		expect((await list())[0]).to.include({ state: 'done', scheduled: true });
		expect(await fresh()).to.include({ status: 'True', reason: 'Fresh' });
	});

	it('each time its stretch is over; old ones are removed with a record, what people asked for is not', async () => {
		await change(SCHEDULE);
		const own = await platform.api<{ id: string }>('POST', `${PATH}/operations`, {
			body: { kind: 'back_up' },
		});
		await sweep();
		for (let days = 0; days < 5; days++) await sweep(DAY);
		const left = await list();
		expect(left.filter(({ scheduled }) => !scheduled).map(({ id }) => id)).to.deep.equal([own.body.id]);
		expect(left.filter(({ scheduled }) => scheduled).length).to.be.within(2, 4);
		const removed = platform.home.obeyed.flatMap((one) =>
			one.type === 'understory/removal-order/v1' ? [one.backup] : [],
		);
		expect(removed.length).to.be.at.least(2);
		const audit = await platform.provisioner().context.database('audit').where({ act: 'copies_removed' });
		expect(audit.length).to.be.at.least(1);
		expect(await platform.provisioner().context.database('removal')).to.deep.equal([]);
	});

	it('one that fails is said, tried again after an hour, and never costs the last good one', async () => {
		const before = (await list()).filter(({ state }) => state === 'done').map(({ id }) => id);
		platform.home.mood(() => 'damaged');
		await sweep(DAY);
		expect(await fresh()).to.include({ status: 'False', reason: 'Failed' });
		expect((await fresh()).message).to.contain('is damaged');
		const failures = (await list()).filter(({ state }) => state === 'failed').length;
		await sweep(HOUR / 2);
		expect((await list()).filter(({ state }) => state === 'failed')).to.have.length(failures);
		await sweep(40 * DAY);
		expect((await list()).filter(({ state }) => state === 'done').map(({ id }) => id)).to.include(before[0]);
		platform.home.mood(() => 'serve');
		await sweep(2 * HOUR);
		expect(await fresh()).to.include({ status: 'True', reason: 'Fresh' });
		await change(null);
		await sweep();
		expect(await fresh()).to.include({ status: 'Unknown', reason: 'NotScheduled' });
	});
});
