import { connect } from 'node:net';
import { expect } from 'chai';
import { tryCanary, tryProbe } from '../src/canary.ts';
import { askCatalogue, askFacts } from '../src/client.ts';
import { type DemoPatron, demoDeck } from '../src/deck.ts';
import { type Ils, startIls } from '../src/server.ts';
import type { Sip2Settings } from '../src/settings.ts';
import { MANNERS, type MannerName } from '../src/simulator/makers.ts';

const WHEN = { now: Date.UTC(2026, 10, 22, 18, 51), zone: 'America/Los_Angeles' };
const LOGIN = { user: 'scclient', password: 'clientpwd' };
const QUICK = { answer: 40, end: 20, whole: 120 };

describe('the simulated catalogue', () => {
	const deck = demoDeck('anytown');
	const one = (state: DemoPatron['state'], kind: DemoPatron['kind'] = 'adult') =>
		deck.find((patron) => patron.state === state && patron.kind === kind)!;
	let ils: Ils;
	before(async () => {
		ils = await startIls({ deck, login: LOGIN });
	});
	beforeEach(() => ils.misbehave(null));
	after(() => ils.close());

	const ask = (patron: { card: string; pin: string }, settings: Partial<Sip2Settings> = {}) =>
		askCatalogue({ host: '127.0.0.1', port: ils.port, login: LOGIN, ...settings }, patron, WHEN);

	it('accepts each of its patrons by their own PIN, in every mode of error detection', async () => {
		for (const errorDetection of ['off', 'send', 'require'] as const) {
			for (const patron of deck) {
				const expected =
					{ blocked: 'refused_by_policy', lost: 'refused_by_policy' }[patron.state as string] ?? 'ok';
				const decision = await ask(patron, { errorDetection });
				expect(decision.outcome, `${patron.state} ${errorDetection}`).to.equal(expected);
			}
		}
	});

	it('tells the age of children, teens and adults, and who has expired', async () => {
		expect(await ask(one('good', 'child'))).to.include({ age: 9, expiredOn: null });
		expect(await ask(one('good', 'teen'))).to.include({ age: 15 });
		expect(await ask(one('expired'))).to.include({ age: 41, expiredOn: '2025-10-01' });
		expect(await ask(one('lost'))).to.deep.equal({ outcome: 'refused_by_policy', reason: 'lost' });
		expect(await ask(one('blocked'))).to.deep.equal({ outcome: 'refused_by_policy', reason: 'blocked' });
	});

	it('refuses a wrong PIN and a card it does not know alike', async () => {
		const good = one('good');
		expect(await ask({ card: good.card, pin: '0000' })).to.deep.equal({ outcome: 'bad_credentials' });
		expect(await ask({ card: '20000000000000', pin: good.pin })).to.deep.equal({
			outcome: 'bad_credentials',
		});
		expect(await ask({ card: one('lost').card, pin: '0000' })).to.deep.equal({ outcome: 'bad_credentials' });
	});

	it('can be dead, silent, off line, or answer for somebody else', async () => {
		const good = one('good');
		const expected = {
			dead: { outcome: 'unavailable', reason: 'closed' },
			silent: { outcome: 'unavailable', reason: 'silent' },
			offline: { outcome: 'unavailable', reason: 'offline' },
			another_patron: { outcome: 'bad_credentials' },
		} as const;
		for (const [how, outcome] of Object.entries(expected)) {
			ils.misbehave(how as keyof typeof expected);
			const decision = await ask(good, how === 'silent' ? { timeouts: QUICK } : {});
			if (how === 'dead') expect(decision.outcome).to.equal('unavailable');
			else expect(decision, how).to.deep.equal(outcome);
		}
	});

	it('answering after the deadline finds nobody there', async () => {
		ils.misbehave('late');
		const decision = await ask(one('good'), { timeouts: QUICK });
		expect(decision).to.deep.equal({ outcome: 'unavailable', reason: 'silent' });
		ils.misbehave(null);
		ils.release();
		expect((await ask(one('good'))).outcome).to.equal('ok');
	});

	it('that says yes to every PIN is found out by a canary', async () => {
		const settings = { host: '127.0.0.1', port: ils.port, login: LOGIN };
		expect(await tryCanary(settings, one('good'), WHEN)).to.equal('safe');
		expect(await tryCanary(settings, { card: one('good').card, pin: '0' }, WHEN)).to.equal('unsafe');
		ils.misbehave('says_yes');
		expect(await tryCanary(settings, one('good'), WHEN)).to.equal('unsafe');
		ils.misbehave('offline');
		expect(await tryCanary(settings, one('good'), WHEN)).to.equal('unavailable');
	});

	it('counts how often it was asked about a card', async () => {
		const { card, pin } = deck[3]!;
		const before = ils.asked(card);
		await ask({ card, pin });
		await ask({ card, pin: 'wrong' });
		expect(ils.asked(card) - before).to.equal(2);
	});

	it('drops a line that never ends', async () => {
		const socket = connect(ils.port, '127.0.0.1');
		const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
		socket.on('error', () => socket.destroy());
		socket.resume();
		socket.write('x'.repeat(70_000));
		await closed;
	});
});

