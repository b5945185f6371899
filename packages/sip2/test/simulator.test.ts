import { connect } from 'node:net';
import { expect } from 'chai';
import { askAbout, askFacts } from '../src/client.ts';
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
		askFacts({ host: '127.0.0.1', port: ils.port, login: LOGIN, ...settings }, patron, WHEN);

	it('accepts each of its patrons by their own PIN, in every mode of error detection', async () => {
		for (const errorDetection of ['off', 'send', 'require'] as const) {
			for (const patron of deck) {
				const decision = await ask(patron, { errorDetection });
				expect(decision.outcome, `${patron.state} ${errorDetection}`).to.equal('ok');
			}
		}
	});

	it('tells the age of children, teens and adults, who has expired, whose card is lost and who is barred', async () => {
		expect(await ask(one('good', 'child'))).to.have.nested.include({
			'facts.age': 9,
			'facts.expired': false,
		});
		expect(await ask(one('good', 'teen'))).to.have.nested.include({ 'facts.age': 15 });
		expect(await ask(one('expired'))).to.have.nested.include({
			'facts.age': 41,
			'facts.expiresOn': '2025-10-01',
		});
		expect(await ask(one('lost')))
			.to.have.nested.property('facts.flags')
			.that.includes('card_lost');
		expect(await ask(one('blocked'))).to.have.nested.include({ 'facts.barred': true });
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

	it('says yes to every PIN where that is wished, and then also without one', async () => {
		const { card } = one('good');
		const settings = { host: '127.0.0.1', port: ils.port, login: LOGIN };
		const outcomes = async () => {
			const said: string[] = [];
			for (const pin of ['0', '', null]) said.push((await askAbout(settings, { card, pin }, WHEN)).outcome);
			return said;
		};
		const no = 'bad_credentials';
		expect(await outcomes()).to.deep.equal([no, no, no]);
		ils.misbehave('says_yes');
		expect(await outcomes()).to.deep.equal(['ok', 'ok', no]);
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

			it('says no to an empty PIN, to none, and to a wrong one', async () => {
				const settings = { host: '127.0.0.1', port: ils.port, login: LOGIN, ...SPOKEN[manner] };
				for (const pin of ['', null, '0']) {
					const answer = await askAbout(settings, { card: one('good').card, pin }, WHEN);
					expect(answer, String(pin)).to.deep.equal({ outcome: 'bad_credentials' });
				}
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
