import { createOutgoing, type Outgoing } from '@understory/outgoing/outgoing.ts';
import { socketGuard } from '@understory/outgoing/socket-guard.ts';
import { startIls } from '@understory/sip2/server.ts';
import { expect } from 'chai';
import { tryCanary } from '../src/card/canary.ts';
import type { CardResult } from '../src/connectors/connector.ts';
import type { HttpParts } from '../src/connectors/http-connector.ts';
import { kohaConnector } from '../src/connectors/koha.ts';
import { millenniumConnector } from '../src/connectors/millennium.ts';
import { polarisConnector } from '../src/connectors/polaris.ts';
import { sierraConnector } from '../src/connectors/sierra.ts';
import { sip2Connector } from '../src/connectors/sip2.ts';
import { EVERYBODY, PEOPLE, WHEN } from './fixtures/connector-people.ts';
import type { Simulator } from './simulators/catalogue.ts';
import { KOHA, KOHA_CLIENT, startKoha } from './simulators/koha.ts';
import { startMillennium } from './simulators/millennium.ts';
import { POLARIS, startPolaris } from './simulators/polaris.ts';
import { SIERRA, startSierra } from './simulators/sierra.ts';

const factsOf = (result: CardResult) => {
	expect(result.outcome).to.equal('ok');
	return (result as Extract<CardResult, { outcome: 'ok' }>).facts;
};

