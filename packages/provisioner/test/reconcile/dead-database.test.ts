import { expect } from 'chai';
import { type Cable, layCable } from '../fixtures/cable.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const BRANCHES = '/api/v1/libraries/multnomah/branches';

describe('a database that goes away', () => {
	let platform: Platform;
	let cable: Cable;

	beforeEach(async () => {
		platform = await startPlatform({
			through: async (url) => {
				cable = await layCable(url);
				return cable.url;
			},
		});
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', BRANCHES, { body: BRANCH });
		await platform.settle();
	});
	afterEach(async () => {
		await platform.close();
		await cable.close();
	});

	it('is said plainly, and when it is back all goes on', async () => {
		await cable.cut();
		const away = await platform.api<{ code: string; title: string }>('GET', BRANCHES);
		expect(away.status).to.equal(503);
		expect(away.body.code).to.equal('database');
		expect(away.headers['retry-after']).to.equal('60');
		const ready = await platform.outgoing.request({ url: `${platform.url}/readyz` });
		expect(ready.status).to.equal(503);
		const alive = await platform.outgoing.request({ url: `${platform.url}/healthz` });
		expect(alive.status).to.equal(200);

		await cable.mend();
		const made = await platform.api<{ id: string }>('POST', BRANCHES, {
			body: { ...BRANCH, slug: 'albina' },
		});
		expect(made.status).to.equal(202);
		await platform.settle();
		const operation = await platform.api<{ state: string }>('GET', `/api/v1/operations/${made.body.id}`);
		expect(operation.body.state).to.equal('done');
	});

	it('in the middle of the work loses nothing that was written down', async () => {
		platform.home.mood(() => {
			void cable.cut();
			return 'serve';
		});
		const made = await platform.api<{ id: string }>('POST', BRANCHES, {
			body: { ...BRANCH, slug: 'albina' },
		});
		await platform.settle().catch(() => undefined);
		platform.home.mood(() => 'serve');
		await cable.mend();
		platform.clock.advance(60_000);
		await platform.provisioner().services.sweep();
		await platform.settle();
		const operation = await platform.api<{ state: string }>('GET', `/api/v1/operations/${made.body.id}`);
		expect(operation.body.state).to.equal('done');
	});
});
