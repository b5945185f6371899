import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import type { HomeDriver } from '../../src/drivers/driver.ts';
import { createLocalDriver } from '../../src/drivers/local.ts';
import { ADDRESS, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const CELLS = '/api/v1/cells';
const WEEK = 7 * 86_400_000;

interface Answered {
	id: string;
	title: string;
	code: string;
	state: string;
	errors?: { field: string }[];
	problem: { title: string } | null;
}

describe('a branch that moves to another cell', () => {
	let platform: Platform;
	/** Homes that run in the other cell. */
	const running = new Set<string>();
	let opened = 0;
	/** Whether the other cluster does not answer. */
	let silent = false;

	async function openCell(): Promise<HomeDriver> {
		opened += 1;
		const there = createLocalDriver(async (spec) => {
			const home = await platform.newHome(spec.name);
			await home.enrol(platform.url, spec.enrolmentToken);
			running.add(spec.name);
			return { close: async () => void running.delete(spec.name) };
		});
		return {
			...there,
			async observe(name) {
				if (silent) throw new PublicError(502, 'cluster_silent', 'The cluster does not answer.');
				return there.observe(name);
			},
			namespaceFor: async (library) => `library-${library}-in-the-east`,
		};
	}

	before(async () => {
		platform = await startPlatform({ driverOfCell: openCell });
		for (const slug of ['multnomah', 'port'])
			await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug } });
		for (const [slug, home] of [
			['belmont', 'shared'],
			['albina', 'dedicated'],
		])
			await platform.api('POST', '/api/v1/libraries/multnomah/branches', {
				body: { slug, name: slug, address: ADDRESS, home },
			});
		await platform.settle();
		await platform.api('POST', CELLS, { body: { name: 'east', starts_per_minute: null } });
	});
	after(() => platform.close());
	beforeEach(() => platform.clock.advance(1_000));

	const database = () => platform.provisioner().context.database;
	const operate = (slug: string, body: object) =>
		platform.api<Answered>('POST', `/api/v1/libraries/multnomah/branches/${slug}/operations`, { body });
	const operation = async (id: string) =>
		(await platform.api<Answered>('GET', `/api/v1/operations/${id}`)).body;
	const home = async (slug: string): Promise<{ id: string; place: string; cell: string }> =>
		database()('branch')
			.join('home', 'home.name', 'branch.place')
			.where({ slug })
			.first('branch.id', 'place', 'cell');
	const namespaceOf = async (name: string): Promise<string | null> =>
		(await database()('home').where({ name }).first()).namespace;
	const route = async (slug: string): Promise<string> =>
		(
			await database()('route')
				.where({ host: `${slug}.multnomah.localhost` })
				.first()
		).address;
	async function move(slug: string, body: object): Promise<void> {
		const asked = await operate(slug, { kind: 'move', ...body });
		expect(asked.status, JSON.stringify(asked.body)).to.equal(202);
		const { id } = await home(slug);
		for (let looks = 0; looks < 40; looks += 1) {
			await platform.provisioner().services.look([id]);
			await platform.settle();
			const { state, problem } = await operation(asked.body.id);
			if (state === 'done') return;
			expect(state, JSON.stringify(problem)).to.not.equal('failed');
		}
		expect.fail('it does not arrive');
	}

	it('lives in a home of that cell then, and its host name leads there', async () => {
		const before = await route('belmont');
		expect((await home('belmont')).cell).to.equal('default');
		await move('belmont', { home: 'shared', cell: 'east' });
		const { place, cell } = await home('belmont');
		expect(cell).to.equal('east');
		expect([...running]).to.deep.equal([place]);
		expect(await namespaceOf(place)).to.equal(null);
		expect(await route('belmont')).to.not.equal(before);
	});

	it('has a home to itself there under another name, and the one it left is stopped', async () => {
		const before = await home('albina');
		await move('albina', { home: 'dedicated', cell: 'east' });
		const after = await home('albina');
		expect(after.cell).to.equal('east');
		expect(after.place).to.equal(`${before.place}-2`);
		expect(running.has(after.place)).to.equal(true);
		// Libraries have namespaces in that cell, and none in the first.
		expect(await namespaceOf(after.place)).to.equal('library-multnomah-in-the-east');
		expect(await namespaceOf(before.place)).to.equal(null);
		expect(await platform.provisioner().context.driver.observe(before.place)).to.deep.equal({
			state: 'Absent',
		});
	});

	it('goes nowhere that is not there, or not for its library, or where it lives', async () => {
		for (const [body, status, said] of [
			[{ home: 'shared', cell: 'west' }, 422, 'There is no such cell.'],
			[{ home: 'shared', cell: 'east', place: 'home-1' }, 422, 'Say where it moves.'],
			[{ home: 'dedicated', cell: 'east' }, 409, 'lives in that home already'],
		] as const) {
			const answer = await operate('albina', { kind: 'move', ...body });
			expect(answer.status, JSON.stringify(answer.body)).to.equal(status);
			expect(answer.body.title).to.contain(said);
		}
		await platform.api('PATCH', `${CELLS}/default`, { body: { libraries: ['port'] } });
		const answer = await operate('albina', { kind: 'move', home: 'shared', cell: 'default' });
		expect([answer.status, answer.body.title]).to.deep.equal([
			409,
			'The cell default takes no shared homes of this library.',
		]);
		await platform.api('PATCH', `${CELLS}/default`, { body: { libraries: [] } });
	});

	it('a cell is taken away when nobody lives there and nothing is kept there, and says what is left before', async () => {
		const remove = (cell: string) => platform.api<Answered>('DELETE', `${CELLS}/${cell}`);
		expect((await remove('west')).status).to.equal(404);
		expect((await remove('default')).body.code).to.equal('first_cell');
		const lived = await remove('east');
		expect([lived.status, lived.body.code]).to.deep.equal([409, 'cell_in_use']);
		expect(lived.body.title).to.contain('2 live there: albina of multnomah, belmont of multnomah.');
		// It takes nobody more while it is emptied.
		await platform.api('PATCH', `${CELLS}/east`, { body: { takes: 'none' } });
		const refused = await operate('belmont', { kind: 'move', home: 'dedicated', cell: 'east' });
		expect(refused.body.title).to.equal('The cell east takes no dedicated homes of this library.');
		await move('belmont', { home: 'shared', cell: 'default' });
		await move('albina', { home: 'shared', cell: 'default' });
		const kept = await remove('east');
		expect(kept.body.title).to.contain('2 left a folder there that is kept until');
		platform.clock.advance(WEEK + 1_000);
		await platform.provisioner().services.sweep();
		await platform.settle();
		const before = [...running];
		const body = { method: 'DELETE', path: '/cells/east' };
		const plan = await platform.api<{ changes: { what: string; to: unknown }[] }>('POST', '/api/v1/plans', {
			body,
		});
		const would = plan.body.changes.map(({ what, to }) => `${what}: ${to}`);
		expect(would).to.deep.equal(['items east: null', ...before.map((name) => `home ${name}: stopped`)]);
		expect(before).to.have.length(1);
		expect([...running]).to.deep.equal(before);
		expect(await database()('cell').where({ name: 'east' })).to.have.length(1);
		silent = true;
		expect((await platform.api('POST', '/api/v1/plans', { body })).status).to.equal(502);
		silent = false;
		expect((await remove('east')).status).to.equal(204);
		expect([...running]).to.deep.equal([]);
		const { items } = (await platform.api<{ items: { name: string }[] }>('GET', CELLS)).body;
		expect(items.map(({ name }) => name)).to.deep.equal(['default']);
		expect(await database()('home').where({ cell: 'east' })).to.deep.equal([]);
		expect((await home('albina')).cell).to.equal('default');
	});

	it('one of the same name that is added later is another', async () => {
		const before = opened;
		await platform.api('POST', CELLS, { body: { name: 'east' } });
		// Tried when it is added, and reached anew by its first home.
		await move('albina', { home: 'dedicated', cell: 'east' });
		expect(opened).to.equal(before + 2);
		expect((await home('albina')).cell).to.equal('east');
	});
});
