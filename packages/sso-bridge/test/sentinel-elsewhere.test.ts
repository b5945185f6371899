import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { filesBelow } from '../../../test/files-below.ts';
import { startPostgres } from '../../town/src/postgres.ts';
import { visitorOf } from './fixtures/branch-client.ts';
import { startCity } from './fixtures/city.ts';
import { linkTo, refusalIn, samlWay, trySaml } from './fixtures/elsewhere.ts';
import { captureErrors, changed, everyRow, formsOf } from './fixtures/left-behind.ts';
import { oidcWay, startSchools } from './fixtures/openid-provider.ts';

const EACH = 40;
const AFFILIATION = 'urn:oid:1.3.6.1.4.1.5923.1.1.1.1';
const BORN = 'urn:oid:1.3.6.1.4.1.25178.1.2.3';
const MAIL = 'urn:oid:0.9.2342.19200300.100.1.3';
const NAME = 'urn:oid:2.16.840.1.113730.3.1.241';
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

/** Every value of a person holds one of these, and they stand nowhere by chance. */
const MARKS = {
	subject: 'zaunkoenig-2718',
	mail: 'ottilie.sentinel',
	name: 'Quackenbush',
	born: '20090717',
	'born, with lines': '2009-07-17',
	role: 'wiedehopf-role',
} as const;

const subject = (at: number) => `${MARKS.subject}-${at}`;
const mail = (at: number) => `${MARKS.mail}${at}@schools.example`;
/** The fifth of them belongs to nobody whom the rules let in, the seventh is too young. */
const role = (at: number) => (at % 5 === 4 ? MARKS.role : 'student');
const born = (at: number) => (at % 7 === 6 ? '20200717' : MARKS.born);

describe('after sign-ins at providers of a city and of its schools', function () {
	this.timeout(120_000);
	const root = mkdtempSync(join(tmpdir(), 'understory-elsewhere-'));
	const outcomes: Record<string, number> = {};
	const errors: string[] = [];
	let log: string;
	let files: Map<string, Buffer>;

	before(async () => {
		const quiet = captureErrors(errors);
		const postgres = await startPostgres({ folder: join(root, 'postgres'), careless: true });
		const untouched = filesBelow(join(root, 'postgres'));
		const city = await startCity({ databaseUrl: await postgres.urlFor('sso_bridge') });
		const { bed, belmont, provider } = city;
		const schools = startSchools(bed, bed.salem);
		bed.settings.set('salem', { elsewhere: { ways: [samlWay(provider), oidcWay(schools.issuer)] } });
		const came = (code: string | null) => {
			outcomes[code ?? 'in'] = (outcomes[code ?? 'in'] ?? 0) + 1;
		};
		for (let at = 0; at < EACH; at += 1) {
			const spoiled = at % 11 === 10;
			const attributes = {
				[AFFILIATION]: [role(at)],
				[BORN]: [born(at)],
				[MAIL]: [mail(at)],
				[NAME]: [`${MARKS.name}, Ottilie ${at}`],
			};
			const outcome = await trySaml(bed, city.parts(), {
				nameId: { format: PERSISTENT, value: subject(at) },
				attributes,
				...(spoiled ? { audience: `http://${MARKS.subject}.example` } : {}),
			});
			came(outcome.code);
			if (outcome.code === null) await belmont.redeem(outcome.away.begun, outcome.url!);

			schools.refuses = spoiled;
			const birthdate = born(at).replace(/(....)(..)(..)/, '$1-$2-$3');
			schools.pupil = { sub: subject(at), role: role(at), birthdate, email: mail(at) };
			const visitor = visitorOf(bed);
			const begun = await belmont.begin();
			const page = await visitor.open(begun.url);
			const from = bed.log.length;
			const { url } = await visitor.open(linkTo(page, 'schools'));
			const code = refusalIn(bed.log.slice(from));
			came(code);
			if (code === null) await belmont.redeem(begun, url);
		}
		await bed.bridge().settle();
		log = bed.log.join('\n');
		const folder = filesBelow(bed.folder);
		const tables = await everyRow(bed.databaseUrl);
		await city.close();
		await postgres.close();
		quiet();
		files = new Map([
			...changed(untouched, filesBelow(join(root, 'postgres'))),
			...folder,
			['the log', Buffer.from(log)],
			['the tables', Buffer.from(tables)],
			['the error output', Buffer.from(errors.join('\n'))],
		]);
	});
	after(() => rmSync(root, { recursive: true, force: true }));

	it('people were let in and kept out, and the search finds what is there', () => {
		expect(outcomes.in).to.be.greaterThan(EACH);
		expect(outcomes.no_rule_fits).to.be.greaterThan(10);
		expect(outcomes.too_young).to.be.greaterThan(5);
		expect(outcomes.saml_audience).to.be.greaterThan(1);
		expect(outcomes.provider_said_no).to.be.greaterThan(1);
		const onDisk = [...files].filter(([name]) => name.startsWith(root));
		expect([...files.keys()].some((name) => name.includes('pg_wal'))).to.equal(true);
		expect(onDisk.some(([, bytes]) => bytes.includes('upstream_session'))).to.equal(true);
		expect(files.get('the tables')!.includes('"elsewhere"'), 'the way they came').to.equal(true);
		expect(log).to.include('signed_in_elsewhere').and.include('refused_elsewhere');
	});

	for (const [what, mark] of Object.entries(MARKS)) {
		it(`no ${what} is in the database’s files, its write-ahead log, a table, the folder, the log or the error output`, () => {
			for (const [form, needle] of formsOf(mark))
				for (const [file, bytes] of files)
					expect(bytes.includes(needle), `${form} in ${file}`).to.equal(false);
		});
	}

	it('nor is a hash of a name there that anybody could make', () => {
		for (const at of [0, 1, 4, 6])
			for (const text of [subject(at), mail(at)])
				for (const [form, needle] of formsOf(text, [`saml\0${text}`, `oidc\0${text}`]))
					for (const [file, bytes] of files)
						expect(bytes.includes(needle), `${form} in ${file}`).to.equal(false);
	});
});
