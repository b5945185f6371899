import { readFileSync } from 'node:fs';
import type { SignInAlertKind } from '@understory/core/sign-in-alerts.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { type Ils, startIls } from '@understory/sip2/server.ts';
import { expect } from 'chai';
import type { Seen } from '../../../test/e2e/visitor.ts';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { alertsOf } from '../src/store/tallies.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { beginAt, configOf, giveCard, registerServer } from './fixtures/foreign-client.ts';
import { type SlowDatabase, slowDatabase } from './fixtures/slow-database.ts';

const TLS = new URL('../../sip2/test/vectors/tls/', import.meta.url);
const pem = (name: string) => readFileSync(new URL(`${name}.pem`, TLS), 'utf8');
const MINUTE = 60_000;

interface Fault {
	readonly what: string;
	begin(bed: Bed): void;
	/** What staff are told, and after how many people who came. */
	readonly alert: SignInAlertKind;
	readonly after: number;
	/** It happens when the PIN is on its way, so the catalogue may have counted a wrong one, and so do we. */
	readonly spends?: true;
	/** It is switched off then, until a self-test passed: what patrons read, in both languages. */
	readonly off?: readonly [string, string];
}

describe('when a library’s catalogue is', () => {
	let bed: Bed;
	let expired: Ils;
	let database: Database;
	let belmont: BranchClient;
	let kenton: BranchClient;
	before(async () => {
		bed = await startBed();
		expired = await startIls({
			deck: bed.deck,
			tls: { certificate: pem('expired'), key: pem('expired.key') },
		});
		database = await openDatabase(bed.databaseUrl);
		belmont = await branchClient(bed, bed.salem, 'belmont');
		kenton = await branchClient(bed, bed.salem, 'kenton');
	});
	after(async () => {
		await database?.destroy();
		await expired?.close();
		await bed?.close();
	});

	const behave = (how: Parameters<Ils['misbehave']>[0]) => (one: Bed) => one.ils.misbehave(how);
	const FAULTS: readonly Fault[] = [
		{ what: 'dead', begin: behave('dead'), alert: 'catalogue_silent', after: 6 },
		{ what: 'slower than anybody waits', begin: behave('late'), alert: 'catalogue_silent', after: 6 },
		{
			what: 'closing in the middle of its answers',
			begin: behave('cut'),
			alert: 'catalogue_silent',
			after: 6,
			spends: true,
		},
		{
			what: 'answering otherwise than was agreed',
			begin: behave('bad_checksum'),
			alert: 'catalogue_wrong',
			after: 1,
			spends: true,
		},
		{
			what: 'behind a certificate that is over',
			begin: (one) => one.settings.set('salem', { connector: overTls(expired.port) }),
			alert: 'catalogue_wrong',
			after: 1,
		},
		{
			what: 'lying: it says yes to every PIN',
			begin(one) {
				const { card, pin } = one.person('Lindqvist');
				one.ils.misbehave('says_yes');
				one.settings.set('salem', { canaries: [{ card, pin }] });
			},
			alert: 'catalogue_lies',
			after: 1,
			// Of the canary's own card.
			spends: true,
			off: ['Cards cannot be checked for now', 'Por ahora no se pueden comprobar tarjetas'],
		},
	];
	function overTls(port: number): SignInSettings['connector'] {
		return { kind: 'sip2', host: '127.0.0.1', port, tls: { ca: pem('authority') } };
	}

	async function give(name: string, language = 'en'): Promise<Seen> {
		const visitor = visitorOf(bed, language);
		const { card, pin } = bed.person(name);
		return visitor.send(await visitor.open((await belmont.begin()).url), '/sign-in/', { card, pin });
	}

	const SILENT = ['The catalog does not answer', 'El catálogo no responde'] as const;
	const NAMES = ['Okafor', 'Halvorsen', 'Whitehorse'];
	for (const { what, begin, alert, after: people, spends = false, off = SILENT } of FAULTS) {
		it(`${what}: patrons read a sentence, staff an alert, ${spends ? 'a' : 'no'} try is used up, and who is in stays in`, async () => {
			bed.ils.misbehave(null);
			bed.settings.delete('salem');
			bed.clock.advance(61 * MINUTE);
			const inside = visitorOf(bed);
			await belmont.signIn(inside, bed.person('Okafor'));
			const from = bed.log.length;
			await database('alert').delete();
			await database('attempt').delete();

			begin(bed);
			for (let one = 0; one < people; one += 1) {
				const { card, pin } = bed.person(NAMES[one % NAMES.length]!);
				const page = await give(NAMES[one % NAMES.length]!);
				expect(page.status).to.equal(503);
				expect(page.headers['retry-after']).to.equal('60');
				expect(page.text).to.include(off[0]).and.include('Your posts are safe.');
				expect(page.html).to.include(card).and.not.include(pin);
			}
			expect((await give('Okafor', 'es')).text).to.include(off[1]);
			const alerts = await alertsOf(database, bed.salem.id, bed.clock.now() - MINUTE);
			expect(alerts.map(({ kind }) => kind)).to.deep.equal([alert]);
			await bed.bridge().settle();
			expect(bed.provisioner.alerts.get(bed.salem.id), 'what library IT sees in the console').to.deep.equal(
				alerts,
			);
			const told = bed.log.slice(from).map((line) => JSON.parse(line) as { event: string; level: number });
			expect(told.filter(({ event, level }) => event === alert && level === 50)).to.have.length(1);
			expect((await inside.open((await kenton.begin()).url)).url, 'who is in').to.include(kenton.callback);

			bed.ils.misbehave(null);
			bed.ils.release();
			bed.settings.delete('salem');
			bed.clock.advance(31_000);
			const left = await database('attempt').where('failures', '>', 0).whereNotNull('day_until').select();
			expect(left.length > 0, 'tries used up').to.equal(spends);
			expect((await give('Okafor')).url, 'when it is mended').to.include(belmont.callback);
		});
	}
});

