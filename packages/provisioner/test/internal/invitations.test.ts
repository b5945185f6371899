import { generateKey, type SigningKey } from '@understory/transparency-log/keys.ts';
import { expect } from 'chai';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import { enrolBridge, type SendAsBridge } from '../fixtures/test-bridge.ts';

describe('invitations of staff', () => {
	let platform: Platform;
	let library: string;
	let send: SendAsBridge;
	const path = '/internal/v1/invitations:accept';

	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		send = await enrolBridge(platform);
	});
	after(() => platform.close());

	async function invite(): Promise<string> {
		const made = await platform.api<{ url: string }>(
			'POST',
			'/api/v1/libraries/multnomah/branches/belmont/invitations',
			{
				body: { role: 'host', name: 'Ana' },
			},
		);
		expect(made.status).to.equal(201);
		expect(made.body.url).to.match(/^http:\/\/card\.multnomah\.localhost:4000\/invitation\/[\w-]{30,}$/);
		return made.body.url.split('/').at(-1)!;
	}

	const accept = (body: object, key?: SigningKey) => send('POST', path, body, key);

	it('an accepted one is a grant in the register, for that branch and no other', async () => {
		const token = await invite();
		const answer = await accept({ token, library_id: library, staff_id: 'staff-1' });
		expect(answer.status).to.equal(200);
		expect(answer.body).to.include({ role: 'host', name: 'Ana' });
		const { grants, branches } = await platform.register(library);
		expect(grants).to.deep.include({
			staff_id: 'staff-1',
			name: 'Ana',
			role: 'host',
			branch: branches[0]!.id,
			from: platform.clock.now(),
			until: null,
		});
	});

	it('is good once: the same person may come again, nobody else', async () => {
		const token = await invite();
		await accept({ token, library_id: library, staff_id: 'staff-2' });
		expect((await accept({ token, library_id: library, staff_id: 'staff-2' })).status).to.equal(200);
		expect((await accept({ token, library_id: library, staff_id: 'staff-3' })).status).to.equal(410);
		const { grants } = await platform.register(library);
		expect(grants.filter((grant) => grant.staff_id === 'staff-2')).to.have.length(1);
		expect(grants.filter((grant) => grant.staff_id === 'staff-3')).to.have.length(0);
	});

	it('is good for two weeks', async () => {
		const token = await invite();
		platform.clock.advance(14 * 86_400_000 + 1);
		expect((await accept({ token, library_id: library, staff_id: 'staff-4' })).status).to.equal(410);
	});

	it("is no good at another library's sign-in, or made up", async () => {
		const other = await platform.api<{ id: string }>('POST', '/api/v1/libraries', {
			body: { ...LIBRARY, slug: 'other' },
		});
		const token = await invite();
		expect((await accept({ token, library_id: other.body.id, staff_id: 'staff-5' })).status).to.equal(404);
		expect((await accept({ token: 'made-up', library_id: library, staff_id: 'staff-5' })).status).to.equal(
			404,
		);
		expect((await accept({ token, library_id: 'multnomah', staff_id: 'staff-5' })).status).to.equal(400);
		expect((await accept({ token, library_id: library })).status).to.equal(400);
	});

	it('is taken from the sign-in only: a home may not grant roles', async () => {
		const token = await invite();
		const answer = await accept({ token, library_id: library, staff_id: 'staff-6' }, platform.home.key);
		expect(answer.status).to.equal(403);
		expect(
			(await accept({ token, library_id: library, staff_id: 'staff-6' }, generateKey())).status,
		).to.equal(401);
	});

	it('rests nowhere in the clear', async () => {
		const token = await invite();
		const { database } = platform.provisioner().context;
		const kept = [
			await database('invitation').select(),
			await database('audit').select(),
			await database('idempotency').select(),
		];
		expect(JSON.stringify(kept)).to.not.contain(token);
	});
});
