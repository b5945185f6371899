import { randomUUID } from 'node:crypto';
import { seal } from '@understory/core/seal.ts';
import type { AdmissionRules, SignInSettings } from '@understory/core/sign-in-settings.ts';
import { expect } from 'chai';
import type { Visitor } from '../../../test/e2e/visitor.ts';
import { createSettingsCheck } from '../src/card/settings.ts';
import { libraryKeys } from '../src/keys.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { aboutRestrictions, addRestriction } from '../src/store/restrictions.ts';
import { type Begun, visitorOf } from './fixtures/branch-client.ts';
import { type City, startCity } from './fixtures/city.ts';
import { linkTo, refusalIn, samlWay, trySaml } from './fixtures/elsewhere.ts';
import { oidcWay, type SchoolsProvider, startSchools } from './fixtures/openid-provider.ts';

const AFFILIATION = 'urn:oid:1.3.6.1.4.1.5923.1.1.1.1';
const BORN = 'urn:oid:1.3.6.1.4.1.25178.1.2.3';
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

/** A pupil who is sixteen. */
const PUPIL = { id: 'p-sixteen', role: 'student', born: '2010-05-05' };

interface Came {
	readonly begun: Begun;
	readonly visitor: Visitor;
	readonly url: string;
	readonly text: string;
	readonly html: string;
	readonly code: string | null;
}

