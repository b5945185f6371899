import { hashOfSecret } from '@understory/core/client-record.ts';
import { expect } from 'chai';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PATH = '/api/v1/libraries/multnomah/clients';
const SOCIAL = {
	id: 'social',
	name: 'Multnomah Social',
	origin: 'https://social.library.example',
	redirect_uris: ['https://social.library.example/auth/auth/openid_connect/callback'],
};

describe('servers that sign people in through a library', () => {
	let platform: Platform;
	let library: string;
	beforeEach(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		// The register is read with the key of a home, which comes up with the first branch.
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
	});
	afterEach(() => platform.close());
	const post = (body: object) => platform.api<{ secret: string }>('POST', PATH, { body });

	it('a secret is shown once, and the register holds its hash, with careful choices where nothing was said', async () => {
		const { status, body } = await post(SOCIAL);
		expect(status, JSON.stringify(body)).to.equal(201);
		expect(body.secret).to.match(/^[A-Za-z0-9]{43}$/);
		const listed = await platform.api<{ items: object[] }>('GET', PATH);
		expect(JSON.stringify(listed.body)).to.not.include(body.secret);
		expect(listed.body.items[0]).to.deep.include({
			id: 'social',
			secrets: 1,
			pkce: 'required',
			offline: false,
		});
		const { clients } = await platform.register(library);
		expect(clients?.[0]).to.deep.include({
			id: 'social',
			sector: 'client:social',
			secret_hashes: [hashOfSecret(body.secret)],
		});
	});

	it('a new secret stands beside the old one, and the one before that goes', async () => {
		const secrets = [(await post(SOCIAL)).body.secret];
		for (let i = 0; i < 2; i++) {
			const { body } = await platform.api<{ secret: string }>('POST', `${PATH}/social/secrets`);
			secrets.push(body.secret);
		}
		const { clients } = await platform.register(library);
		expect(clients?.[0]?.secret_hashes).to.deep.equal(secrets.slice(1).map(hashOfSecret));
	});

	it('an id that somebody had is never given out again: people are known by it', async () => {
		await post(SOCIAL);
		expect((await post({ ...SOCIAL, name: 'Another' })).status).to.equal(409);
		expect((await platform.api('DELETE', `${PATH}/social`)).status).to.equal(204);
		expect((await platform.register(library)).clients).to.equal(undefined);
		expect((await post({ ...SOCIAL, name: 'Another' })).status).to.equal(409);
		expect((await platform.api('DELETE', `${PATH}/social`)).status).to.equal(404);
	});

	it('what the bridge could not use is refused with its field', async () => {
		const wrong: [object, string][] = [
			[{ ...SOCIAL, id: 'S' }, 'id'],
			[{ ...SOCIAL, origin: 'https://social.library.example/path' }, 'origin'],
			[{ ...SOCIAL, redirect_uris: [] }, 'redirect_uris'],
			[{ ...SOCIAL, redirect_uris: ['http://social.library.example/back'] }, 'redirect_uris'],
			[{ ...SOCIAL, rules_url: 'javascript:alert(1)' }, 'rules_url'],
		];
		for (const [body, field] of wrong) {
			const answer = await platform.api('POST', PATH, { body });
			expect(answer.status, field).to.equal(422);
			expect(JSON.stringify(answer.body)).to.include(`"field":"${field}"`);
		}
		expect((await platform.api<{ items: object[] }>('GET', PATH)).body.items).to.deep.equal([]);
	});
});
