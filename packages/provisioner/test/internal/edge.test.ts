import { expect } from 'chai';
import { told } from '../../../http/test/told.ts';
import { ADDRESS, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

describe('what the proxy asks before it has a certificate made', () => {
	let platform: Platform;
	const isOurs = async (query: string) =>
		(await platform.outgoing.request({ url: `${platform.url}/internal/v1/edge/ours${query}` })).status;
	/** The addresses of tests are on http; a proxy with certificates stands before https. */
	const moveToHttps = () =>
		platform.provisioner().context.database.raw(
			`update branch set origin = 'https://' || slug || '.multnomah.example';
				update library set card_origin = 'https://card.multnomah.example', accountability_origin = 'https://accountability.multnomah.example'`,
		);

	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
	});
	after(() => platform.close());

	it('a library without a branch has no names yet', async () => {
		await moveToHttps();
		expect(await isOurs('?domain=card.multnomah.example')).to.equal(404);
	});

	it('a branch that is served is ours, with the card page and the site of its library', async () => {
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', {
			body: { slug: 'belmont', name: 'Belmont', address: ADDRESS },
		});
		await platform.settle();
		await moveToHttps();
		for (const name of ['belmont', 'card', 'accountability'])
			expect(await isOurs(`?domain=${name}.multnomah.example`), name).to.equal(200);
		expect(await isOurs('?domain=BELMONT.multnomah.example')).to.equal(200);
	});

	it('anything else is not, nor is a question that names no domain', async () => {
		for (const domain of ['kenton.multnomah.example', 'multnomah.example', 'xbelmont.multnomah.example'])
			expect(await isOurs(`?domain=${domain}`), domain).to.equal(404);
		for (const query of [
			'',
			'?domain=',
			'?domain=belmont.multnomah.example:443',
			'?domain=a&domain=b',
			`?domain=${'a'.repeat(300)}`,
		])
			expect(await isOurs(query), query).to.equal(400);
	});

	it('how often it was ours is counted, and how often it was not', async () => {
		const asked = (answer: string) =>
			told(platform.provisioner().metrics, 'understory_edge_asks_total', { answer });
		expect([await asked('yes'), await asked('no')]).to.deep.equal([4, 4]);
	});
});
