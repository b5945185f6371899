import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Drift } from '../../src/drivers/driver.ts';
import { startHome } from '../../src/reconcile/actions.ts';
import { isAtRest, type WrittenCondition } from '../../src/reconcile/at-rest.ts';
import { glanceAt, turnOf } from '../../src/reconcile/glance.ts';
import { lookAgain } from '../../src/reconcile/look-again.ts';
import { nextAction } from '../../src/reconcile/next-action.ts';
import { observe, type Sighting } from '../../src/reconcile/observe.ts';
import { reconcileBranch } from '../../src/reconcile/reconciler.ts';
import { type Around, toldOf } from '../../src/reconcile/told.ts';
import { branchOfEachHome } from '../../src/store/branches.ts';
import { FIRST_CELL } from '../../src/store/cells.ts';
import type { Transaction } from '../../src/store/database.ts';
import { underWayAmong } from '../../src/store/under-way.ts';
import { changeUpgradeHome, insertUpgrade } from '../../src/store/upgrades.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import { branchRow, NOON, sighting } from '../fixtures/rows.ts';
import { SIGHTINGS } from '../fixtures/sightings.ts';

const BRANCHES = '/api/v1/libraries/multnomah/branches';
const SLUGS = ['belmont', 'kenton', 'albina', 'hollywood'];

const AROUND: Around = { compared: { drift: null, as: 'same' }, underWay: null };

/** What a pass over a branch that was seen like this leaves written. */
function written({ branch, ...seen }: Sighting): WrittenCondition[] {
	const told = toldOf(observe({ branch, ...seen }), branch, AROUND);
	return told.map((condition) => ({ ...condition, observed_generation: branch.generation }));
}

describe('whether a branch is at rest', () => {
	const seenBySome = [
		...SIGHTINGS,
		{ when: 'it is suspended', seen: sighting({ branch: branchRow({ observed_state: 'suspended' }) }) },
		{
			when: 'its home would not start a moment ago',
			seen: sighting({
				sight: { state: 'Absent' },
				intent: {
					...{ branch: '', action: 'start_home', generation: '3', state: 'failed' as const },
					...{ failures: 1, not_before: String(NOON + 1), detail: null, code: null, at: '0' },
				},
			}),
		},
		{
			when: 'it is to be deleted',
			seen: sighting({ branch: branchRow({ retirement: { at: 1, until: 2, deleting: true } }) }),
		},
	];
	for (const { when, seen } of seenBySome) {
		const state = observe(seen);
		const isDone = nextAction(state) === null && lookAgain(state, seen.now) === null;
		it(`${isDone ? 'is so' : 'is not so'} when ${when}, and all of it is told`, () => {
			expect(isAtRest(seen, written(seen), AROUND)).to.equal(isDone);
		});
	}

	it('is not so before all that is seen is told, word for word and of this generation', () => {
		const all = written(sighting());
		for (const [at, one] of all.entries()) {
			const others = all.toSpliced(at, 1);
			expect(isAtRest(sighting(), others, AROUND), `without ${one.type}`).to.equal(false);
			const changes: Partial<WrittenCondition>[] = [
				{ status: 'Unknown' },
				{ reason: 'Waiting' },
				{ message: 'Something else.' },
				{ observed_generation: '2' },
			];
			for (const change of changes)
				expect(
					isAtRest(sighting(), [...others, { ...one, ...change }], AROUND),
					JSON.stringify(change),
				).to.equal(false);
		}
	});
});

describe('the turn of a branch', () => {
	it('comes once an hour, whatever its id is', () => {
		const ids = Array.from({ length: 500 }, () => randomUUID());
		ids.push('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff');
		const turns = Array.from({ length: 60 }, (_, minute) => turnOf(NOON + minute * 60_000));
		for (const id of ids) {
			const its = turns.filter(({ from, before }) => id >= from! && (before === null || id < before));
			expect(its, id).to.have.length(1);
		}
		expect(turnOf(NOON + 3_600_000)).to.deep.equal(turns[0]);
	});
});

