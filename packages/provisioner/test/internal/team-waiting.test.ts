import type { BranchWaiting, TeamList, Waiting } from '@understory/core/team-list.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { acceptInvitation } from '../../src/services/invitations.ts';
import { ADDRESS, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const MINUTE = 60_000;

describe('what homes say that waits for a team', () => {
	let platform: Platform;
	let homeId: string;
	let team: string;
	let mo: string;
	const libraries = new Map<string, string>();
	const branches = new Map<string, string>();

	before(async () => {
		platform = await startPlatform();
		for (const [slug, name, slugs] of [
			['harbor', 'Harbor City Library', ['pier']],
			['multnomah', 'Multnomah County Library', ['belmont', 'holgate']],
		] as const) {
			const made = await platform.api<{ id: string }>('POST', '/api/v1/libraries', {
				body: { ...LIBRARY, slug, name },
			});
			libraries.set(slug, made.body.id);
			for (const branch of slugs) {
				const path = `/api/v1/libraries/${slug}/branches`;
				const body = { slug: branch, name: `The ${branch}`, address: ADDRESS };
				await platform.api('POST', path, { body });
				await platform.settle();
				branches.set(branch, (await platform.api<{ id: string }>('GET', `${path}/${branch}`)).body.id);
			}
		}
		const { context } = platform.provisioner();
		homeId = (await context.database('role').where({ kind: 'home' }).first('id')).id;
		const made = await as('harbor', 'POST', '/teams', { name: 'River team' });
		team = made.body.id;
		mo = (await as('harbor', 'POST', `/teams/${team}/members`, { name: 'Mo Lind' })).body.members[0]!.id;
		await as('harbor', 'POST', `/teams/${team}/libraries`, { library: 'multnomah' });
		await as('multnomah', 'PUT', `/teams/${team}/agreement`, { branches: ['belmont'] });
		await serves('harbor', 'mo-h');
		await serves('multnomah', 'mo-m');
	});
	after(() => platform.close());

	const as = (slug: string, method: string, path: string, body?: object) =>
		platform.api<{ id: string; url: string; members: { id: string }[]; items: Record<string, unknown>[] }>(
			method,
			`/api/v1/libraries/${slug}${path}`,
			body ? { body } : {},
		);
	/** Mo accepts the invitation of a library, with a card of it. */
	async function serves(slug: string, staffId: string) {
		const { url } = (await as(slug, 'POST', `/teams/${team}/members/${mo}/invitations`)).body;
		const token = url.split('/').at(-1)!;
		const library = libraries.get(slug)!;
		await acceptInvitation(platform.provisioner().context, { token, library, staffId });
		await platform.settle();
	}
	async function tell(told: readonly object[], by = platform.home.key) {
		const report = { type: 'understory/team-waiting/v1', home: homeId, issued: platform.clock.now() };
		const answered = await platform.outgoing.request({
			url: `${platform.url}/internal/v1/team-waiting`,
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(signDocument({ ...report, branches: told }, by)),
		});
		const text = answered.body.toString('utf8');
		return { status: answered.status, body: text === '' ? null : (JSON.parse(text) as { taken: string[] }) };
	}
	const at = (slug: string, items: readonly Waiting[], total = items.length): BranchWaiting => ({
		...{ branch: branches.get(slug)!, total, items },
	});
	const one = (n: number, more: Partial<Waiting> = {}): Waiting => ({
		...{ id: `waiting-${n}`.padEnd(22, 'x'), kind: 'report', due: 1_000_000 + n, taken: false, ...more },
	});
	async function list(branch: string, staffId: string) {
		const { status, body } = await platform.internal(
			`/internal/v1/team-lists/${branches.get(branch)}/${staffId}`,
		);
		return { status, body: JSON.parse(body) as TeamList };
	}
	const names = ({ body }: { body: TeamList }) => body.branches.map(({ name }) => name);

	it('is shown to somebody of the team over all branches that invited them, whichever they ask at, and of no other', async () => {
		await tell([at('pier', [one(2)]), at('belmont', [one(1)]), at('holgate', [one(0)])]);
		for (const [branch, staffId] of [
			['pier', 'mo-h'],
			['belmont', 'mo-m'],
		] as const) {
			const found = await list(branch, staffId);
			expect(found.status).to.equal(200);
			expect(names(found)).to.deep.equal(['The pier', 'The belmont']);
			expect(found.body.items.map(({ branch }) => branch)).to.deep.equal([
				branches.get('belmont'),
				branches.get('pier'),
			]);
		}
	});

	it('has emergencies first, and two hundred of all, with the number of all', async () => {
		const many = Array.from({ length: 200 }, (_, n) => one(n));
		await tell([at('pier', [one(900, { kind: 'emergency' })]), at('belmont', many, 250)]);
		const { body } = await list('pier', 'mo-h');
		expect(body.items).to.have.length(200);
		expect(body.items[0]).to.include({ kind: 'emergency', branch: branches.get('pier') });
		expect(body.branches.map(({ total }) => total)).to.deep.equal([1, 250]);
		await tell([at('pier', []), at('belmont', [one(1)])]);
	});

	it('is no more than what kind, by when and whether it is taken: anything else is left out', async () => {
		await tell([at('pier', [{ ...one(1), words: 'xw-words', who: 'mo' } as Waiting])]);
		const kept = await platform.provisioner().context.database('team_waiting').select();
		expect(JSON.stringify(kept)).not.to.include('xw-words');
		expect((await list('pier', 'mo-h')).body.items[0]).to.have.all.keys(
			'id',
			'kind',
			'due',
			'taken',
			'branch',
		);
	});

	it('is not shown for whoever is on no team there, nor to a home for a branch that is not its own', async () => {
		expect((await list('pier', 'somebody')).status).to.equal(403);
		expect((await list('pier', 'mo-m')).status, 'a number of another library').to.equal(403);
		expect((await list('holgate', 'mo-m')).status, 'a branch that did not agree').to.equal(403);
		const other = await platform.newHome('home-9');
		const path = `/internal/v1/team-lists/${branches.get('pier')}/mo-h`;
		expect((await platform.internal(path, { key: other.key })).status, 'a stranger').to.equal(401);
		const bare = await platform.outgoing.request({ url: platform.url + path });
		expect(bare.status).to.equal(401);
	});

	it('is refused whole when it is not signed by the home, or one item is not in its form', async () => {
		const before = (await list('pier', 'mo-h')).body.items;
		const other = await platform.newHome('home-8');
		expect((await tell([at('pier', [])], other.key)).status).to.equal(403);
		for (const bad of [
			[at('pier', []), { branch: 'x', total: 0, items: [] }],
			[at('pier', [one(1, { due: -1 })])],
			[at('pier', [one(1, { kind: 'gossip' as 'report' })])],
			[at('pier', [one(1), one(2)], 1)],
			[at('pier', [{ ...one(1), id: "'; drop table" }])],
			[
				at(
					'pier',
					Array.from({ length: 201 }, (_, n) => one(n)),
				),
			],
			[null],
		]) {
			expect((await tell(bad as object[])).status, JSON.stringify(bad).slice(0, 100)).to.equal(400);
		}
		expect((await list('pier', 'mo-h')).body.items).to.deep.equal(before);
	});

	it('of a branch that does not live in that home is not kept, and the home is told which were', async () => {
		const nowhere = { branch: crypto.randomUUID(), total: 0, items: [] };
		const { status, body } = await tell([nowhere, at('pier', [])]);
		expect(status).to.equal(200);
		expect(body!.taken).to.deep.equal([branches.get('pier')]);
	});

	it('is counted for library IT, as numbers and nothing else, and for no library that did not agree', async () => {
		const past = platform.clock.now() - 1;
		const future = platform.clock.now() + 90 * MINUTE;
		await tell([
			at('belmont', [
				one(1, { kind: 'emergency', due: past, taken: true }),
				one(2, { due: past }),
				one(3, { due: future }),
			]),
		]);
		const { body } = await as('multnomah', 'GET', `/teams/${team}/waiting`);
		expect(body.items).to.deep.equal([
			{
				...{ branch: 'belmont', name: 'The belmont', total: 3, emergencies: 1, late: 2, free: 2 },
				...{ as_of: platform.clock.now(), silent: false },
			},
		]);
		await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug: 'valley', name: 'Valley' } });
		for (const path of [`/teams/${team}/waiting`, '/teams/nonsense/waiting'])
			expect((await as('valley', 'GET', path)).status).to.equal(404);
	});

	it('is as old as what its home said last: one with nothing new is heard all the same, one that is silent shows since when', async () => {
		await tell([at('pier', [one(1)])]);
		platform.clock.advance(4 * MINUTE);
		await tell([]);
		const heard = platform.clock.now();
		platform.clock.advance(4 * MINUTE);
		const [pier] = (await list('pier', 'mo-h')).body.branches;
		expect(pier).to.include({ as_of: heard, silent: false });
		platform.clock.advance(2 * MINUTE);
		const silent = await list('pier', 'mo-h');
		expect(silent.body.branches[0]).to.include({ as_of: heard, silent: true });
		expect(silent.body.items, 'what it said still stands').to.have.length.greaterThan(0);
	});

	it('is shown no more from the moment a library ends its part', async () => {
		await as('multnomah', 'DELETE', `/teams/${team}/libraries/multnomah`);
		expect(names(await list('pier', 'mo-h'))).to.deep.equal(['The pier']);
		expect((await list('belmont', 'mo-m')).status).to.equal(403);
	});
});
