import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { askAbout, askFacts } from '../src/client.ts';
import type { Sip2Answer } from '../src/decision.ts';
import type { IlsPatron } from '../src/deck.ts';
import { type Ils, type IlsOptions, startIls } from '../src/server.ts';
import type { Sip2Settings } from '../src/settings.ts';
import type { Misbehavior } from '../src/simulator/misbehavior.ts';
import { allButOne, answer36, answer64, answer98, type Reaction, scriptedAcs, yes } from './acs.ts';
import { people } from './recordings.ts';

const pem = (name: string) => readFileSync(new URL(`./vectors/tls/${name}.pem`, import.meta.url), 'utf8');
const WHEN = { now: Date.UTC(2026, 10, 22, 18, 51), zone: 'America/Los_Angeles' };
const ADA = { card: '29000000000001', pin: '1234' };
const LOGIN = { user: 'scclient', password: 'clientpwd' };
const QUICK = { connect: 2_000, secure: 2_000, login: 60, answer: 60, end: 40, whole: 2_000 };
const NO = { outcome: 'bad_credentials' };

/* The cases of reference/library-sso.md 8 that are about SIP2, each over a real connection, plain and with TLS. */
for (const line of ['plain', 'TLS'] as const) {
	describe(`cases worth a test, ${line}`, () => {
		let ils: Ils | null = null;
		afterEach(async () => {
			await ils?.close();
			ils = null;
		});

		async function start(options: Partial<IlsOptions> = {}): Promise<Ils> {
			await ils?.close();
			const tls = line === 'TLS' ? { certificate: pem('good'), key: pem('good.key') } : undefined;
			ils = await startIls({ deck: people('UWOLS'), login: LOGIN, institution: 'UWOLS', tls, ...options });
			return ils;
		}

		function reached(more: Partial<Sip2Settings> = {}): Sip2Settings {
			const tls = line === 'TLS' ? { ca: pem('authority') } : undefined;
			return { host: '127.0.0.1', port: ils!.port, login: LOGIN, tls, ...more };
		}

		const ask = (patron: { card: string; pin: string }, more: Partial<Sip2Settings> = {}) =>
			askFacts(reached(more), patron, WHEN);

		/** Asks about Ada while the catalogue fails like this. */
		async function failing(how: Misbehavior, more: Partial<Sip2Settings> = {}): Promise<Sip2Answer> {
			await start();
			ils!.misbehave(how);
			return ask(ADA, more);
		}

		const refusedUnasked = async (
			patron: { card: string; pin: string },
			more: Partial<Sip2Settings> = {},
		) => {
			await start();
			expect(await ask(patron, more), JSON.stringify(patron)).to.deep.equal(NO);
			expect(ils!.connections, 'nobody was asked').to.equal(0);
		};

		it('CR in the card', async () => {
			await refusedUnasked({ card: '29000000000001\r', pin: 'x' });
			await refusedUnasked({ card: '29000000000001\r|AC|ADx', pin: '1234' });
		});

		it('CR in the PIN', async () => {
			const pin = 'x|\r6300020261122    181500          AOUWOLS|AA29000000000006|';
			await refusedUnasked({ card: ADA.card, pin });
			await refusedUnasked({ card: ADA.card, pin: '1234\r' });
		});

		it('a separator in the card or in the PIN', async () => {
			await refusedUnasked({ card: `${ADA.card}|AD1234`, pin: 'wrong' });
			await refusedUnasked({ card: ADA.card, pin: 'wrong|AD1234' });
		});

		it('another separator than usual', async () => {
			await refusedUnasked({ card: `${ADA.card}^AD1234`, pin: 'wrong' }, { separator: '^' });
			await start({ differently: { separator: '^' } });
			expect((await ask(ADA, { separator: '^' })).outcome).to.equal('ok');
			expect(await ask({ ...ADA, pin: '0000' }, { separator: '^' })).to.deep.equal(NO);
			expect((await ask(ADA)).outcome).to.not.equal('ok');
		});

		it('an empty PIN, also where the catalogue would accept it', async () => {
			await refusedUnasked({ card: ADA.card, pin: '' });
			await start({ differently: { acceptsEmptyPin: true } });
			expect(await ask({ card: ADA.card, pin: '' })).to.deep.equal(NO);
			expect(ils!.asked(ADA.card)).to.equal(0);
		});

		it('no CQ', async () => {
			expect(await failing('no_cq')).to.deep.equal(NO);
		});

		it('no BL', async () => {
			expect(await failing('no_bl')).to.deep.equal(NO);
		});

		it('BLYBV7.00', async () => {
			expect(await failing('run_together')).to.deep.equal(NO);
		});

		it('CQ twice', async () => {
			expect(await failing('two_cq')).to.deep.equal(NO);
		});

		it('an answer about another card', async () => {
			expect(await failing('another_patron')).to.deep.equal(NO);
		});

		it('another sequence digit', async () => {
			expect(await failing('wrong_sequence')).to.deep.equal({ outcome: 'misconfigured', reason: 'sequence' });
		});

		it('no error detection where it is required', async () => {
			expect((await failing('unsealed')).outcome).to.equal('ok');
			expect(await failing('unsealed', { errorDetection: 'require' })).to.deep.equal({
				outcome: 'misconfigured',
				reason: 'sequence',
			});
		});

		it('a bad checksum, then a good one', async () => {
			expect((await failing('bad_checksum_once')).outcome).to.equal('ok');
			expect(ils!.asked(ADA.card)).to.equal(1);
		});

		it('a bad checksum for ever', async () => {
			expect(await failing('bad_checksum')).to.deep.equal({ outcome: 'misconfigured', reason: 'checksum' });
			expect(ils!.asked(ADA.card)).to.equal(1);
		});

		it('96 once', async () => {
			expect((await failing('resend_once')).outcome).to.equal('ok');
			expect(ils!.asked(ADA.card), 'its PIN was looked at once').to.equal(1);
		});

		it('96 for ever', async () => {
			expect(await failing('resend')).to.deep.equal({ outcome: 'misconfigured', reason: 'resend' });
			expect(ils!.asked(ADA.card)).to.equal(0);
		});

		it('bytes after the end of the answer', async () => {
			for (const how of ['surplus', 'surplus_byte'] as const) {
				for (const endsSession of [true, false]) {
					const answer = await failing(how, { endsSession });
					expect(answer.outcome, `${how} ${endsSession}`).to.equal('misconfigured');
				}
			}
		});

		it('a server that ends its messages in LF alone', async () => {
			expect(await failing('line_feeds', { timeouts: QUICK })).to.deep.equal({
				outcome: 'unavailable',
				reason: 'silent',
			});
			await start({ differently: { terminator: 'LF' } });
			expect((await ask(ADA, { terminator: 'LF' })).outcome).to.equal('ok');
			expect(await ask({ ...ADA, pin: '0000' }, { terminator: 'LF' })).to.deep.equal(NO);
		});

		it('CRLF', async () => {
			await start({ differently: { terminator: 'CRLF' } });
			for (const terminator of ['CR', 'CRLF'] as const) {
				expect((await ask(ADA, { terminator })).outcome, terminator).to.equal('ok');
			}
		});

		it('every answer split at every byte', async function () {
			this.timeout(60_000);
			let at = 0;
			const split = (answer: Reaction): Reaction =>
				answer instanceof Buffer ? [answer.subarray(0, at), answer.subarray(at)] : answer;
			const good = allButOne('none', () => null);
			const tls = line === 'TLS' ? { cert: pem('good'), key: pem('good.key') } : undefined;
			const acs = await scriptedAcs((...request) => split(good(...request)), tls);
			const longest = [answer64(yes(ADA.card), '2'), answer98('Y', '1'), answer36('3')].map(
				({ length }) => length,
			);
			try {
				await start();
				for (at = 1; at < Math.max(...longest); at++) {
					const answer = await ask(ADA, { port: acs.port });
					expect(answer, `at ${at}`).to.have.nested.include({ outcome: 'ok', 'facts.stableId': '1000' });
				}
			} finally {
				await acs.close();
			}
		});

		it('every answer byte by byte', async () => {
			expect((await failing('drip')).outcome).to.equal('ok');
			expect(await ask({ ...ADA, pin: '0000' })).to.deep.equal(NO);
		});

		it('a home library whose letters come apart from their marks', async () => {
			const deck = people('LPL').map((one): IlsPatron => ({ ...one, home: 'Peñón'.normalize('NFD') }));
			await start({ deck });
			expect(
				await ask({ card: '29000000000007', pin: '1234' }, { needs: ['location'] }),
			).to.have.nested.include({
				outcome: 'ok',
				'facts.location': 'Peñón',
			});
		});

		it('names in code page 850 and in Latin-1, with PINs that have such letters', async () => {
			const deck: IlsPatron[] = people('UWOLS').map((one) => ({
				...one,
				name: 'Ñandú, José',
				pin: 'pïñ1',
				home: 'Peñón',
			}));
			for (const charset of ['cp850', 'latin1'] as const) {
				await start({ deck, differently: { charset } });
				const answer = await ask({ ...ADA, pin: 'pïñ1' }, { charset, needs: ['location'] });
				expect(answer, charset).to.have.nested.include({ outcome: 'ok', 'facts.location': 'Peñón' });
				expect(await ask({ ...ADA, pin: 'pin1' }, { charset })).to.deep.equal(NO);
				expect(
					await ask({ ...ADA, pin: 'pïñ1' }, { charset: 'utf-8' }),
					'the wrong charset',
				).to.have.property('outcome', 'misconfigured');
			}
		});

		it('a PIN that ends in signs, with error detection and without', async () => {
			await start();
			for (const errorDetection of ['off', 'send', 'require'] as const) {
				const answer = await ask({ card: '29000000000011', pin: 'ab!#' }, { errorDetection });
				expect(answer.outcome, errorDetection).to.equal('ok');
				expect(await ask({ card: '29000000000011', pin: 'ab' }, { errorDetection })).to.deep.equal(NO);
			}
		});

		it('a connection that was closed for being idle', async () => {
			expect(await failing('idle_close')).to.deep.equal({ outcome: 'unavailable', reason: 'closed' });
			expect(ils!.asked(ADA.card)).to.equal(0);
		});

		it('a server that takes the connection and never answers', async () => {
			expect(await failing('silent', { timeouts: QUICK })).to.deep.equal({
				outcome: 'unavailable',
				reason: 'silent',
			});
			await ils!.left();
			expect(ils!.asked(ADA.card)).to.equal(0);
		});

		it('a server that answers after the deadline finds nobody there', async () => {
			expect(await failing('late', { timeouts: QUICK })).to.deep.equal({
				outcome: 'unavailable',
				reason: 'silent',
			});
			await ils!.left();
			ils!.misbehave(null);
			ils!.release();
			expect((await ask(ADA)).outcome).to.equal('ok');
		});

		it('a server that ends the connection in the middle of its answer, or right behind it', async () => {
			expect(await failing('cut')).to.deep.equal({ outcome: 'unavailable', reason: 'closed' });
			expect(ils!.asked(ADA.card), 'and is not asked again').to.equal(1);
			for (const endsSession of [true, false]) {
				expect((await failing('answer_and_close', { endsSession })).outcome, String(endsSession)).to.equal(
					'ok',
				);
			}
		});

		it('a server that is dead, off line, or no SIP2 server', async () => {
			expect((await failing('dead')).outcome).to.equal('unavailable');
			expect(await failing('offline')).to.deep.equal({ outcome: 'unavailable', reason: 'offline' });
			expect(await failing('wrong_code')).to.deep.equal({ outcome: 'misconfigured', reason: 'code' });
			expect(await failing('garbage')).to.deep.equal({ outcome: 'misconfigured', reason: 'unreadable' });
		});

		if (line === 'TLS') {
			it('a certificate that is over, of another name, or of nobody we trust', async () => {
				for (const [name, reason] of [
					['expired', 'certificate_expired'],
					['elsewhere', 'certificate_name'],
					['lonely', 'certificate_untrusted'],
				] as const) {
					await start({ tls: { certificate: pem(name), key: pem(`${name}.key`) } });
					expect(await ask(ADA), name).to.deep.equal({ outcome: 'unavailable', reason });
					expect(ils!.asked(ADA.card)).to.equal(0);
				}
			});

			it('a server that lets in only whose certificate it knows', async () => {
				const clients = pem('authority');
				await start({ tls: { certificate: pem('good'), key: pem('good.key'), clients } });
				expect((await ask(ADA)).outcome).to.equal('unavailable');
				const tls = { ca: pem('authority'), certificate: pem('bridge'), key: pem('bridge.key') };
				expect((await ask(ADA, { tls })).outcome).to.equal('ok');
			});
		}

		it('a server that serves a few connections at a time: who waits too long is told so, and nobody’s PIN was sent', async () => {
			await start({ mostServed: 2 });
			ils!.misbehave('late');
			const first = [ask(ADA), ask(ADA)];
			while (ils!.connections < 2) await new Promise((resolve) => setImmediate(resolve));
			expect(await ask({ card: '29000000000006', pin: '1234' }, { timeouts: QUICK })).to.deep.equal({
				outcome: 'unavailable',
				reason: 'silent',
			});
			expect(ils!.asked('29000000000006')).to.equal(0);
			ils!.misbehave(null);
			ils!.release();
			expect((await Promise.all(first)).map(({ outcome }) => outcome)).to.deep.equal(['ok', 'ok']);
			expect((await ask(ADA)).outcome).to.equal('ok');
		});

		/** What the catalogue says about a card with a PIN, with an empty one, or with none, asked past what a person may ask. */
		const probe = async (card: string, pin: string | null) =>
			(await askAbout(reached(), { card, pin }, WHEN)).outcome;

		it('a patron without a PIN, whom any PIN would open, is found by a wrong one', async () => {
			await start();
			for (const card of ['29000000000002', '29000000000009']) {
				expect((await ask({ card, pin: '9999' })).outcome, 'the catalogue says yes').to.equal('ok');
				expect(await probe(card, '3141592')).to.equal('ok');
			}
			expect(await probe(ADA.card, '3141592')).to.equal('bad_credentials');
		});

		it('a catalogue that says yes to anything is found by what it must refuse', async () => {
			const all = async () => [
				await probe('21111111111111', ADA.pin),
				await probe(ADA.card, null),
				await probe(ADA.card, ''),
				await probe(ADA.card, '0000'),
				await probe(ADA.card, ADA.pin),
			];
			const no = 'bad_credentials';
			await start();
			expect(await all()).to.deep.equal([no, no, no, no, 'ok']);
			ils!.misbehave('says_yes');
			expect(await all()).to.deep.equal([no, no, 'ok', 'ok', 'ok']);
			await start({ differently: { acceptsEmptyPin: true } });
			expect(await all(), 'an empty PIN').to.deep.equal([no, no, 'ok', no, 'ok']);
			await start({ differently: { withoutPin: 'Y' } });
			expect(await all(), 'no PIN at all').to.deep.equal([no, 'ok', no, no, 'ok']);
		});

		it('a replaced card has the same stable id, and a reassigned number another one', async () => {
			await start();
			const idOf = async (card: string) => {
				const answer = await ask({ card, pin: '1234' });
				return answer.outcome === 'ok' ? answer.facts.stableId : answer.outcome;
			};
			expect(await idOf('29000000000001')).to.equal('1000');
			expect(await idOf('29000000000010'), 'replaced').to.equal('1000');
			const reassigned = people('UWOLS').map((one) =>
				one.card === ADA.card ? { ...one, internalId: '2000' } : one,
			);
			await start({ deck: reassigned });
			expect(await idOf('29000000000001'), 'reassigned').to.equal('2000');
		});

		it('a name that stands for a card, where the library allows names', async () => {
			await start();
			const named = { card: 'ada-username', pin: '1234' };
			expect(await ask(named)).to.deep.equal(NO);
			expect(await ask(named, { aliases: { cards: '29[0-9]{12}' } })).to.have.nested.include({
				'facts.card': ADA.card,
			});
			expect(await ask(named, { aliases: { cards: '21[0-9]{12}' } })).to.deep.equal(NO);
		});

		it('children under 13, wherever and however their birth date is written', async () => {
			const born = '20131123';
			const deck: IlsPatron[] = [{ ...people('UWOLS')[5]!, born }];
			const kim = { card: deck[0]!.card, pin: '1234' };
			const ageIn = async (options: Partial<IlsOptions>, more: Partial<Sip2Settings>) => {
				await start({ deck, ...options });
				const answer = await ask(kim, more);
				return answer.outcome === 'ok' ? answer.facts.age : answer.outcome;
			};
			expect(await ageIn({ manner: 'koha' }, {}), 'PB').to.equal(12);
			expect(
				await ageIn({ manner: 'polaris' }, { fields: { birthDate: { field: 'BC', order: 'YMD' } } }),
				'BC',
			).to.equal(12);
			const atriuum = {
				information: [...yesRows(), ['PB', () => '##?'], ['PD', () => born]] as never,
			};
			const pd = { fields: { birthDate: { field: 'PD', order: 'YMD' } } } as const;
			expect(await ageIn({ differently: atriuum }, pd), 'PD').to.equal(12);
			expect(await ageIn({ manner: 'folio' }, { dialect: 'folio' }), 'MMDDYYYY').to.equal(12);
		});

		it('no misbehavior of any kind makes a wrong PIN right, or asks about one PIN twice', async function () {
			this.timeout(60_000);
			for (const how of MISBEHAVIORS) {
				for (const needs of [[], ['age']] as const) {
					await start();
					ils!.misbehave(how);
					const timeouts = { ...QUICK, whole: 300 };
					const answer = await ask({ ...ADA, pin: '0000' }, { needs, timeouts });
					expect(answer.outcome, how).to.not.equal('ok');
					expect(ils!.asked(ADA.card), how).to.be.at.most(1);
				}
			}
		});
	});
}

/** Fields of a plain yes, for a catalogue that is told what to say. */
function yesRows() {
	return [
		['AO', () => 'UWOLS'],
		['AA', ({ card }: { card: string }) => card],
		['AE', () => 'Kid, Kim'],
		['BL', () => 'Y'],
		['CQ', ({ accepted }: { accepted: string | null }) => accepted],
	] as const;
}

/** All but the one that says yes to anything: of that one only a canary tells. */
const MISBEHAVIORS = [
	'dead',
	'silent',
	'late',
	'offline',
	'another_patron',
	'idle_close',
	'drip',
	'cut',
	'answer_and_close',
	'wrong_sequence',
	'unsealed',
	'bad_checksum_once',
	'bad_checksum',
	'resend_once',
	'resend',
	'surplus',
	'surplus_byte',
	'line_feeds',
	'no_bl',
	'no_cq',
	'two_cq',
	'run_together',
	'wrong_code',
	'garbage',
] as const satisfies readonly Misbehavior[];
