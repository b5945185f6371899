import type { AdoptedRecords } from '@understory/core/records-profile.ts';
import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PATH = '/api/v1/libraries/multnomah/records';
const PAGE = '/libraries/multnomah/records';
const between = { least: 3, most: 8 };
const ADOPTED: AdoptedRecords = {
	...{ profile: 'wa', adopted_by: 'Library Board', adopted_on: '2026-03-01' },
	years: { removed: between, words: between, reports: between, accesses: between },
};

describe('what a library’s counsel settles about records', () => {
	let platform: Platform;
	let library: string;
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
	});
	after(() => platform.close());
	const adopt = (change: object) =>
		platform.api<{ errors?: { field: string }[] }>('PUT', PATH, { body: { ...ADOPTED, ...change } });
	const held = async () => (await platform.register(library)).library.records;

	it('nothing holds before somebody adopted it, whatever is known of the state', async () => {
		expect(await held()).to.equal(undefined);
		const { body } = await platform.api<{ items: { id: string }[] }>('GET', '/api/v1/records-profiles');
		expect(body.items.map(({ id }) => id)).to.include.members(['default', 'wy', 'il', 'me', 'co', 'wa']);
	});

	it('travels in the signed register, and is what the library says of itself', async () => {
		const made = await adopt({});
		expect(made.status, JSON.stringify(made.body)).to.equal(200);
		expect(await held()).to.deep.equal(ADOPTED);
		const shown = await platform.api<{ records: object }>('GET', '/api/v1/libraries/multnomah');
		expect(shown.body.records).to.deep.equal(ADOPTED);
	});

	it('carries the days of notice before a record is given out: none, a number, or not said', async () => {
		for (const notice_days of [10, 0, null]) {
			expect((await adopt({ notice_days })).status, String(notice_days)).to.equal(200);
			expect(await held()).to.deep.equal({ ...ADOPTED, notice_days });
			const shown = (await (await atConsole(platform, ADMIN_TOKEN)).get(PAGE)).body;
			expect(shown.includes(`given out: <b>${notice_days}</b>`)).to.equal(notice_days !== null);
		}
		for (const wrong of [-1, 91, 1.5, 'ten']) {
			expect((await adopt({ notice_days: wrong })).status, String(wrong)).to.be.oneOf([400, 422]);
		}
		expect((await adopt({})).status).to.equal(200);
	});

	it('is refused with each field that is wrong, and nothing of it holds', async () => {
		const wrong = await adopt({
			...{ profile: 'wy', adopted_by: ' ', adopted_on: '2026-03-03' },
			years: { ...ADOPTED.years, words: { least: 2, most: 8 } },
		});
		expect(wrong.status).to.equal(422);
		expect(wrong.body.errors!.map(({ field }) => field)).to.deep.equal(['adopted_by', 'words', 'adopted_on']);
		expect(await held()).to.deep.equal(ADOPTED);
	});

	it('is chosen and changed in the console; what was typed stays when something is wrong', async () => {
		const librarian = await atConsole(platform, ADMIN_TOKEN);
		for (const language of ['en', 'es'])
			expect((await librarian.get(`${PAGE}?profile=wy&lang=${language}`)).status).to.equal(200);
		const { body } = await librarian.get(`${PAGE}?profile=wy`);
		expect(body).to.contain('ADM-GMT-05').and.to.contain('Ask your counsel.').and.to.contain('Library Board');
		const years = Object.fromEntries(
			Object.keys(ADOPTED.years).flatMap((kind) => [
				[`${kind}_least`, '4'],
				[`${kind}_most`, '9'],
			]),
		);
		const form = { ...years, profile: 'wy', adopted_by: 'City <Attorney>', adopted_on: '2026-03-02' };
		const unsaid = await librarian.post(PAGE, { ...form, words_least: '2' });
		expect(unsaid.status).to.equal(422);
		expect(unsaid.body).to.contain('href="#words_least"').and.to.contain('value="City &lt;Attorney&gt;"');
		const never = await librarian.post(PAGE, { ...form, notice_days: 'soon' });
		expect(never.status).to.equal(422);
		expect(never.body).to.contain('href="#notice_days"').and.to.contain('value="soon"');
		const done = await librarian.post(PAGE, { ...form, notice_days: '14' });
		expect([done.status, done.location]).to.deep.equal([303, `${PAGE}?done=yes`]);
		expect(await held()).to.deep.include({ profile: 'wy', adopted_by: 'City <Attorney>', notice_days: 14 });
		await librarian.post(PAGE, { ...form, notice_days: '' });
		expect(await held(), 'nobody said').to.deep.include({ notice_days: null });
		expect((await librarian.get('/libraries/multnomah')).body).to.contain(PAGE);
	});

	it('who may only look reads it and changes nothing', async () => {
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'reader', role: 'reader', library },
		});
		const reader = await atConsole(platform, made.body.token);
		const { body } = await reader.get(PAGE);
		expect(body).to.contain('City &lt;Attorney&gt;').and.not.to.contain('name="adopted_by"');
		expect((await reader.post(PAGE, { profile: 'wa' })).status).to.equal(403);
	});
});
