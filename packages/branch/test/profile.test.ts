import { expect } from 'chai';
import { hasLinkTo } from '../src/services/fields.ts';
import { type Bed, createBed } from './bed.ts';
import { type Browser, call } from './browser.ts';
import { personId, rows } from './look.ts';
import { actorOf } from './wire.ts';

const MONTH = 30 * 24 * 60 * 60_000;

for (const way of ['http', 'short'] as const) {
	describe(`what people say of themselves (${way})`, () => {
		let bed: Bed;
		let ana: Browser;
		let carla: Browser;
		beforeEach(async () => {
			bed = await createBed(['north', 'south'], way);
			bed.befriend('north', 'south');
			await bed.settle();
			ana = await bed.branch('north').join('ana');
			carla = await bed.branch('south').join('carla');
		});
		afterEach(async () => {
			const { errors } = bed;
			await bed.close();
			expect(errors).to.deep.equal([]);
		});

		async function save(form: Record<string, string>) {
			await ana.get('/you');
			const answer = await ana.post('/you', { name: 'ana Person', summary: '', scope: 'branch', ...form });
			await bed.settle();
			return answer;
		}
		const profile = () => `${bed.branch('north').origin}/@ana`;
		const page = (body: string) => () => ({
			status: 200,
			body,
			headers: { 'content-type': 'text/html; charset=utf-8' },
		});

		it('lines of one’s own stand on one’s page, here and on the wire, as words', async () => {
			const saved = await save({
				field_1: 'Good at',
				value_1: 'mending <b>lamps</b>',
				field_3: 'Page',
				value_3: 'https://ana.example/',
			});
			expect(saved.status).to.equal(303);
			const { body } = await ana.get('/@ana');
			expect(body)
				.to.contain('mending &lt;b&gt;lamps')
				.and.to.contain('rel="me nofollow')
				.and.not.to.contain('Links back here');
			const { host, pathname } = new URL(await actorOf(bed, { slug: 'north', handle: 'ana' }));
			const wire = await call(bed.port, 'GET', pathname, { host, accept: 'application/activity+json' });
			expect(JSON.parse(wire.body).attachment).to.deep.include({
				type: 'PropertyValue',
				name: 'Good at',
				value: 'mending &lt;b&gt;lamps&lt;/b&gt;',
			});
			expect((await ana.get('/you')).body).to.contain('value="https://ana.example/"');
		});

		it('an address is marked as one’s own when the page there links back, and no longer when it does not', async () => {
			bed.outside('ana.example', page(`<a href="${profile()}" rel="nofollow me">me</a>`));
			await save({ field_1: 'Page', value_1: 'https://ana.example/' });
			expect((await ana.get('/@ana')).body).to.contain('Links back here');
			// Saved again it stays as it was found; nobody has to wait.
			await save({ field_1: 'My page', value_1: 'https://ana.example/' });
			expect((await ana.get('/@ana')).body).to.contain('Links back here');
			bed.outside('ana.example', () => ({ status: 503 }));
			bed.clock.advance(MONTH + 1000);
			await bed.settle();
			expect(
				rows<{ verified: number | null }>(bed, 'north', 'SELECT verified FROM profile_field')[0]!.verified,
			).to.be.a('number');
			bed.outside('ana.example', page('<p>nothing</p>'));
			bed.clock.advance(MONTH + 1000);
			await bed.settle();
			expect(rows(bed, 'north', 'SELECT verified FROM profile_field')).to.deep.equal([{ verified: null }]);
		});

		it('only a page of the web is asked, and only for https', async () => {
			bed.sent.splice(0);
			await save({
				field_1: 'a',
				value_1: 'http://ana.example/',
				field_2: 'b',
				value_2: 'https://127.0.0.1/admin',
				field_3: 'c',
				value_3: 'javascript:alert(1)',
			});
			expect(bed.sent.filter(({ url }) => url.startsWith('http://ana.example'))).to.deep.equal([]);
			expect((await ana.get('/@ana')).body)
				.not.to.contain('href="javascript:')
				.and.not.to.contain('Links back here');
		});

		it('half a line, and one that is too long, come back with what was typed', async () => {
			const half = await save({ field_1: 'Good at', value_1: '' });
			expect(half.status).to.equal(422);
			expect(half.body).to.contain('needs both').and.to.contain('value="Good at"');
			const long = await save({ field_1: 'x'.repeat(41), value_1: 'y' });
			expect(long.body).to.contain('may have 40 characters');
		});

		it('a new name reaches those who follow', async () => {
			const actor = await actorOf(bed, { slug: 'north', handle: 'ana' });
			const host = new URL(bed.branch('north').origin).host;
			await carla.get(`/find?address=@ana@${host}`);
			await carla.get('/home');
			await carla.post('/follows', { actor });
			await bed.settle();
			expect((await carla.get(`/@ana@${host}`)).body).to.contain('ana Person');
			await save({ name: 'Ana of the Plums' });
			await bed.settle();
			expect((await carla.get(`/@ana@${host}`)).body).to.contain('Ana of the Plums');
			expect(personId(bed, 'ana')).to.be.a('number');
		});
	});
}

describe('a link back', () => {
	const me = 'https://north.example/@ana';
	const yes = [
		`<a rel="me" href="${me}">x</a>`,
		`<link href='${me}/' rel='me'>`,
		`<A HREF=${me} REL="nofollow ME">x</A>`,
	];
	const no = [
		`<a href="${me}">x</a>`,
		`<a rel="me" href="${me}x">x</a>`,
		`<a rel="menu" href="${me}">x</a>`,
		`<!-- <a rel="me" href="${me}">x</a> -->`,
		`<p title='rel="me" href="${me}"'>x</p>`,
		'<a rel="me" href="http://[">x</a>',
	];
	for (const html of yes) it(`is ${html}`, () => expect(hasLinkTo(html, me)).to.equal(true));
	for (const html of no) it(`is not ${html}`, () => expect(hasLinkTo(html, me)).to.equal(false));
});
