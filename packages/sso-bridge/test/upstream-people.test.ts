import { randomUUID } from 'node:crypto';
import { silentLog } from '@understory/core/log.ts';
import type { Condition, PeopleRule } from '@understory/core/upstream-settings.ts';
import { expect } from 'chai';
import type { CardParts } from '../src/context.ts';
import { machinePace } from '../src/guessing/pace.ts';
import { libraryKeys } from '../src/keys.ts';
import { addingOptions, addNew } from '../src/passkeys/adding.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { lockAccount } from '../src/store/passkeys.ts';
import { type Admitting, personBy } from '../src/upstream/people.ts';
import { Refusal } from '../src/upstream/refusal.ts';
import { authenticator } from './fixtures/authenticator.ts';
import { branchClient, visitorOf } from './fixtures/branch-client.ts';
import { type City, startCity } from './fixtures/city.ts';
import {
	comeBack,
	goAway,
	linkTo,
	samlWay,
	send,
	signingCertificates,
	trySaml,
} from './fixtures/elsewhere.ts';
import { PERSON } from './fixtures/identity-provider.ts';

const PAIRWISE = 'urn:oasis:names:tc:SAML:attribute:pairwise-id';
const AFFILIATION = 'urn:oid:1.3.6.1.4.1.5923.1.1.1.1';
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

