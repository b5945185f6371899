import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';

describe('pages that are the same for everybody who is nobody', () => {
	let bed: Bed;
	let ana: Browser;
	beforeEach(async () => {
		bed = await createBed(['north']);
		ana = await bed.branch('north').join('ana');
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const read = async (path: string, headers: Record<string, string> = {}) =>
		(await bed.branch('north').browser().get(path, headers)).body;

	it('show what is written, changed and taken back at once', async () => {
		expect(await read('/@ana')).not.to.contain('xp-one');
		const path = await ana.write('xp-one', 'public');
		expect(await read('/@ana')).to.contain('xp-one');
		expect(await read('/@ana')).to.contain('xp-one');
		await ana.get('/home');
		await ana.post(`/posts/${path.split('/').at(-1)}/edit`, { text: 'xp-two' });
		expect(await read('/@ana'))
			.to.contain('xp-two')
			.and.not.to.contain('xp-one');
		expect(await read(path)).to.contain('xp-two');
		await ana.get('/home');
		await ana.post(`/posts/${path.split('/').at(-1)}/delete`, {});
		expect(await read('/@ana')).not.to.contain('xp-two');
		expect((await bed.branch('north').browser().get(path)).status).to.equal(404);
	});

	it('change with what the library says, with the minute, and with the language', async () => {
		expect(await read('/about')).to.contain('North');
		bed.change('north', { name: 'North by the River' });
		expect(await read('/about')).to.contain('North by the River');
		expect(await read('/about', { 'accept-language': 'es' })).to.contain('lang="es"');
		expect(await read('/about', { 'accept-language': 'en' })).to.contain('lang="en"');
		const path = await ana.write('xp-now', 'public');
		const before = await read(path);
		bed.clock.advance(24 * 60 * 60_000);
		expect(await read(path)).not.to.equal(before);
	});

	it('are never those of somebody who is signed in, nor do these get them', async () => {
		await ana.write('xp-inside', 'branch');
		expect(await read('/@ana')).not.to.contain('xp-inside');
		expect((await ana.get('/@ana')).body)
			.to.contain('xp-inside')
			.and.to.contain('Sign out');
		expect(await read('/@ana'))
			.not.to.contain('xp-inside')
			.and.not.to.contain('Sign out');
	});

	it('come with the same headers, made anew or not', async () => {
		const names = async () => {
			const { headers } = await bed.branch('north').browser().get('/about');
			const { 'x-request-id': _id, date: _date, ...rest } = headers;
			return rest;
		};
		const first = await names();
		expect(await names()).to.deep.equal(first);
		expect(first['cache-control']).to.equal('private, no-store');
		expect(first['content-security-policy']).to.contain("default-src 'none'");
	});
});