/** What a library with such a catalogue would set. */
const SPOKEN: Readonly<Record<MannerName, Partial<Sip2Settings>>> = {
	sipserver: {},
	mediator: {},
	koha: { fields: { stableId: 'ZI' } },
	polaris: {
		fields: {
			birthDate: { field: 'BC', order: 'YMD' },
			expiry: [{ field: 'PX' }, { flag: 'PY' }],
			location: 'PE',
			type: 'PA',
		},
	},
	sierra: { dialect: 'generic', charset: 'latin1', needs: [], question: '63' },
	folio: { dialect: 'folio' },
	verso: { dialect: 'auto-graphics' },
};

describe('the catalogue of each maker', () => {
	const deck = demoDeck('anytown').map((one) => ({ ...one, home: 'BR1' }));
	const one = (state: DemoPatron['state'], kind: DemoPatron['kind'] = 'adult') =>
		deck.find((patron) => patron.state === state && patron.kind === kind)!;

	for (const manner of Object.keys(MANNERS) as MannerName[]) {
		describe(manner, () => {
			let ils: Ils;
			before(async () => {
				ils = await startIls({ deck, manner, login: LOGIN });
			});
			after(() => ils.close());

			const ask = (patron: { card: string; pin: string }, more: Partial<Sip2Settings> = {}) => {
				const settings = { host: '127.0.0.1', port: ils.port, login: LOGIN, ...SPOKEN[manner], ...more };
				return askFacts(settings, patron, WHEN);
			};

			it('says yes to the right PIN and to nothing else, to either question', async () => {
				for (const question of ['63', '23'] as const) {
					expect((await ask(one('good'), { question })).outcome, question).to.equal('ok');
					for (const no of [
						{ ...one('good'), pin: '0000' },
						{ card: '20000000000000', pin: '1234' },
					]) {
						expect(await ask(no, { question }), question).to.deep.equal({ outcome: 'bad_credentials' });
					}
				}
			});

			it('is believed by its canary', async () => {
				const settings = { host: '127.0.0.1', port: ils.port, login: LOGIN, ...SPOKEN[manner] };
				expect(await tryCanary(settings, one('good'), WHEN)).to.equal('safe');
			});

			if (manner === 'sierra') {
				it('tells nothing more', async () => {
					const answer = await ask(one('expired'), { needs: ['age', 'expiry'] });
					expect(answer).to.have.nested.include({ 'facts.age': null, 'facts.expiresOn': null });
				});
				return;
			}

			it('tells the facts of a patron where it keeps them', async () => {
				const needs = ['age', 'expiry', 'type'] as const;
				const adult = await ask(one('good'), { needs });
				expect(adult).to.have.nested.include({ outcome: 'ok', 'facts.age': 41, 'facts.expired': false });
				expect(adult).to.have.nested.property('facts.type').that.is.a('string');
				expect(await ask(one('good', 'child'), { needs })).to.have.nested.include({ 'facts.age': 9 });
				expect(await ask(one('expired'), { needs })).to.have.nested.include({
					'facts.expired': true,
					'facts.expiresOn': '2025-10-01',
				});
			});
		});
	}

	it('that is as the maker’s own sample, and takes an empty PIN, is found out', async () => {
		const ils = await startIls({
			deck,
			manner: 'polaris',
			login: LOGIN,
			differently: { acceptsEmptyPin: true },
		});
		const settings = { host: '127.0.0.1', port: ils.port, login: LOGIN, ...SPOKEN.polaris };
		try {
			expect(await tryCanary(settings, one('good'), WHEN)).to.equal('unsafe');
			expect(await tryProbe(settings, one('good'), 'empty_pin', WHEN)).to.deep.equal({
				probe: 'empty_pin',
				holds: false,
				answer: { outcome: 'ok' },
			});
			expect(await tryProbe(settings, one('good'), 'wrong_pin', WHEN)).to.include({ holds: true });
		} finally {
			await ils.close();
		}
	});

	it('that hangs up on a question without a PIN is no liar, and one that is away is no safe one', async () => {
		const settings = (port: number) => ({ host: '127.0.0.1', port, login: LOGIN, timeouts: QUICK });
		const ils = await startIls({ deck, login: LOGIN });
		try {
			ils.misbehave('cut');
			expect(await tryProbe(settings(ils.port), one('good'), 'no_pin', WHEN)).to.include({ holds: true });
			expect(await tryProbe(settings(ils.port), one('good'), 'wrong_pin', WHEN)).to.include({ holds: null });
			expect(await tryCanary(settings(ils.port), one('good'), WHEN)).to.equal('unavailable');
			ils.misbehave('dead');
			expect(await tryCanary(settings(ils.port), one('good'), WHEN)).to.equal('unavailable');
		} finally {
			await ils.close();
		}
	});

	it('thinks as long as it is told to', async () => {
		const ils = await startIls({ deck, login: LOGIN, thinks: 30 });
		const settings = { host: '127.0.0.1', port: ils.port, login: LOGIN };
		try {
			const started = performance.now();
			expect((await askFacts(settings, one('good'), WHEN)).outcome).to.equal('ok');
			expect(performance.now() - started).to.be.above(4 * 29);
			const timeouts = { answer: 10 };
			expect(await askFacts({ ...settings, timeouts }, one('good'), WHEN)).to.include({ reason: 'silent' });
		} finally {
			await ils.close();
		}
	});
});
