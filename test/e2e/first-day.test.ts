import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyEntry } from '@understory/transparency-log/verify.ts';
import { expect } from 'chai';
import { startCatalogues } from '../../packages/town/src/catalogues.ts';
import { create } from '../../packages/town/src/test-town.ts';
import { call } from './api.ts';
import { Visitor } from './visitor.ts';
import { comeIn } from './walk.ts';

type TestTown = Awaited<ReturnType<typeof create>>;

const SAMPLE = new URL('../../packages/town/src/sample/', import.meta.url);
const SYSTEMS = ['OR0063', 'OR0069'];
const POSTS = {
	branch: 'The elevator is being serviced until two.',
	neighborhood: 'Found on Denver Avenue: one red rain boot, left foot.',
	public: 'The fall seed swap is this Saturday.',
};

describe('the first day of a town', function () {
	this.timeout(120_000);
	let town: TestTown;
	let token: string;
	const urls: Record<string, string> = {};
	const at = (slug: string, path = '/') => `${urls[slug]}${path}`;
	const api = (method: string, path: string, options: Parameters<typeof call>[3] = {}) =>
		call(town.port, method, `/api/v1${path}`, { token, ...options });
	const host = (slug: string) => new URL(urls[slug]!).host;

	let june: Visitor;
	let teo: Visitor;
	let wendell: Visitor;
	let stranger: Visitor;
	const nobody = () => new Visitor(town.port);
	const posts: Record<keyof typeof POSTS, string> = { branch: '', neighborhood: '', public: '' };

	before(async () => {
		town = await create({ data: mkdtempSync(join(tmpdir(), 'understory-first-day-')) });
		token = town.file.adminToken;
	});
	after(async () => {
		await town?.close();
		if (town) rmSync(town.data, { recursive: true, force: true });
	});

	async function done(
		operation: string,
	): Promise<{ state: string; result: { branches: { slug: string; url: string }[] } }> {
		await town.settle();
		const { body } = await api('GET', `/operations/${operation}`);
		expect(body.state, JSON.stringify(body.problem)).to.equal('done');
		return body;
	}

	function cards(library: string, kind: 'patron' | 'host') {
		return town.catalogues
			.get(library)!
			.deck.filter((patron) => patron.role === kind && patron.state === 'good' && patron.kind === 'adult');
	}

	it('the library is imported from the survey as it was published; nothing runs yet', async () => {
		for (const name of ['systems-fy2018.csv', 'outlets-fy2019.csv']) {
			const raw = readFileSync(new URL(name, SAMPLE));
			const answer = await api('POST', `/libraries:import?library=${SYSTEMS.join(',')}`, {
				raw,
				headers: { 'content-type': 'text/csv' },
			});
			expect(answer.status).to.equal(202);
			await done(answer.body.id);
		}
		const { body } = await api('GET', '/libraries/multnomah/branches?limit=50');
		expect(body.items).to.have.length(19);
		expect(new Set(body.items.map((branch: { stage: string }) => branch.stage))).to.deep.equal(
			new Set(['listed']),
		);
	});

	it('one operation provisions a library, and each branch then serves its unopened page', async () => {
		for (const slug of ['multnomah', 'salem']) {
			const started = await api('POST', `/libraries/${slug}/operations`, { body: { kind: 'provision' } });
			expect(started.status).to.equal(202);
			const { result } = await done(started.body.id);
			for (const branch of result.branches) urls[branch.slug] = branch.url;
		}
		await startCatalogues(['multnomah', 'salem'], town.catalogues as never);
		for (const slug of ['multnomah', 'salem']) {
			const body = { cidr: '127.0.0.1/32', port: town.catalogues.get(slug)!.ils.port };
			const allowed = await api('POST', `/libraries/${slug}/catalogue-networks`, { body });
			expect(allowed.status, JSON.stringify(allowed.body)).to.equal(201);
		}
		await town.settle();
		const page = await nobody().open(at('belmont'));
		expect(page.status).to.equal(200);
		expect(page.text).to.contain('Belmont is not open yet');
	});

	it('a branch opens only with a host, hours, a deputy, rules and an appeal partner, and says what is missing', async () => {
		const path = '/libraries/multnomah/branches/belmont/operations';
		const refused = await api('POST', path, { body: { kind: 'open', door: { host: 'June Aldaba' } } });
		expect(refused.status).to.equal(422);
		expect(refused.body.errors.map((fault: { field: string }) => fault.field)).to.include.members([
			'place',
			'hours',
			'deputy',
			'rules',
			'appeal_partner',
		]);
		const slugs: [string, string][] = [
			['multnomah', 'belmont'],
			['multnomah', 'kenton'],
			['salem', Object.keys(urls).find((slug) => urls[slug]!.includes('.salem.'))!],
		];
		for (const [library, slug] of slugs) {
			const opened = await api('POST', `/libraries/${library}/branches/${slug}/operations`, {
				body: {
					kind: 'open',
					door: {
						host: 'June Aldaba',
						place: 'The desk by the front door',
						hours: [{ weekday: 2, from: 600, to: 1080 }],
						deputy: 'Calvin Osei-Brandt',
						phone: null,
					},
					policies: ['conduct'],
					appeal_partner: 'The moderation team of the library',
				},
			});
			expect(opened.status, JSON.stringify(opened.body)).to.equal(202);
			await done(opened.body.id);
			if (library === 'salem') urls.salem = urls[slug]!;
		}
		const front = await nobody().open(at('belmont'));
		expect(front.text).to.contain('June Aldaba');
		expect(front.text).to.contain('The desk by the front door');
	});

	it('the host comes in by a one-time invitation and her own card', async () => {
		const [card] = cards('multnomah', 'host');
		const invited = await api('POST', '/libraries/multnomah/branches/belmont/invitations', {
			body: { role: 'host', name: 'June Aldaba' },
		});
		expect(invited.status).to.equal(201);
		june = new Visitor(town.port);
		const page = await june.open(invited.body.url);
		const welcome = await june.send(page, '/invitation/', { card: card!.card, pin: card!.pin });
		expect(welcome.text).to.contain('June Aldaba, your role is now: Host');
		await town.settle();
		const again = await june.open(invited.body.url);
		const other = cards('multnomah', 'host')[1]!;
		expect((await june.send(again, '/invitation/', { card: other.card, pin: other.pin })).status).to.equal(
			403,
		);
		await comeIn(june, urls.belmont!, card!, 'June');
	});

	it('patrons sign in with demo cards at three branches and choose handles', async () => {
		teo = new Visitor(town.port);
		wendell = new Visitor(town.port);
		stranger = new Visitor(town.port);
		await comeIn(teo, urls.belmont!, cards('multnomah', 'patron')[0]!, 'Teo Halvorsen');
		await comeIn(wendell, urls.kenton!, cards('multnomah', 'patron')[1]!, 'Wendell');
		await comeIn(stranger, urls.salem!, cards('salem', 'patron')[0]!, 'Rosalind');
	});

	it('two screens lie between "Sign in" and the branch on the first day, and one on every other', async () => {
		const [, , card] = cards('multnomah', 'patron');
		const path = (url: string) => new URL(url).pathname.replace(/[\w-]{20,}/, '…');
		const given = { card: card!.card, pin: card!.pin };
		const first = new Visitor(town.port);
		const one = await first.open(at('belmont', '/signin'));
		const two = await first.send(one, '/sign-in/', given);
		const inside = await first.send(two, '/welcome', { name: 'Dov', handle: 'dov', rules: 'yes' });
		expect([one, two, inside].map(({ url }) => path(url))).to.deep.equal(['/sign-in/…', '/welcome', '/home']);
		expect(two.html).to.contain('/you"', 'the way to a recovery code is named');
		const later = new Visitor(town.port);
		const again = await later.open(at('belmont', '/signin'));
		const back = await later.send(again, '/sign-in/', given);
		expect([again, back].map(({ url }) => path(url))).to.deep.equal(['/sign-in/…', '/home']);
	});

	it('Teo posts once in each scope, and the post names its scope in words', async () => {
		for (const scope of ['branch', 'neighborhood', 'public'] as const) {
			const home = await teo.open(at('belmont', '/home'));
			const after = await teo.send(home, '/posts', { text: POSTS[scope], scope });
			expect(after.text).to.contain(POSTS[scope]);
			const link = [...after.html.matchAll(/href="(\/@teo[^"/]*\/\d+)"/g)].map((match) => match[1]!)[0];
			posts[scope] = at('belmont', link);
			const page = await teo.open(posts[scope]);
			expect(page.text).to.contain(POSTS[scope]);
		}
		const board = (await teo.open(at('belmont', '/home'))).text;
		for (const words of ['Belmont only', 'Neighborhood', 'Everyone']) expect(board).to.contain(words);
		await town.settle();
	});

	it('Wendell at the second branch reads what is for the neighborhood and for everyone, and not what is for Belmont', async () => {
		const boards = await Promise.all(
			['/board/neighborhood', '/board/everyone', '/home'].map((path) => wendell.open(at('kenton', path))),
		);
		const words = boards.map((page) => page.text).join('\n');
		expect(words).to.contain(POSTS.neighborhood);
		expect(words).to.contain(POSTS.public);
		expect(words).to.not.contain(POSTS.branch);
	});

	it('a patron of another library reads only what is for everyone', async () => {
		for (const path of ['/home', '/board/neighborhood', '/board/everyone']) {
			const { text } = await stranger.open(at('salem', path));
			expect(text).to.not.contain(POSTS.branch);
			expect(text).to.not.contain(POSTS.neighborhood);
		}
		expect((await stranger.open(posts.public)).text).to.contain(POSTS.public);
		for (const scope of ['branch', 'neighborhood'] as const)
			expect((await stranger.open(posts[scope])).status).to.equal(404);
	});

	it('nobody reads only what is for everyone, by page, front page and ActivityPub, and the rest is not there', async () => {
		const visitor = nobody();
		expect((await visitor.open(posts.public)).text).to.contain(POSTS.public);
		const front = (await visitor.open(at('belmont'))).text;
		expect(front).to.contain(POSTS.public);
		for (const scope of ['branch', 'neighborhood'] as const) {
			const page = await visitor.open(posts[scope]);
			expect(page.status).to.equal(404);
			expect(page.text).to.not.contain(POSTS[scope]);
			expect(front).to.not.contain(POSTS[scope]);
		}
		const id = (url: string) => url.split('/').at(-1)!;
		const profile = await call(
			town.port,
			'GET',
			`/.well-known/webfinger?resource=acct:teo_halvorsen@${host('belmont')}`,
			{ host: host('belmont') },
		);
		expect(profile.status, JSON.stringify(profile.body)).to.equal(200);
		const actor: string = profile.body.links.find((link: { rel: string }) => link.rel === 'self').href;
		const asked = { host: host('belmont'), headers: { accept: 'application/activity+json' } };
		for (const [scope, status] of [
			['public', 200],
			['neighborhood', 404],
			['branch', 404],
		] as const) {
			const answer = await call(
				town.port,
				'GET',
				`${new URL(actor).pathname}/statuses/${id(posts[scope])}`,
				asked,
			);
			expect(answer.status, scope).to.equal(status);
		}
		const outbox = await call(town.port, 'GET', `${new URL(actor).pathname}/outbox?page=1`, asked);
		expect(JSON.stringify(outbox.body)).to.not.contain(POSTS.branch);
		expect(JSON.stringify(outbox.body)).to.not.contain(POSTS.neighborhood);
	});

	it('a reply cannot go farther than the post it answers', async () => {
		const page = await june.open(posts.branch);
		const form = page.html.slice(page.html.indexOf('id="reply"'));
		expect(form).to.contain('value="branch"');
		expect(form).to.not.contain('value="public"');
		expect(form).to.not.contain('value="neighborhood"');
		const answered = await june.send(page, '/posts', { text: 'Thank you, Teo.' });
		expect(answered.text).to.contain('Thank you, Teo.');
	});

	let statement = '';
	it('June hides a post under a rule, after seeing what its author and the public will read', async () => {
		const id = posts.public.split('/').at(-1)!;
		const page = await june.open(at('belmont', `/staff/posts/${id}/decide`));
		expect(page.status, page.text.slice(0, 300)).to.equal(200);
		const rule = /name="rule" value="([^"]*no-advertising[^"]*)"/.exec(page.html)![1]!;
		const facts = 'The post offers seeds for money and nobody had asked.';
		const preview = await june.send(page, '/decide', { rule, facts, do: 'preview' });
		expect(preview.text).to.contain(facts);
		const decided = await june.send(preview, '/decide', { rule, facts, do: 'decide' });
		expect(decided.status, decided.text.slice(0, 300)).to.equal(200);
		await town.settle();
		expect((await nobody().open(posts.public)).text).to.not.contain(POSTS.public);
	});

	it('a patron who is no host cannot decide about anything', async () => {
		const id = posts.neighborhood.split('/').at(-1)!;
		expect((await teo.open(at('belmont', `/staff/posts/${id}/decide`))).status).to.be.oneOf([403, 404]);
	});

	it('Teo reads which rule, why, until when he can appeal, and where it is published', async () => {
		const notices = await teo.open(at('belmont', '/notices'));
		const link = /href="(\/notices\/[^"]+)"/.exec(notices.html)![1]!;
		const notice = await teo.open(at('belmont', link));
		expect(notice.text).to.contain('No advertising');
		expect(notice.text).to.contain('The post offers seeds for money and nobody had asked.');
		statement = /href="([^"]*\/statements\/[^"]+)"/.exec(notice.html)![1]!;
		expect(statement).to.contain('//accountability.multnomah.');
	});

	it('the statement is on the accountability site with rule and version, without handle and without text', async () => {
		const page = await nobody().open(statement);
		expect(page.status, page.text.slice(0, 300)).to.equal(200);
		expect(page.text).to.contain('no-advertising');
		for (const secret of ['teo_halvorsen', 'Teo', POSTS.public]) expect(page.html).to.not.contain(secret);
		const council = await nobody().open(new URL('/council', statement).href);
		expect(council.text).to.contain('Belmont');
	});

	it('its inclusion proof verifies with transparency-log alone', async () => {
		const site = { host: new URL(statement).host };
		const path = new URL(statement).pathname;
		const proof = await call(town.port, 'GET', `${path}.tlog-proof`, site);
		const entry = await call(town.port, 'GET', `${path}.json`, site);
		expect([proof.status, entry.status]).to.deep.equal([200, 200]);
		const verify = await nobody().open(new URL('/verify', statement).href);
		const vkey = /[\w./:-]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{40,}/.exec(verify.text)![0];
		const raw = await rawOf(town.port, `${path}.json`, site.host);
		expect(verifyEntry({ entry: raw, proof: String(proof.body), vkey })).to.have.property('ok', true);
		const bent = Buffer.from(raw);
		bent[bent.length - 10] = bent[bent.length - 10]! ^ 1;
		expect(verifyEntry({ entry: bent, proof: String(proof.body), vkey })).to.have.property('ok', false);
	});

	it('the whole day is remembered after the town was closed and started again', async () => {
		const { data, port } = town;
		await town.close();
		town = await create({ data, port });
		expect((await nobody().open(at('belmont'))).text).to.contain('June Aldaba');
		expect((await wendell.open(at('kenton', '/board/neighborhood'))).text).to.contain(POSTS.neighborhood);
		expect((await nobody().open(statement)).status).to.equal(200);
	});
});

async function rawOf(port: number, path: string, host: string): Promise<Buffer> {
	const { get } = await import('node:http');
	return new Promise((resolve, reject) => {
		get({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('end', () => resolve(Buffer.concat(chunks)));
		}).on('error', reject);
	});
}
