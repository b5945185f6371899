import { createHmac, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import { StaffBrowser } from '../fixtures/staff-browser.ts';
import { type StaffProvider, startStaffProvider } from '../fixtures/staff-provider.ts';

const GRANTS = '/api/v1/console-grants';
const HOUR_MS = 3_600_000;

describe('sign-in of staff by OpenID Connect', () => {
	let platform: Platform;
	let city: StaffProvider;
	let schools: StaffProvider;
	before(async () => {
		[platform, city, schools] = await Promise.all([
			startPlatform(),
			startStaffProvider(),
			startStaffProvider('understory-of-siskiyou'),
		]);
		for (const slug of ['multnomah', 'siskiyou'])
			await platform.api('POST', '/api/v1/libraries', { body: { ...LIBRARY, slug } });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		expect((await setProvider('/api/v1/staff-sign-in', city)).status).to.equal(200);
	});
	beforeEach(() => {
		for (const provider of [city, schools]) {
			provider.spoil = null;
			provider.silent = false;
			provider.describes = {};
			provider.sends = provider.issuer;
			provider.person = { sub: 'ana', email: 'ana@library.example', email_verified: true };
		}
	});
	afterEach(async () => {
		const { body } = await platform.api<{ items: { id: string }[] }>('GET', GRANTS);
		for (const { id } of body.items) await platform.api('DELETE', `${GRANTS}/${id}`);
	});
	after(() => Promise.all([platform.close(), city.close(), schools.close()]));

	function setProvider(path: string, { issuer, clientId, secret }: StaffProvider, more: object = {}) {
		const body = { name: 'City of Salem', issuer, client_id: clientId, client_secret: secret, ...more };
		return platform.api<{ redirect_uri: string; errors?: { field: string }[] }>('PUT', path, { body });
	}
	async function grant(more: object = {}): Promise<string> {
		const body = {
			name: 'Ana',
			match: 'email',
			value: 'Ana@Library.example',
			role: 'platform_admin',
			...more,
		};
		const made = await platform.api<{ id: string }>('POST', GRANTS, { body });
		expect(made.status, JSON.stringify(made.body)).to.equal(201);
		return made.body.id;
	}
	const browser = () => {
		// Tries are counted by the minute.
		platform.clock.advance(60_000);
		return new StaffBrowser(platform);
	};
	/** Goes all the way. */
	async function signIn(who = browser(), at = 'City of Salem') {
		const back = await who.away(await who.leave(at));
		return { who, back };
	}
	const isIn = async (who: StaffBrowser) => (await who.get('/')).body.includes('/signout');

	it('whom somebody let in comes in by their account, and their name stands beside what they do', async () => {
		await grant();
		const { who, back } = await signIn();
		expect([back.status, back.location]).to.deep.equal([303, '/']);
		expect(await isIn(who)).to.equal(true);
		const made = await who.post('/tokens', { name: 'a report', role: 'reader', days: '10' });
		expect(made.status).to.equal(201);
		const audit = await platform
			.provisioner()
			.context.database('audit')
			.select('actor', 'act')
			.orderBy('id', 'desc');
		expect(audit[0]).to.deep.equal({ actor: 'ana@library.example', act: 'createToken' });
		expect(audit[1]).to.deep.equal({ actor: 'ana@library.example', act: 'staff_signed_in' });
	});

	it('nobody becomes staff by what a provider says alone', async () => {
		city.person = {
			sub: 'root',
			email: 'root@library.example',
			email_verified: true,
			groups: ['admin'],
			role: 'platform_admin',
		};
		const { who, back } = await signIn();
		expect(back.status).to.equal(403);
		expect(back.body).to.include('nobody here has let you in');
		expect(await isIn(who)).to.equal(false);
	});

	it('an e-mail that the provider did not verify is nobody’s', async () => {
		await grant();
		for (const email_verified of [false, 'true', undefined]) {
			city.person = {
				sub: 'mallory',
				email: 'ana@library.example',
				...(email_verified === undefined ? {} : { email_verified }),
			};
			expect((await signIn()).back.status).to.equal(403);
		}
	});

	it('a group lets in everybody in it, to the branches that the grant names and no others', async () => {
		await grant({
			match: 'group',
			value: 'leads',
			role: 'branch_lead',
			library: 'multnomah',
			branches: ['belmont'],
		});
		city.person = { sub: 'lee', groups: ['readers', 'leads'] };
		const { who } = await signIn();
		expect((await who.get('/libraries/multnomah/branches/belmont')).status).to.equal(200);
		expect((await who.get('/libraries/multnomah/staff')).status).to.equal(403);
		expect((await who.get('/libraries/siskiyou')).status).to.equal(404);
		city.person = { sub: 'kim', groups: ['leads-of-others', 'LEADS'] };
		expect((await signIn()).back.status).to.equal(403);
	});

	it('who was let in more than once chooses, once, and only among their own', async () => {
		const first = await grant({ role: 'auditor' });
		await grant({ match: 'subject', value: 'ana', role: 'library_it', library: 'multnomah' });
		const foreign = await grant({ value: 'bo@library.example' });
		const { who, back } = await signIn();
		expect(back.location).to.match(/^\/signin\/choose\?choice=/);
		const page = await who.get(back.location!);
		expect(page.body).to.include('Auditor').and.include('Library IT: Multnomah County Library');
		expect((await browser().get(back.location!)).status, 'in another browser').to.equal(403);
		const choice = who.hidden('choice');
		expect((await who.post('/signin/choose', { choice, grant: foreign })).status).to.equal(403);
		await who.get(back.location!);
		expect((await who.post('/signin/choose', { choice, grant: first })).status).to.equal(303);
		expect((await who.get('/libraries/siskiyou/staff')).status, 'an auditor of all').to.equal(200);
		expect((await who.post('/tokens', { name: 'x' })).status, 'who changes nothing').to.equal(403);
	});

	it('a sign-in ends with its grant, with the tokens it made, and after ten hours', async () => {
		const id = await grant();
		const { who } = await signIn();
		const page = await who.post('/tokens', { name: 'made by Ana', role: 'reader' });
		const token = /<code class="key">([\w-]{43})<\/code>/.exec(page.body)![1]!;
		expect((await platform.api('GET', '/api/v1/token', { token })).status).to.equal(200);
		expect((await platform.api('DELETE', `${GRANTS}/${id}`)).status).to.equal(204);
		expect(await isIn(who)).to.equal(false);
		expect((await platform.api('GET', '/api/v1/token', { token })).status).to.equal(401);
		await grant();
		const again = (await signIn()).who;
		platform.clock.advance(10 * HOUR_MS - 1);
		expect(await isIn(again)).to.equal(true);
		platform.clock.advance(1);
		expect(await isIn(again)).to.equal(false);
	});

	it('a grant with a last day ends then, also for whoever is signed in', async () => {
		await grant({ until: platform.clock.now() + HOUR_MS });
		const { who } = await signIn();
		platform.clock.advance(HOUR_MS);
		expect(await isIn(who)).to.equal(false);
		expect((await signIn()).back.status).to.equal(403);
	});

	it('signing out ends the sign-in itself, and not only its cookie', async () => {
		await grant();
		const { who } = await signIn();
		await who.get('/');
		const kept = who.copy();
		await who.post('/signout', {});
		expect([await isIn(who), await isIn(kept)]).to.deep.equal([false, false]);
	});

	it('another issuer ends the grants of the one before; another secret of the same signs everybody out', async () => {
		const { body } = await setProvider('/api/v1/libraries/siskiyou/staff-sign-in', schools, {
			name: 'Schools',
		});
		expect(body.redirect_uri).to.match(/^http:\/\/localhost:4000\/signin\/back\//);
		await grant({ role: 'library_it', library: 'siskiyou' });
		const { who } = await signIn(browser(), 'Schools');
		expect(await isIn(who)).to.equal(true);
		await setProvider('/api/v1/libraries/siskiyou/staff-sign-in', schools, { name: 'Schools' });
		expect(await isIn(who)).to.equal(false);
		expect(await isIn((await signIn(browser(), 'Schools')).who)).to.equal(true);
		await setProvider('/api/v1/libraries/siskiyou/staff-sign-in', city, { name: 'Schools' });
		const { body: grants } = await platform.api<{ items: object[] }>('GET', GRANTS);
		expect(grants.items).to.deep.equal([]);
		expect((await platform.api('DELETE', '/api/v1/libraries/siskiyou/staff-sign-in')).status).to.equal(204);
	});

	it('a library’s own provider lets in nobody by a grant of the platform’s provider, and the other way round', async () => {
		await grant();
		await setProvider('/api/v1/libraries/siskiyou/staff-sign-in', schools, { name: 'Schools' });
		expect((await signIn(browser(), 'Schools')).back.status, 'the same e-mail, said by another').to.equal(
			403,
		);
		await platform.api('DELETE', '/api/v1/libraries/siskiyou/staff-sign-in');
	});

	it('the secret of a provider is shown to nobody and lies sealed', async () => {
		const shown = await platform.api('GET', '/api/v1/staff-sign-in');
		const rows = await platform.provisioner().context.database('staff_provider').select('*');
		expect(JSON.stringify([shown.body, rows])).to.not.include(city.secret);
		const wrong = await platform.api<{ errors: { field: string }[] }>(
			'PUT',
			'/api/v1/libraries/siskiyou/staff-sign-in',
			{
				body: { name: ' ', issuer: 'http://login.example?x', client_id: '' },
			},
		);
		expect(wrong.body.errors.map(({ field }) => field)).to.deep.equal([
			'name',
			'issuer',
			'client_id',
			'client_secret',
		]);
	});

	describe('the page of a library’s own provider', () => {
		const PAGE = '/libraries/siskiyou/staff-sign-in';
		const form = ({ issuer, clientId, secret }: StaffProvider) => ({
			...{ provider_name: 'Schools', issuer, client_id: clientId, client_secret: secret },
			...{ groups_claim: 'groups', scopes: '' },
		});
		const inAudit = () =>
			platform
				.provisioner()
				.context.database('audit')
				.select('actor', 'act', 'subject')
				.orderBy('id', 'desc')
				.first();
		async function someone(role: string, library: string | null, branches: string[] | null = null) {
			const body = { name: `a ${role}`, role, library, branches };
			const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body });
			return atConsole(platform, made.body.token);
		}
		afterEach(() => platform.api('DELETE', '/api/v1/libraries/siskiyou/staff-sign-in'));

		it('is filled in by whoever runs the platform and by the library’s IT, and stands in the audit', async () => {
			for (const who of [await atConsole(platform, ADMIN_TOKEN), await someone('library_it', 'siskiyou')]) {
				expect((await who.get('/libraries/siskiyou')).body).to.include(`href="${PAGE}"`);
				expect((await who.get(PAGE)).body).to.include('comes in by the platform&#x27;s, City of Salem');
				const kept = await who.post(PAGE, form(schools));
				expect([kept.status, kept.location]).to.deep.equal([303, PAGE]);
				const { body } = await who.get(PAGE);
				expect(body).to.not.include('class="error"');
				expect(body).to.include('/signin/back/').and.include('Schools').and.not.include(schools.secret);
				expect(await inAudit()).to.include({ act: 'changeLibraryStaffSignIn', subject: PAGE });
				expect((await who.post(`${PAGE}/end`, {})).status).to.equal(303);
				expect(await inAudit()).to.include({ act: 'endLibraryStaffSignIn', subject: PAGE });
			}
		});

		it('is closed to everybody else: others look at most, and nobody reaches another library’s', async () => {
			for (const who of [
				await someone('reader', null),
				await someone('branch_lead', 'multnomah', ['belmont']),
			]) {
				expect((await who.get(PAGE)).status).to.be.oneOf([403, 404]);
				expect((await who.post(PAGE, form(schools))).status).to.be.oneOf([403, 404]);
			}
			const auditor = await someone('auditor', null);
			expect((await auditor.get(PAGE)).body).to.not.include('client_secret');
			const other = await someone('library_it', 'multnomah');
			expect((await other.get(PAGE)).status).to.equal(404);
			for (const path of [PAGE, `${PAGE}/end`, `${PAGE}/try`]) {
				await other.get('/grants');
				expect((await other.post(path, form(schools))).status, path).to.equal(404);
			}
			await other.get('/grants');
			expect((await other.post('/grants/provider', form(schools))).status, 'the platform’s').to.equal(403);
			expect((await platform.api('GET', '/api/v1/libraries/siskiyou/staff-sign-in')).status).to.equal(404);
		});

		it('says every fault at its field and keeps what was typed but the secret', async () => {
			const who = await atConsole(platform, ADMIN_TOKEN);
			await who.get(PAGE);
			const typed = {
				...form(schools),
				provider_name: ' ',
				issuer: 'http://login.example?x',
				client_secret: '',
			};
			const { status, body } = await who.post(PAGE, typed);
			expect(status).to.equal(422);
			for (const id of ['provider_name', 'issuer', 'client_secret'])
				expect(body).to.include(`<a href="#${id}">`).and.include(`id="${id}-fault"`);
			expect([...body.matchAll(/class="error"/g)]).to.have.length(3);
			expect(body).to.include('value="http://login.example?x"').and.include(`value="${schools.clientId}"`);
			expect((await who.post(PAGE, { ...typed, client_secret: 'typed-once' })).body).to.not.include(
				'typed-once',
			);
		});

		it('an empty secret keeps the one that is there, and another address asks that the grants end', async () => {
			const who = await atConsole(platform, ADMIN_TOKEN);
			await who.get(PAGE);
			await who.post(PAGE, form(schools));
			await grant({ name: 'Ana of Yreka', role: 'library_it', library: 'siskiyou' });
			expect((await who.get(PAGE)).body).to.include('1 grant hangs on it: Ana of Yreka');
			expect((await who.post(PAGE, { ...form(schools), client_secret: '' })).status).to.equal(303);
			expect((await signIn(browser(), 'Schools')).back.status, 'the secret still holds').to.equal(303);
			await who.get(PAGE);
			for (const path of [PAGE, `${PAGE}/end`]) {
				const asked = await who.post(path, form(city));
				expect(asked.status).to.equal(422);
				expect(asked.body).to.match(/<a href="#sure(_end)?">/);
			}
			const { body: grants } = await platform.api<{ items: object[] }>('GET', GRANTS);
			expect(grants.items).to.have.length(1);
			expect((await who.post(PAGE, { ...form(city), sure: 'yes' })).status).to.equal(303);
			const { body: none } = await platform.api<{ items: object[] }>('GET', GRANTS);
			expect(none.items).to.deep.equal([]);
		});

		it('is tried: it answers, it does not, or it describes itself as another', async () => {
			const who = await atConsole(platform, ADMIN_TOKEN);
			await who.get(PAGE);
			await who.post(PAGE, form(schools));
			await who.get(PAGE);
			const tried = async () => (await who.post(`${PAGE}/try`, {})).body;
			expect(await tried()).to.include('It answers, and describes itself as it should');
			schools.describes = { issuer: 'https://login.example' };
			expect(await tried()).to.include('cannot be used as it stands');
			schools.describes = {};
			schools.silent = true;
			expect(await tried()).to.include('It does not answer');
		});
	});

	describe('takes no answer that is not right', () => {
		beforeEach(() => grant());
		const refused = async (spoil: NonNullable<StaffProvider['spoil']>) => {
			city.spoil = spoil;
			const { who, back } = await signIn();
			expect(await isIn(who)).to.equal(false);
			expect(back.body).to.include('What the provider answered is not right');
			return back.status;
		};
		const now = () => Math.floor(Date.now() / 1000);
		const signedPart = (header: object, claims: object) =>
			[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');

		it('another issuer, another audience, another nonce, or none', async () => {
			expect(await refused({ claims: { iss: 'https://login.example' } })).to.equal(403);
			expect(await refused({ claims: { aud: 'somebody-else' } })).to.equal(403);
			expect(await refused({ claims: { nonce: 'of-another-sign-in' } })).to.equal(403);
			expect(await refused({ claims: { nonce: undefined } })).to.equal(403);
			expect(await refused({ claims: { sub: undefined } })).to.equal(403);
		});
		it('one that is over, or not signed, or signed by another key, or by our own secret', async () => {
			expect(await refused({ claims: { exp: now() - 3_600, iat: now() - 7_200 } })).to.equal(403);
			expect(await refused({ raw: (claims) => `${signedPart({ alg: 'none' }, claims)}.` })).to.equal(403);
			expect(await refused({ raw: () => 'no token' })).to.equal(403);
			const byOurSecret = (claims: object) => {
				const text = signedPart({ alg: 'HS256' }, claims);
				return `${text}.${createHmac('sha256', city.secret).update(text).digest('base64url')}`;
			};
			expect(await refused({ raw: byOurSecret })).to.equal(403);
			const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
			expect(await refused({ key: privateKey })).to.equal(403);
		});
		it('an answer that begins in another browser, or that was used before', async () => {
			const ana = browser();
			const answer = await ana.answerOf(await ana.leave('City of Salem'));
			const mallory = browser();
			await mallory.leave('City of Salem');
			expect((await mallory.get(answer)).status, 'somebody else’s answer').to.equal(403);
			const bo = browser();
			const own = await bo.answerOf(await bo.leave('City of Salem'));
			expect((await bo.get(own)).status).to.equal(303);
			expect((await bo.get(own)).status, 'a second time').to.equal(403);
		});
		it('a code of one sign-in with the state of another, and one that took longer than ten minutes', async () => {
			const ana = browser();
			const first = new URL(await ana.answerOf(await ana.leave('City of Salem')), 'http://localhost:4000');
			const second = new URL(await ana.answerOf(await ana.leave('City of Salem')), 'http://localhost:4000');
			second.searchParams.set('code', first.searchParams.get('code')!);
			expect((await ana.get(second.pathname + second.search)).status).to.equal(403);
			const late = await ana.answerOf(await ana.leave('City of Salem'));
			platform.clock.advance(600_000);
			expect((await ana.get(late)).status).to.equal(403);
		});
		it('an answer of another provider than the one that was asked', async () => {
			await setProvider('/api/v1/libraries/siskiyou/staff-sign-in', schools, { name: 'Schools' });
			city.sends = schools.issuer;
			expect((await signIn()).back.status, 'it says that it is another').to.equal(403);
			city.sends = null;
			expect((await signIn()).back.status, 'it does not say who it is').to.equal(403);
			city.sends = city.issuer;
			const ana = browser();
			const ofCity = await ana.answerOf(await ana.leave('City of Salem'));
			const ofSchools = await ana.answerOf(await ana.leave('Schools'));
			const crossed = ofCity.replace(/^[^?]*/, ofSchools.replace(/\?.*/, ''));
			expect((await ana.get(crossed)).status, 'sent to the address of the other').to.equal(403);
			await platform.api('DELETE', '/api/v1/libraries/siskiyou/staff-sign-in');
		});
		it('a no of the provider, and its silence, are said in a sentence; a token still lets in', async () => {
			const ana = browser();
			const answer = await ana.answerOf(await ana.leave('City of Salem'));
			const no = answer.replace(/code=[^&]*/, 'error=access_denied');
			const page = await ana.get(no);
			expect([page.status, page.body.includes('did not sign you in')]).to.deep.equal([403, true]);
			await setProvider('/api/v1/staff-sign-in', city);
			city.silent = true;
			const silent = await browser().try('City of Salem');
			expect([silent.status, silent.body.includes('does not answer now')]).to.deep.equal([503, true]);
		});
		it('a provider that describes itself as another one, or sends browsers over an open line', async () => {
			for (const describes of [
				{ issuer: 'https://login.example' },
				{ authorization_endpoint: 'http://login.example/authorize' },
			]) {
				await setProvider('/api/v1/staff-sign-in', city);
				city.describes = describes;
				expect((await browser().try('City of Salem')).status).to.equal(503);
			}
			city.describes = {};
			await setProvider('/api/v1/staff-sign-in', city);
		});
		it('a secret that another key of the console sealed opens nothing, and is asked for anew', async () => {
			const { database } = platform.provisioner().context;
			await database('staff_provider').update({ secret: 'c2VhbGVkIGJ5IGFub3RoZXIga2V5IG9mIHRoZSBjb25zb2xl' });
			expect((await browser().try('City of Salem')).status).to.equal(503);
			await setProvider('/api/v1/staff-sign-in', city);
			expect((await signIn()).back.status).to.equal(303);
		});
		it('nobody is led to a place that the address names', async () => {
			const ana = browser();
			const left = await ana.leave('City of Salem', '?next=https://elsewhere.example');
			expect((await ana.away(left)).location).to.equal('/');
		});
	});
});