describe('a glance at many branches', () => {
	let platform: Platform;
	let drift: Drift | null = null;
	let lost = false;
	const ids = new Map<string, string>();
	before(async () => {
		platform = await startPlatform({
			drift: { look: async () => drift, mend: async () => undefined },
			beforeLook() {
				if (lost) throw new Error('the cluster is away');
			},
		});
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		for (const slug of SLUGS) {
			await platform.api('POST', BRANCHES, { body: { ...BRANCH, slug } });
			await platform.settle();
			ids.set(slug, (await platform.api<{ id: string }>('GET', `${BRANCHES}/${slug}`)).body.id);
		}
	});
	after(() => platform.close());
	afterEach(() => {
		drift = null;
		lost = false;
	});

	const context = () => platform.provisioner().context;
	/** The branches that are to be looked at, by their slugs. */
	async function found(database = context().database): Promise<string[]> {
		const due: string[] = [];
		const range = { from: null, before: null };
		const look = async (branches: readonly string[]) => void due.push(...branches);
		await glanceAt({ ...context(), database }, { cell: FIRST_CELL, range, look });
		return SLUGS.filter((slug) => due.includes(ids.get(slug)!));
	}
	/** What it finds after something was changed, which is undone afterwards. */
	async function foundAfter(change: (database: Transaction) => Promise<unknown>): Promise<string[]> {
		const transaction = await context().database.transaction();
		try {
			await change(transaction);
			return await found(transaction);
		} finally {
			await transaction.rollback();
		}
	}
	const kenton = () => ids.get('kenton')!;

	it('finds nothing where a pass over each does nothing and writes nothing', async () => {
		expect(await found()).to.deep.equal([]);
		const { database } = context();
		const all = async () => [
			await database('condition').orderBy(['branch', 'type']),
			await database('intent').orderBy('branch'),
			await database('branch').orderBy('id'),
			// Where PostgreSQL keeps a row: another one when it was written anew, even with the same words.
			await database('condition').orderBy(['branch', 'type']).select(database.raw('ctid::text')),
		];
		const before = [await all(), platform.home.taken.length];
		platform.clock.advance(60_000);
		for (const id of ids.values())
			expect(await reconcileBranch(context(), id)).to.include({ state: 'InSync', again: null });
		expect([await all(), platform.home.taken.length]).to.deep.equal(before);
	});

	const CHANGES: Record<string, (database: Transaction) => Promise<unknown>> = {
		'something else is wanted of': (database) =>
			database('branch').where({ id: kenton() }).increment('generation'),
		'the home told something else of, and nobody wrote the conditions down': (database) =>
			database('branch').where({ id: kenton() }).update({ observed_state: 'damaged' }),
		'a condition is missing of': (database) =>
			database('condition').where({ branch: kenton(), type: 'Synced' }).delete(),
		'a condition says something else of': (database) =>
			database('condition').where({ branch: kenton(), type: 'Available' }).update({ status: 'False' }),
		'no home is known of': (database) =>
			database('branch').where({ id: kenton() }).update({ place: null, home: null }),
		'the home is to be entered by': (database) =>
			database('branch').where({ id: kenton() }).update({ home: null }),
		'a folder is to be deleted of': (database) =>
			database('branch')
				.where({ id: kenton() })
				.update({ stage: 'retired', retirement: JSON.stringify({ at: 1, until: 2, deleting: true }) }),
		'a copy was asked for of': (database) =>
			database('backup').insert({
				...{ id: randomUUID(), branch: kenton(), place: 'home-1', state: 'underway', asked: 1 },
				asked_by: 'somebody',
			}),
		'a copy is to be removed of': (database) =>
			database('removal').insert({ backup: randomUUID(), place: 'home-1', branch: kenton() }),
		'a move goes on with': (database) =>
			database('move').insert({
				...{ id: randomUUID(), branch: kenton(), housing: 'shared', from_place: 'home-1' },
				...{ from_home: randomUUID(), to_place: 'home-2', from_epoch: 1, first: randomUUID() },
				...{ rest: randomUUID(), state: 'arriving', since: 1, asked: 1, asked_by: 'somebody' },
			}),
	};
	for (const [what, change] of Object.entries(CHANGES))
		it(`finds the one branch where ${what.replace(/ of$| by$| with$/, '')}`, async () => {
			expect(await foundAfter(change)).to.deep.equal(['kenton']);
		});

	const UNDER_WAY: Record<string, [what: string, saidOf: string[]]> = {
		'a copy was asked for of': ['Exporting', ['kenton']],
		'a move goes on with': ['Moving', ['kenton']],
		'it is being renamed': ['Renaming', ['kenton']],
		'its home is being upgraded': ['Upgrading', SLUGS],
		'its home goes back': ['RollingBack', SLUGS],
	};
	const upgradeOfHome = async (database: Transaction, message: string | null) => {
		const upgrade = { id: randomUUID(), version: 'v2', settings: { soak: 0, hours: null } };
		await insertUpgrade(database, { ...upgrade, asked_by: 'ops', undoes: null, asked: 1 }, [['home-1']]);
		const row = { upgrade: upgrade.id, name: 'home-1' };
		await changeUpgradeHome(database, row, { state: 'upgrading', message, at: 1 });
	};
	const BEGINS: typeof CHANGES = {
		...CHANGES,
		'it is being renamed': (database) =>
			database('operation').insert({
				...{
					id: randomUUID(),
					kind: 'rename',
					library: database('branch').where({ id: kenton() }).select('library'),
				},
				...{ branch: kenton(), state: 'running', created: 1, created_by: 'ops' },
			}),
		'its home is being upgraded': (database) => upgradeOfHome(database, null),
		'its home goes back': (database) => upgradeOfHome(database, 'It did not come up.'),
	};
	for (const [what, [reason, slugs]] of Object.entries(UNDER_WAY))
		it(`knows by name what goes on where ${what.replace(/ of$| with$/, '')}, of whom, and of nobody when it is over`, async () => {
			const { database } = context();
			const transaction = await database.transaction();
			try {
				await BEGINS[what]!(transaction);
				const said = await underWayAmong(transaction, [...ids.values()]);
				expect(SLUGS.filter((slug) => said.get(ids.get(slug)!)?.reason === reason)).to.deep.equal(slugs);
				expect(said.get(kenton())!.message).to.match(/\.$/);
			} finally {
				await transaction.rollback();
			}
			expect((await underWayAmong(database, [...ids.values()])).size).to.equal(0);
		});

	it('leaves out what is only listed', async () => {
		const listed = await foundAfter((database) =>
			database('branch').where({ id: kenton() }).update({ stage: 'listed', observed_state: 'damaged' }),
		);
		expect(listed).to.deep.equal([]);
	});

	it('finds every branch of a home that does not run, that cannot be seen or that somebody changed', async () => {
		await context().driver.stop('home-1');
		expect(await found()).to.deep.equal(SLUGS);
		await startHome(context(), 'home-1');
		lost = true;
		expect(await found()).to.deep.equal(SLUGS);
		lost = false;
		drift = { sentence: 'Somebody changed it.', cutsOff: false };
		expect(await found()).to.deep.equal(SLUGS);
	});

	it('has the sweep find within the hour what was written down when a process ended', async () => {
		await platform.provisioner().services.look([...ids.values()]);
		await platform.settle();
		expect(await found()).to.deep.equal([]);
		const { database } = context();
		// One that every sweep looks at whatever a glance finds would prove nothing.
		const watched = await branchOfEachHome(database);
		const id = [...ids.values()].find((one) => !watched.includes(one))!;
		await database('branch').where({ id }).update({ observed_state: 'damaged' });
		const available = async () =>
			(await database('condition').where({ branch: id, type: 'Available' }).first()).reason;
		for (let minute = 0; minute < 60; minute += 1) {
			platform.clock.advance(60_000);
			const { from, before } = turnOf(platform.clock.now());
			if (id < from! || (before !== null && id >= before)) continue;
			expect(await available()).to.equal('Serving');
			await platform.provisioner().services.sweep();
			await platform.settle();
		}
		expect(await available()).to.equal('Damaged');
	});
});