describe('somebody whom the city signs in', () => {
	let city: City;
	let database: Database;
	before(async () => {
		city = await startCity();
		database = await openDatabase(city.bed.databaseUrl);
	});
	after(async () => {
		await database?.destroy();
		await city?.close();
	});
	afterEach(() => city.set());

	const named = (value: string) => ({ format: PERSISTENT, value });
	const withPairwise = (value: string) => ({
		attributes: { [PAIRWISE]: [value], [AFFILIATION]: ['staff'] },
	});
	async function subject(changes: Parameters<City['expectIn']>[0] = {}): Promise<string> {
		const came = await city.expectIn(changes);
		return (await city.belmont.redeem(came.begun, came.back)).claims()!.sub;
	}

	it('is the same person the next time, and a stranger to whoever came by card', async () => {
		const sub = await subject();
		expect(await subject()).to.equal(sub);
		expect(await subject({ nameId: named('p-0815') })).to.not.equal(sub);
		const byCard = await city.belmont.signIn(visitorOf(city.bed), city.bed.person('Okafor'));
		expect(byCard.claims.sub).to.not.equal(sub);
	});

	it('stays the same person when the city begins to send a better name, in any case of its letters', async () => {
		const nameId = named('p-moves');
		const sub = await subject({ nameId });
		expect(await subject({ nameId, ...withPairwise('Moves@city.example') })).to.equal(sub);
		expect(await subject({ nameId: null, ...withPairwise('MOVES@CITY.EXAMPLE') })).to.equal(sub);
	});

	it('is let into neither of two accounts that the names lead to', async () => {
		await subject({ nameId: named('p-one') });
		await subject({ nameId: null, ...withPairwise('two@city.example') });
		const outcome = await trySaml(city.bed, city.parts(), {
			nameId: named('p-one'),
			...withPairwise('two@city.example'),
		});
		expect(outcome.code).to.equal('another_holder');
		expect(outcome.text).to.include('Please see a desk about this account');
	});

	it('is another person at another library, although the provider is one', async () => {
		const sub = await subject();
		city.bed.settings.set('bend', { elsewhere: { ways: [samlWay(city.provider)] } });
		const riverside = await branchClient(city.bed, city.bed.bend, 'riverside');
		const came = await trySaml(city.bed, { ...city.parts(), branch: riverside, library: city.bed.bend });
		const tokens = await riverside.redeem(came.away.begun, came.url!);
		expect(tokens.claims()!.sub).to.not.equal(sub);
		const links: { hash: string }[] = await database('identity').where({ kind: 'saml' }).select('hash');
		expect(new Set(links.map(({ hash }) => hash)).size).to.equal(links.length);
	});

	it('has to bring the passkey too where the account is locked', async () => {
		const { bed } = city;
		const nameId = named('p-locked');
		const sub = await subject({ nameId });
		const keys = libraryKeys({ master: bed.master }, bed.salem.id);
		const sector = bed.salem.branches.get('belmont')!.record.sector;
		const accounts: { id: string }[] = await database('account').select('id');
		const account = accounts.find(({ id }) => keys.subject(sector, id) === sub)!.id;
		const parts = {
			database,
			clock: bed.clock,
			log: silentLog,
			randomId: randomUUID,
			keysOf: () => keys,
			signIn: () => null,
			pace: machinePace(0),
		} as unknown as CardParts;
		const phone = authenticator();
		const adding = { library: bed.salem.record, account, form: { id: randomUUID(), shown: bed.clock.now() } };
		const options = await addingOptions(parts, adding, 'Salem');
		await addNew(parts, adding, JSON.parse(phone.create(options, bed.salem.origin)), 'phone');
		await lockAccount(database, account, true);
		try {
			const visitor = visitorOf(bed);
			const away = await goAway(bed, city.parts(visitor));
			const response = await city.provider.answer(away.request, bed.clock.now(), { nameId });
			const fields = { SAMLResponse: response, RelayState: away.request.relay };
			const posted = await send(bed, 'POST', away.request.acs, fields);
			const lock = await visitor.open(posted.location!);
			expect(lock.text).to.include('Now your passkey').and.include('Your city or school said who you are.');
			const asked = JSON.parse(
				/data-options="([^"]+)"/.exec(lock.html)![1]!.replaceAll('&quot;', '"').replaceAll('&#x3D;', '='),
			);
			// The city's word alone leads no further than this page, and counts once.
			expect((await visitor.open(posted.location!)).status).to.equal(403);
			const signIns = await database('sign_in').where({ account, way: 'elsewhere_and_passkey' });
			expect(signIns).to.be.empty;
			const opened = await visitor.send(lock, '/lock', { answer: phone.get(asked, bed.salem.origin) });
			const next = /href="([^"]+\/auth\/[^"]+)"/.exec(opened.html)?.[1];
			const back = next === undefined ? opened : await visitor.open(next);
			expect((await city.belmont.redeem(away.begun, back.url)).claims()!.sub).to.equal(sub);
			const [last] = await database('sign_in').where({ account }).orderBy('number', 'desc').select('way');
			expect(last.way).to.equal('elsewhere_and_passkey');
		} finally {
			await lockAccount(database, account, false);
		}
	});

	describe('as staff', () => {
		async function invited(token: string, affiliation: string) {
			const { bed, provider } = city;
			const visitor = visitorOf(bed);
			const page = await visitor.open(`${bed.salem.origin}/invitation/${token}`);
			const there = await visitor.open(linkTo(page, 'city'));
			const request = provider.read(there.url, await signingCertificates(bed, bed.salem));
			const away = { begun: await city.belmont.begin(), visitor, url: there.url, request };
			const response = await provider.answer(request, bed.clock.now(), {
				nameId: named('p-june'),
				attributes: { [AFFILIATION]: [affiliation], 'urn:oid:1.3.6.1.4.1.25178.1.2.3': ['19900101'] },
			});
			return comeBack(bed, away, response);
		}

		it('accepts an invitation by the city’s word that they are staff; a pupil’s account does not', async () => {
			const branch = city.bed.salem.branches.get('belmont')!.record.id;
			city.bed.provisioner.invitations.set('for-june', {
				role: 'host',
				name: 'June Aldaba',
				branch,
				by: null,
			});
			const pupil = await invited('for-june', 'student');
			expect(pupil.code).to.equal('not_staff');
			expect(pupil.text).to.include('the invitation stays open');
			expect(city.bed.provisioner.invitations.get('for-june')!.by).to.equal(null);
			const staff = await invited('for-june', 'staff');
			expect(staff.text).to.include('June Aldaba, your role is now: Host.');
			expect(city.bed.provisioner.invitations.get('for-june')!.by).to.match(/^[0-9a-f-]{36}$/);
			const unknown = await invited('guessed', 'staff');
			expect(unknown.code).to.equal('not_begun_here');
		});

		it('may look at a way in that is not open to others yet', async () => {
			city.set({ state: 'test' });
			await city.expectIn();
			const pupil = {
				nameId: named('p-pupil'),
				attributes: { [AFFILIATION]: ['student'], 'urn:oid:1.3.6.1.4.1.25178.1.2.3': ['20100101'] },
			};
			await city.expectRefused('not_live', pupil);
			city.set();
			await city.expectIn(pupil);
			city.set({ state: 'draft' });
			const visitor = visitorOf(city.bed);
			const page = await visitor.open((await city.belmont.begin()).url);
			expect(page.text).to.not.include('City of Salem staff');
			expect((await visitor.open(`${page.url}/with/city`)).status).to.equal(404);
		});
	});

	it('finds the way beside the card, in both languages; and no card where the library has none', async () => {
		const begin = async (language: string) =>
			visitorOf(city.bed, language).open((await city.belmont.begin()).url);
		expect((await begin('en')).text)
			.to.include('Sign in with City of Salem staff')
			.and.include('Library card number');
		expect((await begin('es')).text).to.include('Personal de la ciudad de Salem');
		city.bed.settings.set('salem', { elsewhere: { ways: [samlWay(city.provider)], only: true } });
		const only = await begin('en');
		expect(only.text).to.include('Where do you have an account?');
		expect(only.html).to.not.include('name="pin"');
		await city.expectIn();
	});

	it('who comes in a browser that was remembered for another is signed in as themselves, and the other is out', async () => {
		const visitor = visitorOf(city.bed);
		const first = await city.expectIn({ nameId: named('p-first') }, { visitor });
		const one = await city.belmont.redeem(first.begun, first.back);
		city.bed.told.length = 0;
		const begun = await city.belmont.begin({ prompt: 'login' });
		const page = await visitor.open(begun.url);
		const there = await visitor.open(linkTo(page, 'city'));
		const request = city.provider.read(there.url, await signingCertificates(city.bed, city.bed.salem));
		const response = await city.provider.answer(request, city.bed.clock.now(), { nameId: named('p-second') });
		const outcome = await comeBack(city.bed, { begun, visitor, url: there.url, request }, response);
		const two = await city.belmont.redeem(begun, outcome.url!);
		expect(two.claims()!.sub).to.not.equal(one.claims()!.sub);
		expect(city.bed.told.map(({ path }) => path)).to.deep.equal(['/session/ended']);
	});

	it('leaves neither name nor attribute in any table', async () => {
		const tables: { name: string }[] = (
			await database.raw(
				"select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'",
			)
		).rows;
		for (const { name } of tables) {
			const rows = JSON.stringify(await database(name).select());
			expect(rows, name).to.not.match(/p-4711|p-moves|p-june|@city\.example|19900101|eduPerson/i);
		}
		expect(city.bed.log.join('\n')).to.not.match(/p-4711|p-moves|p-june|@city\.example|19900101/i);
		expect(PERSON.persistent).to.match(/^p-4711/);
	});
});

