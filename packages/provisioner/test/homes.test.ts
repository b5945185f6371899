import { expect } from 'chai';
import { destinationFor, namespaceOf, placeBranch } from '../src/store/homes.ts';
import { ADDRESS, LIBRARY, type Platform, startPlatform } from './fixtures/platform.ts';

describe('the homes of branches', () => {
	let platform: Platform;
	before(async () => {
		platform = await startPlatform({ branchesInHome: 3 });
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
	});
	after(() => platform.close());

	const make = (slug: string, more: object = {}) =>
		platform.api('POST', '/api/v1/libraries/multnomah/branches', {
			body: { slug, name: slug, address: ADDRESS, ...more },
		});
	const homeOf = async (slug: string) =>
		(
			await platform.api<{ home: { kind: string; name: string } }>(
				'GET',
				`/api/v1/libraries/multnomah/branches/${slug}`,
			)
		).body.home;

	it('a shared home is filled before the next one is made, and never over its measure', async () => {
		await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((slug) => make(`shared-${slug}`)));
		await platform.settle();
		const rows: { place: string; branches: string }[] = await platform
			.provisioner()
			.context.database('branch')
			.whereNotNull('place')
			.groupBy('place')
			.orderBy('place')
			.select('place')
			.count({ branches: 'id' });
		expect(rows.map(({ place, branches }) => `${place}: ${branches}`)).to.deep.equal([
			'home-1: 3',
			'home-2: 3',
			'home-3: 1',
		]);
		expect(platform.starts.map(({ name, kind }) => `${name} ${kind}`).toSorted()).to.deep.equal([
			'home-1 shared',
			'home-2 shared',
			'home-3 shared',
		]);
	});

	it('a branch that asks for it has a home to itself, with a name that Helm takes', async () => {
		const slug = 'the-reading-room-at-the-corner-of-hawthorne-and-cesar-chavez';
		await make(slug, { home: 'dedicated' });
		await platform.settle();
		const { kind, name } = await homeOf(slug);
		expect(kind).to.equal('dedicated');
		expect(name).to.match(/^branch-the-reading-room-at-the-corner-o-[0-9a-f]{8}$/);
		expect(name.length).to.be.at.most(53);
		expect(platform.starts.at(-1)).to.include({ name, kind: 'dedicated' });
		expect(platform.starts.at(-1)?.host).to.match(new RegExp(`^${slug}\\.multnomah\\.`));
		expect(platform.starts.filter((start) => start.kind === 'shared' && start.host)).to.deep.equal([]);
	});

	it('a kind of home that does not exist is refused, and nothing is made', async () => {
		const { status } = await make('cellar', { home: 'underground' });
		expect(status).to.equal(422);
		expect((await platform.api('GET', '/api/v1/libraries/multnomah/branches/cellar')).status).to.equal(404);
	});

	it('a branch that has a place keeps it, however often it is asked', async () => {
		const { database } = platform.provisioner().context;
		const branch = await database('branch').where({ slug: 'shared-a' }).first();
		const limits = { most: 1, now: platform.clock.now() };
		const places = await Promise.all([1, 2, 3].map(() => placeBranch(database, branch, limits)));
		expect(new Set(places)).to.deep.equal(new Set([branch.place]));
	});

	it('a home that belongs to a library has its namespace written down, and a shared one has none', async () => {
		const { database } = platform.provisioner().context;
		const namespace = 'understory-library-multnomah';
		const limits = { most: 1, now: platform.clock.now(), namespaceIn: async () => namespace };
		const branch = await database('branch').where({ slug: 'shared-a' }).first();
		for (const housing of ['dedicated', 'shared'] as const) {
			await database('branch').where({ id: branch.id }).update({ place: null });
			const place = await placeBranch(database, { ...branch, housing }, limits);
			expect(await namespaceOf(database, place)).to.deep.equal(
				housing === 'dedicated' ? { namespace, library: 'multnomah' } : undefined,
			);
		}
		await database('branch').where({ id: branch.id }).update({ place: branch.place });
	});

	it('the home that a branch moves to is in the namespace of its library when it is its own, and never the one it leaves', async () => {
		const { database } = platform.provisioner().context;
		const namespace = 'understory-library-multnomah';
		const limits = { most: 9, now: platform.clock.now(), namespaceIn: async () => namespace };
		const shared = await database('branch').where({ slug: 'shared-b' }).first();
		const transaction = await database.transaction();
		try {
			const own = await destinationFor(transaction, shared, { ...limits, home: 'dedicated' });
			expect(own).to.match(/^branch-shared-b-[0-9a-f]{8}$/);
			expect(await namespaceOf(transaction, own)).to.deep.equal({
				...{ namespace, library: 'multnomah' },
			});
			for (const branch of [shared, { ...shared, place: own }]) {
				const place = await destinationFor(transaction, branch, { ...limits, home: 'shared' });
				expect(place)
					.to.match(/^home-\d$/)
					.and.to.not.equal(branch.place);
				expect(await namespaceOf(transaction, place)).to.equal(undefined);
			}
			const named = { ...limits, home: 'shared', place: 'home-3' } as const;
			expect(await destinationFor(transaction, shared, named)).to.equal('home-3');
		} finally {
			await transaction.rollback();
		}
	});

	it('the token of a home lets in nobody under another name', async () => {
		const token = await platform.provisioner().enrolmentToken('home', 'home-9');
		const refused = await platform.newHome('home-8').then((home) =>
			home.enrol(platform.url, token).then(
				() => 'let in',
				(error: Error) => error.message,
			),
		);
		expect(refused).to.equal('the enrolment was answered 403');
		const { role_id } = await (await platform.newHome('home-9')).enrol(platform.url, token);
		expect(role_id).to.be.a('string');
	});
});
