import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import { call } from './browser.ts';

describe('what a branch says of itself to software', () => {
	let bed: Bed;
	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
		call(bed.port, method, path, { host: new URL(bed.branch('north').origin).host, ...headers });
	const read = async (path: string, headers: Record<string, string> = {}) => {
		const { status, body } = await ask(path, headers);
		expect(status, path).to.equal(200);
		return JSON.parse(body);
	};

	it('is what the library says of it, and how many are there', async () => {
		const before = await read('/api/v2/instance');
		const { origin } = bed.branch('north');
		expect(before).to.deep.include({
			domain: new URL(origin).host,
			title: 'North',
			languages: bed.library.languages,
			api_versions: { mastodon: 0 },
			contact: { email: '', account: null },
		});
		expect(before.description).to.contain('North').and.to.contain(bed.library.name);
		expect(before.usage.users.active_month).to.equal(0);
		const ana = await bed.branch('north').join('ana');
		await ana.write('xi-one', 'public');
		expect((await read('/api/v2/instance')).usage.users.active_month).to.equal(1);
		const older = await read('/api/v1/instance');
		expect(older.stats).to.deep.equal({ user_count: 1, status_count: 1, domain_count: 0 });
		expect(older.urls.streaming_api).to.equal(origin.replace('http', 'ws'));
	});

	it('changes with what the library says, at once', async () => {
		expect((await read('/api/v1/instance')).registrations).to.equal(true);
		bed.change('north', { name: 'North by the River', stage: 'quiet' });
		const now = await read('/api/v2/instance');
		expect(now.title).to.equal('North by the River');
		expect(now.registrations).to.include({ enabled: false, url: `${bed.branch('north').origin}/signin` });
		expect(now.registrations.message).to.be.a('string').and.not.to.equal('');
		expect((await read('/api/v1/instance')).registrations).to.equal(false);
	});

	it('names the rules that hold there, with the ids that decisions name, in each language they are written in', async () => {
		const rules = await read('/api/v1/instance/rules');
		const [policy] = bed.register().policies;
		expect(rules.map(({ id }: { id: string }) => id)).to.deep.equal(
			policy!.rules.map(({ id }) => `${policy!.id}/${id}`),
		);
		for (const [at, rule] of policy!.rules.entries()) {
			expect(rules[at]).to.deep.include({ text: rule.title.en, hint: rule.text.en });
			expect(rules[at].translations.es).to.deep.equal({ text: rule.title.es, hint: rule.text.es });
		}
		expect((await read('/api/v2/instance')).rules).to.deep.equal(rules);
		expect((await read('/api/v1/instance')).rules).to.deep.equal(rules);
		bed.change('north', { policies: [] });
		expect(await read('/api/v1/instance/rules')).to.deep.equal([]);
	});

	it('says whom to knock on, and who can see what, as its pages do', async () => {
		const door = { host: 'June Aldaba', place: 'The desk', deputy: 'Cal', phone: null };
		bed.change('north', { door: { ...door, hours: [{ weekday: 2, from: 600, to: 1080 }] } });
		const { content, updated_at } = await read('/api/v1/instance/extended_description');
		expect(content).to.contain('June Aldaba').and.to.contain('Tuesday').and.not.to.contain('<script');
		expect(Date.parse(updated_at)).to.be.a('number');
		const policy = await read('/api/v1/instance/privacy_policy');
		expect(policy.content).to.contain('card').and.not.to.contain('<main');
		bed.change('north', { door: null });
		expect((await read('/api/v1/instance/extended_description')).content).not.to.contain('June');
	});

	it('tells no numbers where it speaks with no other server', async () => {
		await bed.branch('north').join('ana');
		bed.change('north', { federation: 'closed' });
		const { stats } = await read('/api/v1/instance');
		expect(stats).to.deep.equal({ user_count: 0, status_count: 0, domain_count: 0 });
	});

	it('is open to pages of any origin, and never with the cookies of whoever is signed in here', async () => {
		const origin = { origin: 'https://app.example' };
		const answer = await ask('/api/v2/instance', origin);
		expect(answer.headers).to.include({ 'access-control-allow-origin': '*' });
		expect(answer.headers).not.to.have.property('access-control-allow-credentials');
		const asked = { ...origin, 'access-control-request-method': 'GET' };
		const before = await ask(
			'/api/v2/instance',
			{ ...asked, 'access-control-request-headers': 'authorization' },
			'OPTIONS',
		);
		expect(before.status).to.equal(204);
		expect(before.headers).to.include({
			'access-control-allow-origin': '*',
			'access-control-allow-headers': 'authorization',
		});
		const nothing = await ask('/api/v1/instance/terms_of_service', origin);
		expect(nothing.status).to.equal(404);
		expect(nothing.headers).to.include({ 'access-control-allow-origin': '*' });
		expect((await ask('/about', origin)).headers).not.to.have.property('access-control-allow-origin');
	});

	it('comes with the same headers and words, made anew or not, in the language of the library', async () => {
		const first = await ask('/api/v2/instance', { 'accept-language': 'es' });
		const second = await ask('/api/v2/instance', { 'accept-language': 'en' });
		expect(second.body).to.equal(first.body);
		const names = ({ headers }: typeof first) => {
			const { 'x-request-id': _id, date: _date, ...rest } = headers;
			return rest;
		};
		expect(names(await ask('/api/v2/instance'))).to.deep.equal(names(first));
		expect(first.headers['content-type']).to.equal('application/json; charset=utf-8');
	});

	it('has a plate to show, in the color of its cloth', async () => {
		bed.change('north', { name: 'North & <South>', cloth: 'madrone' });
		const { headers, body } = await ask('/plate.svg');
		expect(headers['content-type']).to.contain('image/svg+xml');
		expect(body).to.contain('North &amp; &lt;South&gt;').and.to.contain('#85281e');
		expect((await read('/api/v2/instance')).thumbnail.url).to.equal(
			`${bed.branch('north').origin}/plate.svg`,
		);
	});
});
