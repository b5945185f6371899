import { expect } from 'chai';
import { acceptInvitation } from '../../src/services/invitations.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PATH = '/api/v1/libraries/multnomah';
const DAY = 86_400_000;

interface Role {
	readonly id: string;
	readonly role: string;
	readonly name: string;
	readonly branch: string | null;
	readonly until: number | null;
	readonly invited_by: string;
}

describe('roles for a whole library', () => {
	let platform: Platform;
	let library: string;

	beforeEach(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', `${PATH}/branches`, { body: BRANCH });
		await platform.settle();
	});
	afterEach(() => platform.close());

	const invite = (body: object) =>
		platform.api<{ id: string; url: string }>('POST', `${PATH}/invitations`, { body });
	const staff = async () => (await platform.api<{ items: Role[] }>('GET', `${PATH}/staff`)).body.items;
	/** As the sign-in does, for somebody who came with their card. */
	async function accept(url: string, staffId: string): Promise<void> {
		const { context, services } = platform.provisioner();
		await acceptInvitation(context, { token: url.split('/').at(-1)!, library, staffId });
		await services.libraryChanged(library);
	}
	async function name(staffId: string, body: object = { role: 'panel' }): Promise<void> {
		await accept((await invite(body)).body.url, staffId);
	}
	const inRegister = async (staffId: string) =>
		(await platform.register(library)).grants.filter((grant) => grant.staff_id === staffId);

	it('a place on the panel is given without a name, and the register carries it to the sign-in', async () => {
		const made = await invite({ role: 'panel' });
		expect(made.status).to.equal(201);
		expect(made.body.url).to.match(/^http:\/\/card\.multnomah\.localhost:4000\/invitation\//);
		await accept(made.body.url, 'first');
		const [grant] = await inRegister('first');
		expect(grant).to.include({
			role: 'panel',
			branch: null,
			until: null,
			name: `#${made.body.id.slice(0, 4)}`,
		});
		expect((await staff())[0]).to.include({ role: 'panel', branch: null, invited_by: 'administrator' });
	});

	it('an invitation that waits is listed without its address, and can be taken back', async () => {
		const { id, url } = (await invite({ role: 'panel', name: 'Ana' })).body;
		const listed = await platform.api<{ items: object[] }>('GET', `${PATH}/invitations`);
		expect(listed.body.items).to.have.length(1);
		expect(listed.body.items[0]).to.include({ id, role: 'panel', name: 'Ana', role_until: null });
		expect(JSON.stringify(listed.body)).to.not.include(url.split('/').at(-1)!);
		expect((await platform.api('DELETE', `${PATH}/invitations/${id}`)).status).to.equal(204);
		expect((await platform.api('DELETE', `${PATH}/invitations/${id}`)).status).to.equal(404);
		await accept(url, 'late').then(
			() => expect.fail('it was taken back'),
			(error: { status: number }) => expect(error.status).to.equal(404),
		);
	});

	it('a role that is taken back ends with the next register, and whose it was stays known', async () => {
		const { url } = (await invite({ role: 'panel' })).body;
		await accept(url, 'first');
		platform.clock.advance(DAY);
		await name('second');
		const [one] = await staff();
		expect((await platform.api('DELETE', `${PATH}/staff/${one!.id}`)).status).to.equal(204);
		const [ended] = await inRegister('first');
		expect(ended!.until).to.equal(platform.clock.now());
		expect((await staff()).map(({ id }) => id)).to.not.include(one!.id);
		expect((await platform.api('DELETE', `${PATH}/staff/${one!.id}`)).status).to.equal(404);
		expect((await platform.api('DELETE', `${PATH}/staff/no-id`)).status).to.equal(404);
		await accept(url, 'first').then(
			() => expect.fail('the invitation gives it a second time'),
			(error: { status: number }) => expect(error.status).to.equal(410),
		);
	});

	it('a role ends by itself after its last day on the wall of the library', async () => {
		await name('first', { role: 'panel', until: '2027-06-30' });
		// Midnight in Portland.
		expect((await inRegister('first'))[0]!.until).to.equal(Date.UTC(2027, 6, 1, 7));
	});

	it('somebody who is invited anew has the role once, with the new last day', async () => {
		await name('first', { role: 'panel', until: '2027-06-30' });
		await name('first', { role: 'panel' });
		const held = await inRegister('first');
		expect(held).to.have.length(1);
		expect(held[0]!.until).to.equal(null);
		await name('first', { role: 'auditor', name: 'Ana' });
		expect((await inRegister('first')).map(({ role }) => role)).to.have.members(['panel', 'auditor']);
	});

	it('a host is nobody for the whole library, the panel is nobody at a branch, and others have a name', async () => {
		const wrong: [string, object, string][] = [
			['invitations', { role: 'panel', until: '2020-01-01' }, 'until'],
			['invitations', { role: 'panel', until: '2027-02-30' }, 'until'],
			['invitations', { role: 'auditor' }, 'name'],
			['invitations', { role: 'panel', name: 'n'.repeat(101) }, 'name'],
			['branches/belmont/invitations', { role: 'panel', name: 'Ana' }, 'role'],
		];
		for (const [at, body, field] of wrong) {
			const answer = await platform.api('POST', `${PATH}/${at}`, { body });
			expect(answer.status, JSON.stringify(body)).to.equal(422);
			expect(JSON.stringify(answer.body)).to.include(`"field":"${field}"`);
		}
		expect((await invite({ role: 'host', name: 'Ana' })).status).to.equal(422);
	});

	it('the roles of branches stand in the same list and can be taken back in the same way', async () => {
		const made = await platform.api<{ url: string }>('POST', `${PATH}/branches/belmont/invitations`, {
			body: { role: 'host', name: 'June' },
		});
		await accept(made.body.url, 'host');
		const [host] = await staff();
		expect(host).to.include({ role: 'host', name: 'June', branch: 'belmont' });
		await platform.api('DELETE', `${PATH}/staff/${host!.id}`);
		expect((await inRegister('host'))[0]!.until).to.equal(platform.clock.now());
	});

	it('is for the library’s own IT: another library’s token and one that only looks change nothing', async () => {
		await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug: 'other' } });
		await name('first');
		const [one] = await staff();
		const tokenOf = async (body: object) =>
			(await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body })).body.token;
		const other = await tokenOf({ name: 'other', role: 'library_it', library: 'other' });
		const reader = await tokenOf({ name: 'reader', role: 'reader', library: 'multnomah' });
		for (const [token, status] of [
			[other, 404],
			[reader, 403],
		] as const) {
			for (const [method, path] of [
				['GET', `${PATH}/staff`],
				['DELETE', `${PATH}/staff/${one!.id}`],
				['GET', `${PATH}/invitations`],
			] as const)
				expect((await platform.api(method, path, { token })).status, `${method} ${path}`).to.equal(status);
			const body = { role: 'panel' };
			expect((await platform.api('POST', `${PATH}/invitations`, { token, body })).status).to.equal(status);
		}
		const elsewhere = `/api/v1/libraries/other/staff/${one!.id}`;
		expect((await platform.api('DELETE', elsewhere)).status).to.equal(404);
		expect(await staff()).to.have.length(1);
	});
});
