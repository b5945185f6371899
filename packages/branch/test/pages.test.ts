import { FEDERATION_MODES } from '@understory/core/register.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';

describe('the pages of a branch', () => {
	let bed: Bed;
	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		await bed.settle();
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	it('shows its front page, door and next doors to anybody', async () => {
		const { status, body } = await bed.branch('north').browser().get('/');
		expect(status, body).to.equal(200);
		expect(body).to.include('June Aldaba').and.include('At the desk until 6:00 pm today');
		expect(body).to.include('South').and.include('Sign in with your library card');
	});

	for (const path of ['/about', '/rules', '/neighborhood', '/who-can-see']) {
		for (const language of ['en', 'es']) {
			it(`shows ${path} to anybody, in ${language}`, async () => {
				const { status, body } = await bed.branch('north').browser().get(`${path}?lang=${language}`);
				expect(status, body).to.equal(200);
				expect(body).to.include(`<html lang="${language}"`);
			});
		}
	}

	for (const federation of FEDERATION_MODES) {
		it(`says what it exchanges and with whom when it is ${federation}, in both languages`, async () => {
			bed.change('north', { federation });
			for (const path of ['/about', '/who-can-see']) {
				for (const language of ['en', 'es']) {
					const { status, body } = await bed.branch('north').browser().get(`${path}?lang=${language}`);
					expect(status, body).to.equal(200);
				}
			}
			bed.change('north', { federation: 'neighborhood' });
		});
	}

	it('lets somebody with a card choose a handle, and shows the board', async () => {
		const ana = await bed.branch('north').join('ana');
		const board = await ana.get('/home');
		expect(board.status, board.body).to.equal(200);
		expect(board.body).to.include('North only').and.include('Post to the neighborhood');
		const path = await ana.write('Hello & <b>welcome</b>\n\nhttps://example.org/a?b=1', 'branch');
		const page = await ana.get(path);
		expect(page.status, page.body).to.equal(200);
		expect(page.body).to.include('Hello &amp; &lt;b&gt;welcome&lt;/b&gt;');
		for (const at of [
			'/board/branch',
			'/board/neighborhood',
			'/board/everyone',
			'/notices',
			'/you',
			'/@ana',
			'/find',
		]) {
			const answer = await ana.get(at);
			expect(answer.status, `${at}\n${answer.body}`).to.equal(200);
		}
	});
});