for (const kind of ['saml', 'oidc'] as const) {
	describe(`the rules of a library for whoever comes by ${kind}`, () => {
		let city: City;
		let schools: SchoolsProvider;
		let database: Database;
		before(async () => {
			city = await startCity();
			schools = startSchools(city.bed, city.bed.salem);
			database = await openDatabase(city.bed.databaseUrl);
		});
		after(async () => {
			await database?.destroy();
			await city?.close();
		});
		beforeEach(() => rules({}));

		function rules(rules: AdmissionRules, more: Partial<SignInSettings['elsewhere']> = {}): void {
			const ways = [kind === 'saml' ? samlWay(city.provider) : oidcWay(schools.issuer)];
			city.bed.settings.set('salem', { rules, elsewhere: { ways, ...more } });
		}

		/** Somebody goes to the provider and comes back, in a new browser. */
		async function come(who = PUPIL): Promise<Came> {
			const visitor = visitorOf(city.bed);
			if (kind === 'saml') {
				const attributes = { [AFFILIATION]: [who.role], [BORN]: [who.born.replaceAll('-', '')] };
				const nameId = { format: PERSISTENT, value: who.id };
				const came = await trySaml(city.bed, city.parts(visitor), { nameId, attributes });
				return { ...came, begun: came.away.begun, visitor, url: came.url! };
			}
			schools.pupil = { sub: who.id, role: who.role, birthdate: who.born, email: 'kim@schools.example' };
			const begun = await city.belmont.begin();
			const page = await visitor.open(begun.url);
			const from = city.bed.log.length;
			const { url, text, html } = await visitor.open(linkTo(page, 'schools'));
			return { begun, visitor, url, text, html, code: refusalIn(city.bed.log.slice(from)) };
		}
		async function claims({ begun, visitor, url, html }: Came) {
			const next = /href="([^"]+\/auth\/[^"]+)"/.exec(html)?.[1];
			const back = next ? (await visitor.open(next)).url : url;
			return (await city.belmont.redeem(begun, back)).claims()!;
		}
		const accounts = async () => Number((await database('account').count('* as n').first())?.n);

		it('the least age is the library’s, whichever way somebody comes, and who is too young leaves nothing', async () => {
			const before = await accounts();
			rules({ minimum_age: 17 });
			const refused = await come({ ...PUPIL, id: 'p-young' });
			expect(refused.code, refused.text).to.equal('too_young');
			expect(refused.text).to.include('The branches begin at an age');
			expect(await accounts()).to.equal(before);
			expect(await database('upstream_once').whereNotNull('sealed').select()).to.deep.equal([]);
			rules({ minimum_age: 16 });
			expect(await claims(await come({ ...PUPIL, id: 'p-young' }))).to.include({ standing: 'full' });
		});

		it('who was here before and is too young now comes as far as the porch, as the same person', async () => {
			const { sub, standing } = await claims(await come());
			expect(standing).to.equal('full');
			rules({ minimum_age: 18 });
			const kept = await come();
			expect(kept.code, kept.text).to.equal(null);
			expect(kept.text)
				.to.include('This account does not open the branch now')
				.and.include('people who are a little older')
				.and.include('Everything you wrote is waiting.');
			expect(await claims(kept)).to.include({ sub, standing: 'porch' });
			rules({});
			expect(await claims(await come())).to.include({ sub, standing: 'full' });
		});

		it('who was here before and whom no rule lets in any more comes as far as the porch; a stranger is refused', async () => {
			const { sub } = await claims(await come());
			const left = await come({ ...PUPIL, role: 'parent' });
			expect(left.text).to.include('The library lets people in by another kind of account now.');
			expect(await claims(left)).to.include({ sub, standing: 'porch' });
			expect((await come({ ...PUPIL, id: 'p-stranger', role: 'parent' })).code).to.equal('no_rule_fits');
		});

		it('who is restricted for the whole library is on the porch by this way too, and reads why', async () => {
			const { bed } = city;
			const who = { ...PUPIL, id: 'p-restricted' };
			const { sub } = await claims(await come(who));
			const keys = libraryKeys({ master: bed.master }, bed.salem.id);
			const { sector } = bed.salem.branches.get('belmont')!.record;
			const all: { id: string }[] = await database('account').select('id');
			const account = all.find(({ id }) => keys.subject(sector, id) === sub)!.id;
			const id = randomUUID();
			const told = { id, named: 'kim', reason: 'Threats, on two days.', appeal: 'The board, 503 555 0100' };
			const day = (ahead: number) => new Date(bed.clock.now() + ahead * 86_400_000);
			const row = {
				id,
				library: bed.salem.id,
				state: 'in_force',
				ground: 'conduct@2/no-threats',
				from_day: day(-1).toISOString().slice(0, 10),
				until_day: day(7).toISOString().slice(0, 10),
				from_at: day(-1),
				until_at: day(7),
				sealed: seal(keys.seal, aboutRestrictions(bed.salem.id), JSON.stringify(told)),
				proposed_by: randomUUID(),
				confirmed_by: randomUUID(),
				made_at: day(-1),
			} as const;
			await addRestriction(database, row, account);
			const came = await come(who);
			expect(came.text).to.include('Threats, on two days.').and.include('The board, 503 555 0100');
			expect(await claims(came)).to.include({ sub, standing: 'porch' });
		});

		it('where it is the only way, the library goes live without a catalogue, and no card is asked about, whoever sends one', async () => {
			const ways = [kind === 'saml' ? samlWay(city.provider) : oidcWay(schools.issuer)];
			const alone = {
				version: 1,
				state: 'live',
				connector: { kind: 'sip2', host: '127.0.0.1', port: 6001 },
				elsewhere: { ways, only: true },
			} as const;
			const faults = createSettingsCheck()(alone);
			expect(faults.filter(({ field }) => !field.startsWith('elsewhere.ways'))).to.deep.equal([]);

			const { bed } = city;
			const { card, pin } = bed.person('Okafor');
			const visitor = visitorOf(bed);
			const withCard = await visitor.open((await city.belmont.begin()).url);
			rules({}, { only: true });
			const asked = bed.ils.asked(card);
			const sent = await visitor.send(withCard, '/sign-in/', { card, pin });
			expect(sent.status).to.equal(503);
			expect(bed.ils.asked(card)).to.equal(asked);

			bed.ils.misbehave('dead');
			const came = await come({ ...PUPIL, id: 'p-only' });
			expect(await claims(came)).to.include({ standing: 'full', age_band: 'teen' });
			bed.ils.misbehave(null);
		});
	});
}
