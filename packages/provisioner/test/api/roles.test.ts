import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { API_ROLES, type ApiRole, REACH, refusalOf } from '../../src/access/permissions.ts';
import { isOfBranch, type Route } from '../../src/api/route.ts';
import { routes } from '../../src/api/routes.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import { rolesDocument } from '../roles.ts';

const NOWHERE = '00000000-0000-4000-8000-000000000000';

describe('the table of roles of the API', () => {
	let platform: Platform;
	const tokens = new Map<ApiRole, string>();

	before(async () => {
		platform = await startPlatform();
		for (const slug of ['multnomah', 'siskiyou']) {
			await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug } });
			for (const branch of ['belmont', 'albina'])
				await platform.api('POST', `/api/v1/libraries/${slug}/branches`, {
					body: { ...BRANCH, slug: branch },
				});
		}
		await platform.settle();
		for (const role of API_ROLES) {
			const body = {
				name: `a ${role}`,
				role,
				library: REACH[role] === 'platform' && role === 'platform_admin' ? null : 'multnomah',
				...(role === 'branch_lead' ? { branches: ['belmont'] } : {}),
			};
			const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body });
			expect(made.status, role).to.equal(201);
			tokens.set(role, made.body.token);
		}
	});
	after(() => platform.close());

	/** Asks a route of a library and one of its branches, with nothing in the body; whatever else the path names is nowhere. */
	async function ask(route: Route, role: ApiRole, place: { library: string; branch: string }) {
		const path = route.path
			.replace('{library}', place.library)
			.replace('{branch}', place.branch)
			.replace(/\{\w+\}/g, NOWHERE);
		const answered = await platform.outgoing.request({
			url: `${platform.url}/api/v1${path}`,
			method: route.method.toUpperCase(),
			headers: {
				authorization: `Bearer ${tokens.get(role)}`,
				...(route.body ? { 'content-type': route.body === 'csv' ? 'text/csv' : 'application/json' } : {}),
			},
			body: route.body && route.body !== 'csv' ? '{}' : null,
		});
		return answered.status;
	}

	it('every route is open to every role that the table says, and to no other', async () => {
		const wrong: string[] = [];
		for (const route of routes) {
			for (const role of API_ROLES) {
				const scope = {
					role,
					library: role === 'platform_admin' ? null : 'multnomah',
					branches: role === 'branch_lead' ? ['belmont'] : null,
				};
				const refused = refusalOf(scope, { ...route, ofBranch: isOfBranch(route.path) }) !== null;
				const status = await ask(route, role, { library: 'multnomah', branch: 'belmont' });
				if ((status === 403) !== refused || status === 401 || status >= 500)
					wrong.push(`${route.id} as ${role}: ${status}`);
			}
		}
		expect(wrong).to.deep.equal([]);
	});

	it('of another library, and of another branch, nobody hears anything', async () => {
		const wrong: string[] = [];
		const elsewhere = [
			{
				library: 'siskiyou',
				branch: 'belmont',
				roles: API_ROLES.filter((role) => role !== 'platform_admin'),
			},
			{ library: 'multnomah', branch: 'albina', roles: ['branch_lead'] as const },
		];
		for (const { library, branch, roles } of elsewhere) {
			const other = routes.filter(({ path }) =>
				path.includes(library === 'siskiyou' ? '{library}' : '{branch}'),
			);
			for (const route of other) {
				for (const role of roles) {
					const status = await ask(route, role, { library, branch });
					const expected =
						route.method === 'get' || route.method === 'delete' ? [403, 404] : [403, 404, 415, 422];
					if (!expected.includes(status))
						wrong.push(`${route.id} as ${role} of ${library}/${branch}: ${status}`);
				}
			}
		}
		expect(wrong).to.deep.equal([]);
	});

	it('an auditor reads everything that library IT may read, and nothing that changes something is open to them', () => {
		const auditor = { role: 'auditor', library: 'multnomah', branches: null } as const;
		for (const route of routes) {
			const place = { ...route, ofBranch: isOfBranch(route.path) };
			const it = refusalOf({ ...auditor, role: 'library_it' }, place) === null;
			if (route.method === 'get' && it) expect(refusalOf(auditor, place), route.id).to.equal(null);
			if (/^(?:set|keep)_/.test(route.permission))
				expect(refusalOf(auditor, place), route.id).to.not.equal(null);
		}
	});

	it('a branch lead sees their branches, changes their settings, and leaves to the library what is its to say', async () => {
		const token = tokens.get('branch_lead')!;
		const branches = '/api/v1/libraries/multnomah/branches';
		const seen = await platform.api<{ items: { slug: string }[] }>('GET', branches, { token });
		expect(seen.body.items.map(({ slug }) => slug)).to.deep.equal(['belmont']);
		const change = await platform.api<{ id: string }>('PATCH', `${branches}/belmont`, {
			token,
			body: { phone: '503-988-0000' },
		});
		expect(change.status).to.equal(202);
		const operation = `/api/v1/operations/${change.body.id}`;
		expect((await platform.api('GET', operation, { token })).status).to.equal(200);
		const other = await platform.api<{ id: string }>('PATCH', `${branches}/albina`, { body: {} });
		expect((await platform.api('GET', `/api/v1/operations/${other.body.id}`, { token })).status).to.equal(
			404,
		);
		for (const body of [{ totals_only: null }, { proposed_closing: null }])
			expect((await platform.api('PATCH', `${branches}/belmont`, { token, body })).status).to.equal(403);
		await platform.settle();
	});

	it('the page of the docs is made from the table', () => {
		const page = new URL('../../../../docs/library-it/roles.md', import.meta.url);
		expect(readFileSync(page, 'utf8'), 'run npm run roles').to.equal(rolesDocument());
	});
});