describe('rules about people', () => {
	const now = Date.UTC(2026, 10, 26, 12);
	const zone = 'America/Los_Angeles';
	const LET_IN = { age_band: 'adult', affiliation: 'patron' } as const;
	const outcome = (
		said: Record<string, readonly string[]>,
		people: readonly PeopleRule[],
		more: Partial<Admitting> = {},
	) => {
		try {
			const admitting = { people, minimumAge: 13, testing: false, ...more };
			return personBy(admitting, (name) => said[name] ?? [], { now, zone });
		} catch (error) {
			if (error instanceof Refusal) return error.code;
			throw error;
		}
	};
	const when = (condition: Condition): PeopleRule[] => [{ when: [condition], let_in: LET_IN }];

	it('ask whether a value is, begins, ends or is there at all, capitals or not', () => {
		const cases: [Condition, readonly string[], boolean][] = [
			[{ attribute: 'ou', is: ['Parks'] }, ['parks'], true],
			[{ attribute: 'ou', is: ['Parks'] }, ['parks and more'], false],
			[{ attribute: 'ou', is: ['Parks', 'Fire'] }, ['x', 'FIRE'], true],
			[{ attribute: 'ou', starts: ['Parks'] }, ['parks and more'], true],
			[{ attribute: 'ou', starts: ['Parks'] }, ['the parks'], false],
			[{ attribute: 'ou', ends: ['@city.example'] }, ['ada@CITY.example'], true],
			[{ attribute: 'ou', ends: ['@city.example'] }, ['ada@city.example.evil'], false],
			[{ attribute: 'ou', present: true }, ['x'], true],
			[{ attribute: 'ou', present: true }, [''], false],
			[{ attribute: 'ou', present: true }, [], false],
			[{ attribute: 'ou', present: false }, [], true],
			[{ attribute: 'ou', present: false }, ['x'], false],
		];
		for (const [condition, ou, holds] of cases) {
			const found = outcome({ ou }, when(condition));
			expect(found, JSON.stringify([condition, ou])).to.deep.equal(
				holds ? { ageBand: 'adult', affiliation: 'patron' } : 'no_rule_fits',
			);
		}
	});

	it('are read from the top, and all conditions of one have to hold', () => {
		const people: PeopleRule[] = [
			{
				when: [
					{ attribute: 'a', is: ['1'] },
					{ attribute: 'b', is: ['1'] },
				],
				refuse: true,
			},
			{ when: [{ attribute: 'a', is: ['1'] }], let_in: LET_IN },
		];
		expect(outcome({ a: ['1'], b: ['1'] }, people)).to.equal('rule_refuses');
		expect(outcome({ a: ['1'] }, people)).to.include({ ageBand: 'adult' });
		expect(outcome({ b: ['1'] }, people)).to.equal('no_rule_fits');
		expect(outcome({}, [])).to.equal('no_rule_fits');
	});

	it('work an age out of a birth date by the library’s own day, and keep the band', () => {
		const people: PeopleRule[] = [
			{ when: [], let_in: { age_band: { birth_date: 'born' }, affiliation: 'student' } },
		];
		const band = (...born: string[]) => {
			const found = outcome({ born }, people);
			return typeof found === 'string' ? found : found.ageBand;
		};
		expect(band('2013-11-26')).to.equal('teen');
		expect(band('20131126')).to.equal('teen');
		expect(band('2013-11-27')).to.equal('too_young');
		expect(band('2008-11-26')).to.equal('adult');
		expect(band('2008-11-27')).to.equal('teen');
		for (const born of ['2010-02-30', '2010-13-01', 'soon', ''])
			expect(band(born), born).to.equal('age_unknown');
		expect(band()).to.equal('age_unknown');
		expect(band('2010-01-01', '2000-01-01')).to.equal('age_unknown');
		expect(band('2010-01-01', '2010-01-01')).to.equal('teen');
	});

	it('let nobody in below the library’s age, nor of unknown age unless it says so', () => {
		const by = (age_band: 'child' | 'teen' | 'unknown'): PeopleRule[] => [
			{ when: [], let_in: { age_band, affiliation: 'student' } },
		];
		expect(outcome({}, by('child'))).to.equal('too_young');
		expect(outcome({}, by('teen'))).to.include({ ageBand: 'teen' });
		expect(outcome({}, by('teen'), { minimumAge: 14 })).to.equal('age_unknown');
		expect(outcome({}, by('teen'), { minimumAge: 18 })).to.equal('too_young');
		expect(outcome({}, by('unknown'))).to.equal('age_unknown');
		expect(outcome({}, by('unknown'), { unknown_age: 'accept' })).to.include({ ageBand: 'unknown' });
		expect(outcome({}, by('child'), { unknown_age: 'accept' })).to.equal('too_young');
	});
});