describe('when the database of the bridge is gone', () => {
	let line: SlowDatabase;
	let bed: Bed;
	before(async () => {
		line = await slowDatabase(await freshDatabase('sso_bridge'));
		bed = await startBed({ databaseUrl: line.url });
	});
	afterEach(() => line.mend());
	after(async () => {
		await bed?.close();
		await line?.close();
	});

	it('nobody is asked for a PIN in vain: the form with the card number, no question to the catalogue, an alarm, and all is well when it is back', async () => {
		const belmont = await branchClient(bed, bed.salem, 'belmont');
		const { card, pin } = bed.person('Okafor');
		const visitor = visitorOf(bed);
		const page = await visitor.open((await belmont.begin()).url);
		const next = (await belmont.begin()).url;
		line.cut();
		const sent = await visitor.send(page, '/sign-in/', { card, pin });
		expect(sent.text).to.include('Something broke on our side It was written down');
		expect(sent.html).to.include(`value="${card}"`).and.not.include(pin);
		expect(sent.text).to.include('You are going to Belmont');
		const begun = await visitorOf(bed).open(next);
		expect(begun.text).to.include('Your card is fine and nothing is locked.');
		const spanish = await visitorOf(bed, 'es').open(next);
		expect(spanish.text).to.include('Su tarjeta está bien y no hay nada bloqueado.');
		for (const seen of [sent, begun, spanish]) expect(seen.status).to.equal(500);
		expect(bed.ils.asked(card)).to.equal(0);
		const ready = await Promise.resolve()
			.then(() => bed.bridge().checks.database!())
			.catch(() => false);
		expect(ready, 'what a probe of readiness sees').to.equal(false);
		expect(bed.log.filter((one) => one.includes('"level":50'))).to.not.deep.equal([]);
		expect(bed.log.join('')).to.not.include(card);
		line.mend();
		const again = await visitor.send(sent, '/sign-in/', { card, pin });
		expect(again.url, 'the same form, sent again').to.include(belmont.callback);
		expect((await belmont.signIn(visitorOf(bed), { card, pin })).claims.standing).to.equal('full');
	});

	it('a handle that was chosen stays on the page, and is given when the page is sent again', async () => {
		const readers = await registerServer(bed, bed.salem, { id: 'readers' });
		const begun = await beginAt(await configOf(bed, bed.salem, readers), readers.record);
		const visitor = visitorOf(bed, 'es');
		const page = await giveCard(visitor, begun.url, bed.person('Halvorsen'));
		line.cut();
		const kept = await visitor.send(page, '/agree/', { handle: 'heron_17', rules: 'yes' });
		expect(kept.status).to.equal(500);
		expect(kept.text).to.include('Algo falló de nuestro lado').and.include('Lo que escribió sigue abajo');
		expect(kept.html)
			.to.include('value="heron_17"')
			.and.match(/name="rules"[^>]* checked/);
		line.mend();
		const given = await visitor.send(kept, '/agree/', { handle: 'heron_17', rules: 'yes' });
		expect(given.url).to.include(readers.record.redirect_uris[0]!);
	});
});