describe('what is particular to one maker:', () => {
	let simulator: Simulator | null = null;
	let outgoing: Outgoing;
	let parts: HttpParts;
	beforeEach(() => {
		outgoing = createOutgoing({ town: true });
		parts = { outgoing, timeouts: { answer: 250, whole: 600 }, wants: new Set() };
	});
	afterEach(async () => {
		await outgoing.close();
		await simulator?.close();
		simulator = null;
	});
	const { patron } = PEOPLE;

	describe('Koha', () => {
		const start = async () => {
			simulator = await startKoha({ patrons: EVERYBODY });
			return simulator;
		};

		it('finds a card in small letters as in capitals, and tells it as it stands in the catalogue', async () => {
			const { origin: url, replace } = await start();
			replace([{ ...patron, card: 'D1234567', alias: 'd1234567' }]);
			const koha = kohaConnector({ kind: 'koha-rest', url, login: KOHA }, parts);
			expect(factsOf(await koha.check('d1234567', patron.pin, WHEN)).card).to.equal('D1234567');
		});

		it('is asked for no record where only a yes is wanted', async () => {
			const { origin: url, calls } = await start();
			const koha = kohaConnector({ kind: 'koha-rest', url, login: KOHA, reads_patron: false }, parts);
			const facts = factsOf(await koha.check(patron.card, patron.pin, WHEN));
			expect([facts.stableId, facts.age]).to.deep.equal(['700001', null]);
			expect(calls.map(({ method }) => method)).to.deep.equal(['POST']);
		});

		it('gets a token once for many, and a new one before the old one ends', async () => {
			const { origin: url, calls } = await start();
			const koha = kohaConnector({ kind: 'koha-rest', url, client: KOHA_CLIENT }, parts);
			const tokens = () => calls.filter(({ path }) => path.endsWith('/oauth/token')).length;
			await Promise.all([1, 2, 3].map(() => koha.check(patron.card, patron.pin, WHEN)));
			expect(tokens()).to.equal(1);
			await koha.check(patron.card, patron.pin, { ...WHEN, now: WHEN.now + 3_530_000 });
			expect(tokens()).to.equal(1);
			await koha.check(patron.card, patron.pin, { ...WHEN, now: WHEN.now + 3_545_000 });
			expect(tokens()).to.equal(2);
		});
	});

	describe('Sierra', () => {
		const connect = async (question: 'auth' | 'validate', cutsPins = false) => {
			simulator = await startSierra({ patrons: EVERYBODY, cutsPins });
			const url = `${simulator.origin}/iii/sierra-api`;
			return sierraConnector({ kind: 'sierra-rest', url, client: SIERRA, question }, parts);
		};

		it('gives a replaced card the same id, asked either way', async () => {
			for (const question of ['auth', 'validate'] as const) {
				const sierra = await connect(question);
				const before = factsOf(await sierra.check(patron.card, patron.pin, WHEN));
				simulator!.replace([{ ...patron, card: '21234999999999' }]);
				const after = factsOf(await sierra.check('21234999999999', patron.pin, WHEN));
				expect(after.stableId, question).to.equal(before.stableId);
				expect((await sierra.check(patron.card, patron.pin, WHEN)).outcome).to.equal('bad_credentials');
				await simulator!.close();
			}
		});

		it('that compares eight characters of a PIN is found out by a canary whose PIN is longer', async () => {
			const sierra = await connect('validate', true);
			simulator!.replace([{ ...patron, pin: '123456789012' }]);
			expect((await sierra.check(patron.card, '123456780000', WHEN)).outcome).to.equal('ok');
			const canary = { card: patron.card, pin: '123456789012' };
			expect(await tryCanary(sierra, canary, WHEN)).to.deep.equal({ report: 'unsafe', probe: 'wrong_end' });
		});

		it('that does not take a token any more is not sent the PIN again; the next sign-in has a new token', async () => {
			const sierra = await connect('auth');
			await sierra.check(patron.card, patron.pin, WHEN);
			simulator!.trouble('login_refused');
			const before = simulator!.calls.length;
			expect(await sierra.check(patron.card, patron.pin, WHEN)).to.deep.equal({
				outcome: 'unavailable',
				reason: 'token_refused',
			});
			expect(simulator!.calls.length - before).to.equal(1);
			simulator!.trouble(null);
			factsOf(await sierra.check(patron.card, patron.pin, WHEN));
		});

		it('is asked for the fields that somebody looks at, and no others', async () => {
			const sierra = await connect('auth');
			await sierra.check(patron.card, patron.pin, WHEN);
			const asked = simulator!.calls.find(({ method }) => method === 'GET')!.query.get('fields');
			expect(asked).to.equal('barcodes,expirationDate,birthDate,blockInfo');
		});
	});

	describe('Polaris', () => {
		const connect = async () => {
			simulator = await startPolaris({ patrons: EVERYBODY, former: { [patron.card]: '21111000000001' } });
			const url = `${simulator.origin}/PAPIService/REST`;
			return polarisConnector({ kind: 'polaris-papi', url, ...POLARIS }, parts);
		};

		it('knows which card a patron had before, and lets it in as the card of now', async () => {
			const polaris = await connect();
			const now = factsOf(await polaris.check(patron.card, patron.pin, WHEN));
			const before = factsOf(await polaris.check('21111000000001', patron.pin, WHEN));
			expect(now.formerCards).to.deep.equal(['21111000000001']);
			expect(before).to.deep.equal(now);
		});

		it('is not asked about a card with a plus sign, which its addresses cannot carry', async () => {
			const polaris = await connect();
			const before = simulator!.calls.length;
			expect((await polaris.check('2123+4', patron.pin, WHEN)).outcome).to.equal('bad_credentials');
			expect(simulator!.calls.length).to.equal(before);
		});

		it('refuses a wrong signature, and that is ours to mend', async () => {
			await connect();
			const url = `${simulator!.origin}/PAPIService/REST`;
			const wrong = polarisConnector({ kind: 'polaris-papi', url, ...POLARIS, access_key: 'other' }, parts);
			expect(await wrong.check(patron.card, patron.pin, WHEN)).to.deep.equal({
				outcome: 'misconfigured',
				reason: 'login_refused',
			});
			expect((await wrong.reach(WHEN)).outcome).to.equal('misconfigured');
		});
	});

	describe('Millennium', () => {
		const connect = async (reads_patron: boolean) => {
			simulator = await startMillennium({ patrons: EVERYBODY });
			const url = `${simulator.origin}/PATRONAPI`;
			return millenniumConnector({ kind: 'millennium-patronapi', legacy: true, url, reads_patron }, parts);
		};

		it('is never asked for a whole record unless the library says so', async () => {
			const millennium = await connect(false);
			factsOf(await millennium.check(patron.card, patron.pin, WHEN));
			expect(simulator!.calls.map(({ path }) => path)).to.deep.equal(['/PATRONAPI/pintest']);
		});

		it('is asked for a record only after the PIN was right', async () => {
			const millennium = await connect(true);
			expect((await millennium.check(patron.card, 'wrong', WHEN)).outcome).to.equal('bad_credentials');
			expect(simulator!.calls.map(({ method }) => method)).to.deep.equal(['POST']);
		});
	});

	describe('the way to a catalogue', () => {
		it('over SIP2, plain or with TLS, leads only where it was allowed, by name and by address; else nobody is asked', async () => {
			const ils = await startIls({ deck: EVERYBODY });
			try {
				for (const [host, leadsTo, networks, reason] of [
					['127.0.0.1', '', [], 'refused_address'],
					['127.0.0.1', '', ['10.0.0.0/8'], 'refused_address'],
					['ils.house.example', '127.0.0.1', [], 'refused_address'],
					['ils.house.example', '10.1.2.3', ['127.0.0.0/8'], 'refused_address'],
					['ils.house.example', '127.0.0.1', ['127.0.0.0/8'], null],
				] as const) {
					for (const tls of [undefined, {}]) {
						const resolve = async () => [{ address: leadsTo, family: 4 }];
						const guard = socketGuard({ town: false, resolve, networks });
						const sip2 = sip2Connector(
							{ kind: 'sip2', host, port: ils.port, plain_text: true, ...(tls ? { tls } : {}) },
							{ timeouts: { answer: 500, whole: 1_000 }, wants: new Set(), guard },
						);
						const told = [await sip2.check(patron.card, patron.pin, WHEN), await sip2.reach(WHEN)];
						for (const result of told) {
							const why = 'reason' in result ? result.reason : null;
							if (reason || !tls) expect(why, `${host} to ${leadsTo}`).to.equal(reason);
							else expect(why, 'a plain catalogue where TLS is said').to.match(/tls|closed|silent/);
						}
					}
				}
				expect(ils.asked(patron.card)).to.equal(1);
			} finally {
				await ils.close();
			}
		});

		it('leads to this machine only in a town', async () => {
			simulator = await startKoha({ patrons: EVERYBODY });
			const outside = createOutgoing({ town: false });
			const url = simulator.origin;
			const koha = kohaConnector({ kind: 'koha-rest', url, login: KOHA }, { ...parts, outgoing: outside });
			const result = await koha.check(patron.card, patron.pin, WHEN);
			await outside.close();
			expect(result).to.deep.equal({ outcome: 'misconfigured', reason: 'refused_address' });
			expect(simulator.calls).to.have.lengthOf(0);
		});
	});
});
