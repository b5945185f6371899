import type { Grant } from '@understory/core/grants.ts';
import { expect } from 'chai';
import { acceptInvitation } from '../../src/services/invitations.ts';
import { ADDRESS, ADMIN_TOKEN, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

interface Team {
	readonly id: string;
	readonly state: string;
	readonly branches: string[] | null;
	readonly libraries: { slug: string; state: string }[];
	readonly members: { id: string; name: string; from: string; own: boolean; serves: boolean }[];
}

describe('a moderation team that several libraries share', () => {
	let platform: Platform;
	const ids = new Map<string, string>();
	const tokens = new Map<string, string>();

	before(async () => {
		platform = await startPlatform();
		for (const [slug, name, branches] of [
			['multnomah', 'Multnomah County Library', ['belmont', 'holgate']],
			['harbor', 'Harbor City Library', ['pier']],
			['valley', 'Valley Library', []],
		] as const) {
			const made = await platform.api<{ id: string }>('POST', '/api/v1/libraries', {
				body: { ...LIBRARY, slug, name },
			});
			ids.set(slug, made.body.id);
			for (const branch of branches) {
				const body = { slug: branch, name: branch, address: ADDRESS };
				await platform.api('POST', `/api/v1/libraries/${slug}/branches`, { body });
			}
			const token = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
				body: { name: `IT of ${slug}`, role: 'library_it', library: made.body.id },
			});
			tokens.set(slug, token.body.token);
		}
		await platform.settle();
	});
	after(() => platform.close());

	const as = <T = Team>(slug: string, method: string, path: string, body?: object) =>
		platform.api<T>(method, `/api/v1/libraries/${slug}${path}`, {
			token: tokens.get(slug)!,
			...(body ? { body } : {}),
		});
	const seen = async (slug: string, id: string) =>
		(await as<{ items: Team[] }>(slug, 'GET', '/teams')).body.items.find((team) => team.id === id);
	/** As the sign-in does, for somebody who came with a card of this library. */
	async function accept(slug: string, url: string, staffId: string) {
		const { context, services } = platform.provisioner();
		const library = ids.get(slug)!;
		const granted = await acceptInvitation(context, { token: url.split('/').at(-1)!, library, staffId });
		await services.libraryChanged(library);
		return granted;
	}
	const holding = async (slug: string, staffId: string): Promise<Grant[]> =>
		(await platform.register(ids.get(slug)!)).grants.filter(
			({ staff_id, until }) => staff_id === staffId && until === null,
		);
	const invite = (slug: string, team: string, member: string) =>
		as<{ url: string; id: string }>(slug, 'POST', `/teams/${team}/members/${member}/invitations`);
	/** A team of two libraries that agreed, with Mo of Harbor on it. */
	async function shared(branches: string[] | null = ['belmont']) {
		const { id } = (await as('harbor', 'POST', '/teams', { name: 'River team' })).body;
		await as('harbor', 'POST', `/teams/${id}/libraries`, { library: 'multnomah' });
		const agreed = await as('multnomah', 'PUT', `/teams/${id}/agreement`, { branches });
		expect(agreed.status, JSON.stringify(agreed.body)).to.equal(200);
		const added = await as('harbor', 'POST', `/teams/${id}/members`, { name: 'Mo Lind' });
		expect(added.status, JSON.stringify(added.body)).to.equal(201);
		return { id, mo: added.body.members[0]!.id };
	}
	/** The same, with Mo signed in at Multnomah. */
	async function serving(staffId: string, branches: string[] | null = ['belmont']) {
		const team = await shared(branches);
		await accept('multnomah', (await invite('multnomah', team.id, team.mo)).body.url, staffId);
		return team;
	}

	it('is offered and agreed to by library IT of each library; until then nothing changes at the one that was asked', async () => {
		const { id } = (await as('harbor', 'POST', '/teams', { name: ' River  team ' })).body;
		expect(await seen('harbor', id)).to.deep.include({ name: 'River team', state: 'agreed', founder: true });
		expect(await seen('multnomah', id), 'not asked yet').to.equal(undefined);
		const offer = () => as('harbor', 'POST', `/teams/${id}/libraries`, { library: 'multnomah' });
		expect((await offer()).status).to.equal(201);
		expect((await offer()).body.libraries, 'asked once').to.have.length(2);
		expect(await seen('multnomah', id)).to.include({ state: 'offered', founder: false });
		for (const [path, body] of [
			[`/teams/${id}/libraries`, { library: 'valley' }],
			[`/teams/${id}/members`, { name: 'Ana' }],
		] as const) {
			expect((await as('multnomah', 'POST', path, body)).status, path).to.equal(409);
		}
		const mo = (await as('harbor', 'POST', `/teams/${id}/members`, { name: 'Mo' })).body.members[0]!.id;
		expect((await invite('multnomah', id, mo)).status).to.equal(409);
		const agreed = await as('multnomah', 'PUT', `/teams/${id}/agreement`, { branches: ['belmont'] });
		expect(agreed.body).to.deep.include({ state: 'agreed', branches: ['belmont'] });
		expect((await seen('harbor', id))!.branches, 'what it serves elsewhere is not told').to.equal(null);
	});

	it('gives a role at a library only to whom that library invited, with where they come from, at the branches it agreed to', async () => {
		const { id, mo } = await shared();
		const { url } = (await invite('multnomah', id, mo)).body;
		expect(url).to.match(/^http:\/\/card\.multnomah\.localhost:4000\/invitation\//);
		expect(await holding('multnomah', 'mo-1')).to.deep.equal([]);
		expect(await accept('multnomah', url, 'mo-1')).to.include({ role: 'moderation_team' });
		const [grant, ...more] = await holding('multnomah', 'mo-1');
		expect(more).to.deep.equal([]);
		const belmont = (await platform.register(ids.get('multnomah')!)).branches.find(
			({ slug }) => slug === 'belmont',
		)!;
		expect(grant).to.deep.include({
			...{ name: 'Mo Lind', role: 'moderation_team', branch: belmont.id },
			team: { id, name: 'River team', from: 'Harbor City Library' },
		});
		expect(await holding('harbor', 'mo-1'), 'not at the other one').to.deep.equal([]);
		expect(await accept('multnomah', url, 'mo-1'), 'the same answer to the same person').to.include({
			name: 'Mo Lind',
		});
		await accept('multnomah', url, 'somebody-else').then(
			() => expect.fail('it was used'),
			(error: { status: number }) => expect(error.status).to.equal(410),
		);
		expect((await seen('multnomah', id))!.members[0]).to.include({
			own: false,
			serves: true,
			from: 'Harbor City Library',
		});
		const { items } = (await as<{ items: { team: string }[] }>('multnomah', 'GET', '/staff')).body;
		expect(items.map(({ team }) => team)).to.include('River team');
		await accept('harbor', (await invite('harbor', id, mo)).body.url, 'mo-at-home');
		const [home] = await holding('harbor', 'mo-at-home');
		expect(home!.team, 'at home nobody is from elsewhere').to.include({ from: null });
	});

	it('follows what the library says about its branches, and everybody’s roles with it', async () => {
		const { id } = await serving('mo-2');
		await as('multnomah', 'PUT', `/teams/${id}/agreement`, { branches: ['holgate', 'belmont'] });
		await platform.settle();
		expect(await holding('multnomah', 'mo-2')).to.have.length(2);
		const before = (await platform.register(ids.get('multnomah')!)).version;
		await as('multnomah', 'PUT', `/teams/${id}/agreement`, { branches: ['belmont', 'holgate'] });
		await platform.settle();
		expect((await platform.register(ids.get('multnomah')!)).version, 'nothing changed').to.equal(before);
		await as('multnomah', 'PUT', `/teams/${id}/agreement`, { branches: null });
		await platform.settle();
		expect((await holding('multnomah', 'mo-2')).map(({ branch }) => branch)).to.deep.equal([null]);
	});

	it('is ended by either library: the roles of its people end at once there, and what they were stays known', async () => {
		for (const by of ['multnomah', 'harbor']) {
			const { id, mo } = await serving(`mo-3-${by}`);
			const waiting = (await invite('multnomah', id, mo)).body.url;
			expect((await as(by, 'DELETE', `/teams/${id}/libraries/multnomah`)).status).to.equal(204);
			await platform.settle();
			expect(await holding('multnomah', `mo-3-${by}`)).to.deep.equal([]);
			const { grants } = await platform.register(ids.get('multnomah')!);
			expect(grants.some(({ staff_id }) => staff_id === `mo-3-${by}`)).to.equal(true);
			expect(await seen('multnomah', id)).to.equal(undefined);
			await as('harbor', 'POST', `/teams/${id}/libraries`, { library: 'multnomah' });
			await as('multnomah', 'PUT', `/teams/${id}/agreement`, {});
			await platform.settle();
			expect(
				await holding('multnomah', `mo-3-${by}`),
				'nobody is back without being invited anew',
			).to.deep.equal([]);
			await accept('multnomah', waiting, 'late').then(
				() => expect.fail('the invitation ended with it'),
				(error: { status: number }) => expect(error.status).to.equal(404),
			);
		}
	});

	it('ends everywhere when the library that made it leaves, and only it ends the part of another', async () => {
		const { id } = await serving('mo-4');
		expect((await as('multnomah', 'DELETE', `/teams/${id}/libraries/harbor`)).status).to.equal(409);
		expect((await as('multnomah', 'DELETE', `/teams/${id}/libraries/nowhere`)).status).to.equal(404);
		expect((await as('harbor', 'DELETE', `/teams/${id}/libraries/harbor`)).status).to.equal(204);
		await platform.settle();
		expect(await holding('multnomah', 'mo-4')).to.deep.equal([]);
		for (const slug of ['harbor', 'multnomah']) expect(await seen(slug, id)).to.equal(undefined);
	});

	it('loses somebody whom their own library takes off it, at every library; another library takes back what they are at its own', async () => {
		platform.clock.advance(1000);
		const { id, mo } = await serving('mo-5');
		const { items } = (
			await as<{ items: { id: string; name: string; team: string | null }[] }>('multnomah', 'GET', '/staff')
		).body;
		const grantOf = (await platform.register(ids.get('multnomah')!)).grants.find(
			({ staff_id }) => staff_id === 'mo-5',
		)!;
		expect(grantOf).to.not.equal(undefined);
		const listed = items.filter(({ team }) => team === 'River team').at(-1)!;
		expect((await as('multnomah', 'DELETE', `/staff/${listed.id}`)).status).to.equal(204);
		expect((await seen('multnomah', id))!.members[0]).to.include({ serves: false });
		await as('multnomah', 'PUT', `/teams/${id}/agreement`, { branches: null });
		await platform.settle();
		expect(await holding('multnomah', 'mo-5'), 'it stays taken back').to.deep.equal([]);
		await accept('multnomah', (await invite('multnomah', id, mo)).body.url, 'mo-5');
		expect(await holding('multnomah', 'mo-5')).to.have.length(1);
		expect((await as('multnomah', 'DELETE', `/teams/${id}/members/${mo}`)).status, 'not theirs').to.equal(
			404,
		);
		expect((await as('harbor', 'DELETE', `/teams/${id}/members/${mo}`)).status).to.equal(204);
		await platform.settle();
		expect(await holding('multnomah', 'mo-5')).to.deep.equal([]);
	});

	it('leaves a role somebody has by themselves as it is, whatever becomes of the team', async () => {
		const { id, mo } = await shared(null);
		const own = await as<{ url: string }>('multnomah', 'POST', '/invitations', {
			role: 'moderation_team',
			name: 'Mo herself',
		});
		await accept('multnomah', own.body.url, 'mo-6');
		await accept('multnomah', (await invite('multnomah', id, mo)).body.url, 'mo-6');
		expect(await holding('multnomah', 'mo-6')).to.have.length(2);
		await as('harbor', 'DELETE', `/teams/${id}/libraries/harbor`);
		await platform.settle();
		const [left, ...more] = await holding('multnomah', 'mo-6');
		expect(more).to.deep.equal([]);
		expect(left).to.include({ name: 'Mo herself' }).and.not.have.property('team');
	});

	it('refuses what cannot be, with the field, and is not there for a library that has no part in it', async () => {
		const { id, mo } = await shared();
		for (const [method, path, body, fields] of [
			['POST', '/teams', { name: '  ' }, ['name']],
			['POST', '/teams', { name: 'x'.repeat(101) }, ['name']],
			['POST', '/teams', { name: 'Two', branches: ['pier', 'nowhere'] }, ['branches']],
			['POST', `/teams/${id}/libraries`, { library: 'nowhere' }, ['library']],
			['PUT', `/teams/${id}/agreement`, { branches: [] }, ['branches']],
			['PUT', `/teams/${id}/agreement`, { branches: ['belmont'] }, ['branches']],
			['POST', `/teams/${id}/members`, { name: '' }, ['name']],
		] as const) {
			const answer = await as<{ errors: { field: string }[] }>('harbor', method, path, body);
			expect(answer.status, path).to.equal(422);
			expect(JSON.stringify(answer.body), path).to.include(fields[0]);
		}
		for (const [method, path, body] of [
			['POST', `/teams/${id}/libraries`, { library: 'harbor' }],
			['PUT', `/teams/${id}/agreement`, {}],
			['POST', `/teams/${id}/members`, { name: 'Eve' }],
			['DELETE', `/teams/${id}/members/${mo}`, undefined],
			['DELETE', `/teams/${id}/libraries/harbor`, undefined],
			['POST', `/teams/${id}/members/${mo}/invitations`, undefined],
			['DELETE', '/teams/nonsense/libraries/harbor', undefined],
		] as const) {
			expect((await as('valley', method, path, body)).status, `${method} ${path}`).to.equal(404);
		}
		const other = await platform.api('GET', '/api/v1/libraries/harbor/teams', {
			token: tokens.get('valley')!,
		});
		expect(other.status).to.equal(404);
		const reader = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			token: ADMIN_TOKEN,
			body: { name: 'reader', role: 'reader', library: ids.get('harbor')! },
		});
		const asReader = { token: reader.body.token };
		expect((await platform.api('GET', '/api/v1/libraries/harbor/teams', asReader)).status).to.equal(200);
		const made = await platform.api('POST', '/api/v1/libraries/harbor/teams', {
			...asReader,
			body: { name: 'No' },
		});
		expect(made.status).to.equal(403);
	});

	it('is settled once when it is ended and accepted at the same moment: nobody is left with a role', async () => {
		for (let n = 0; n < 4; n += 1) {
			const { id, mo } = await shared();
			const { url } = (await invite('multnomah', id, mo)).body;
			await Promise.all([
				accept('multnomah', url, `mo-7-${n}`).catch(() => null),
				as('harbor', 'DELETE', `/teams/${id}/libraries/multnomah`),
			]);
			await platform.settle();
			expect(await holding('multnomah', `mo-7-${n}`)).to.deep.equal([]);
		}
	});
});
