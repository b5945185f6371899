import { expect } from 'chai';
import { askFacts, greetCatalogue } from '../src/client.ts';
import type { Sip2Answer } from '../src/decision.ts';
import type { Sip2Settings } from '../src/settings.ts';
import type { Step } from '../src/trace.ts';
import { encodeMessage } from '../src/wire/encode.ts';
import { STANDARD_FORM, type WireForm } from '../src/wire/form.ts';
import type { Sip2Field } from '../src/wire/message.ts';
import { DATE, type Reaction, type ScriptedAcs, scriptedAcs, yes } from './acs.ts';

const WHEN = { now: Date.UTC(2026, 10, 22, 18, 51), zone: 'America/Los_Angeles' };
const ADA = { card: '29000000000001', pin: '1234' };
const LOGIN = { user: 'scclient', password: 'clientpwd', location: 'BRANCH1' };

/** Answers every kind of request in a form of its own. */
function fluent(form: Partial<WireForm> = {}, { bx = 'YYYYYYYYYNYNYYYY', patron = yes(ADA.card) } = {}) {
	const say = (code: string, fixed: string, fields: readonly Sip2Field[], sequence: string | null) =>
		encodeMessage({ code, fixed, fields, sequence }, { ...STANDARD_FORM, ...form });
	return (request: string, sequence: string | null): Reaction => {
		const flags = ' '.repeat(14);
		switch (request.replace(/^\n/, '').slice(0, 2)) {
			case '93':
				return say('94', '1', [], sequence);
			case '99':
				return say(
					'98',
					`YNNYNN600003${DATE}2.00`,
					[['AO', 'UWOLS'] as const, ['BX', bx] as const],
					sequence,
				);
			case '63':
				return say('64', `${flags}000${DATE}${'0000'.repeat(6)}`, patron, sequence);
			case '23':
				return say('24', `${flags}000${DATE}`, patron, sequence);
			case '35':
				return say('36', `Y${DATE}`, [['AO', 'UWOLS'] as const, ['AA', ''] as const], sequence);
			default:
				return 'hang up';
		}
	};
}

describe('a dialect', () => {
	let acs: ScriptedAcs | null = null;
	afterEach(async () => {
		await acs?.close();
		acs = null;
	});

	async function ask(
		settings: Partial<Sip2Settings>,
		react = fluent(),
		patron = ADA,
		steps: Step[] = [],
	): Promise<Sip2Answer> {
		await acs?.close();
		acs = await scriptedAcs(react);
		const whole = { host: '127.0.0.1', port: acs.port, login: LOGIN, ...settings };
		return askFacts(whole, patron, WHEN, { trace: (step) => steps.push(step) });
	}

	const codes = () => acs!.heard.map((request) => request.trimStart().slice(0, 2));

	it('compliant: blanks in dates, on line after the login, the session ended', async () => {
		expect((await ask({ dialect: 'compliant' })).outcome).to.equal('ok');
		expect(codes()).to.deep.equal(['93', '99', '63', '35']);
		expect(acs!.heard[2]).to.include('6300020261122    105100');
	});

	it('generic: zeros in dates, nobody asked whether it is on line', async () => {
		expect((await ask({ dialect: 'generic' })).outcome).to.equal('ok');
		expect(codes()).to.deep.equal(['93', '63', '35']);
		expect(acs!.heard[1]).to.include('63000202611220000105100');
	});

	it('folio: blanks in dates, code page 850, a birth date with its month first', async () => {
		const patron = [
			...yes(ADA.card).filter(([id]) => id !== 'PB'),
			['PB', '11232013'] as const,
			['FU', 'Niños'] as const,
		];
		const needs = ['age', 'type'] as const;
		const answer = await ask({ dialect: 'folio', needs }, fluent({ charset: 'cp850' }, { patron }));
		expect(answer).to.have.nested.include({ 'facts.age': 12, 'facts.type': 'Niños' });
		expect(acs!.heard[1]).to.include('6300020261122    105100');
	});

	it('auto-graphics: zeros in dates, and no 35', async () => {
		expect((await ask({ dialect: 'auto-graphics' })).outcome).to.equal('ok');
		expect(codes()).to.deep.equal(['93', '63']);
	});

	it('without 35 takes no yes behind which more came, and does not mind who hangs up after it', async () => {
		const more = (request: string, sequence: string | null): Reaction => {
			const answer = fluent()(request, sequence);
			return request.startsWith('63') ? Buffer.concat([answer as Buffer, Buffer.from('x')]) : answer;
		};
		expect(await ask({ dialect: 'auto-graphics' }, more)).to.deep.equal({
			outcome: 'misconfigured',
			reason: 'surplus',
		});
	});

	it('can ask whether the catalogue is on line before it logs in', async () => {
		expect((await ask({ asksStatus: 'before_login' })).outcome).to.equal('ok');
		expect(codes()).to.deep.equal(['99', '93', '63', '35']);
	});

	it('can write UTC in dates', async () => {
		await ask({ dateZone: 'utc' });
		expect(acs!.heard[2]).to.include('6300020261122   Z185100');
		expect(acs!.heard[3]).to.match(/^3520261122 {3}Z185100/);
	});

	it('says where it stands, for whom and with which password of its own', async () => {
		await ask({ institution: 'UWOLS', terminalPassword: 'terminal' });
		expect(acs!.heard[0]).to.match(/^9300CNscclient\|COclientpwd\|CPBRANCH1\|AY0AZ/);
		expect(acs!.heard[2]).to.include('AOUWOLS|AA29000000000001|AD1234|ACterminal|');
	});

	it('can part its fields by another sign, which then nobody may type', async () => {
		const react = fluent({ separator: '^' });
		expect((await ask({ separator: '^' }, react)).outcome).to.equal('ok');
		expect(acs!.heard[2]).to.include('AA29000000000001^AD1234^AC^AY');
		for (const patron of [
			{ ...ADA, pin: '1^2' },
			{ ...ADA, card: '1^AD1234' },
		]) {
			expect(await ask({ separator: '^' }, react, patron)).to.deep.equal({ outcome: 'bad_credentials' });
			expect(acs!.heard).to.deep.equal([]);
		}
		await ask({ separator: '^' }, react, { ...ADA, pin: '1|2' });
		expect(acs!.heard[2]).to.include('AD1|2^');
	});

	it('with the wrong sign between fields is no yes', async () => {
		expect(await ask({ separator: '^' }, fluent())).to.deep.equal({
			outcome: 'misconfigured',
			reason: 'no_card_in_answer',
		});
	});

	it('ends its messages as it was told', async () => {
		await ask({ terminator: 'CRLF' });
		expect(acs!.heard.slice(1).every((request) => request.startsWith('\n'))).to.equal(true);
		await ask({ terminator: 'CR' });
		expect(acs!.heard.join('')).to.not.include('\n');
	});

	it('reads messages that end in CR, in CRLF, and in LF alone only where that was said', async () => {
		for (const terminator of ['CR', 'CRLF'] as const) {
			expect((await ask({}, fluent({ terminator }))).outcome, terminator).to.equal('ok');
		}
		const timeouts = { login: 40, whole: 400 };
		const lf = fluent({ terminator: 'LF' });
		expect(await ask({ timeouts }, lf)).to.deep.equal({ outcome: 'unavailable', reason: 'silent' });
	});

	for (const [charset, bytes] of [
		['utf-8', 'p\u00c3\u00afn'],
		['latin1', 'p\u00efn'],
		['cp850', 'p\u008bn'],
	] as const) {
		it(`sends and reads ${charset}`, async () => {
			const patron = [...yes(ADA.card), ['AQ', 'Peñón'] as const];
			const needs = ['location'] as const;
			const answer = await ask({ charset, needs }, fluent({ charset }, { patron }), { ...ADA, pin: 'pïn' });
			expect(answer).to.have.nested.include({ 'facts.location': 'Peñón' });
			expect(acs!.heard[2]).to.include(`AD${bytes}|`);
		});
	}

	it('ascii takes nothing else, from nobody', async () => {
		const charset = 'ascii';
		expect(await ask({ charset }, fluent(), { ...ADA, pin: 'pïn' })).to.deep.equal({
			outcome: 'bad_credentials',
		});
		const patron = [...yes(ADA.card), ['AE', 'José'] as const];
		expect(await ask({ charset }, fluent({}, { patron }))).to.deep.equal({
			outcome: 'misconfigured',
			reason: 'unreadable',
		});
	});

	it('takes letters and their marks together, in what is typed and in what is answered', async () => {
		const patron = [...yes('José'.normalize('NFD')), ['AQ', 'Peñón'.normalize('NFD')] as const];
		const typed = { card: 'José'.normalize('NFD'), pin: 'pïn'.normalize('NFD') };
		const answer = await ask({ needs: ['location'] }, fluent({}, { patron }), typed);
		expect(answer).to.have.nested.include({ 'facts.location': 'Peñón', 'facts.card': 'José' });
		expect(acs!.heard[2]).to.include(`AD${Buffer.from('pïn').toString('latin1')}|`);
		const latin = await ask({ charset: 'latin1' }, fluent(), { ...ADA, pin: 'pïn'.normalize('NFD') });
		expect(latin.outcome).to.equal('ok');
	});

	it('takes no more than it was told to', async () => {
		for (const patron of [
			{ ...ADA, pin: '12345' },
			{ ...ADA, card: '290000000000011' },
		]) {
			const answer = await ask({ longest: { card: 14, pin: 4 } }, fluent(), patron);
			expect(answer).to.deep.equal({ outcome: 'bad_credentials' });
			expect(acs!.heard).to.deep.equal([]);
		}
		expect((await ask({ longest: { card: 14, pin: 4 } })).outcome).to.equal('ok');
	});

	describe('of the two questions', () => {
		it('asks the one that tells less when nothing else is wanted', async () => {
			expect((await ask({ needs: [] })).outcome).to.equal('ok');
			expect(codes()).to.deep.equal(['93', '99', '23', '35']);
			expect(acs!.heard[2]).to.match(/^2300020261122 {4}105100AO\|AA29000000000001\|AD1234\|AC\|AY2AZ/);
		});

		it('asks the other one when the catalogue says that it knows only that', async () => {
			expect((await ask({ needs: [] }, fluent({}, { bx: 'NNNNYNYYYNNNNNNN' }))).outcome).to.equal('ok');
			expect(codes()).to.include('63');
			expect((await ask({ needs: ['age'] }, fluent({}, { bx: 'YNNNYNYNYNNNNNNN' }))).outcome).to.equal('ok');
			expect(codes()).to.include('23');
		});

		it('asks neither when it knows neither', async () => {
			expect(await ask({}, fluent({}, { bx: 'NNNNYNYNYNNNNNNN' }))).to.deep.equal({
				outcome: 'misconfigured',
				reason: 'no_question',
			});
			expect(codes()).to.deep.equal(['93', '99']);
		});

		it('never wants a list of anything that was borrowed', async () => {
			await ask({});
			expect(acs!.heard[2]).to.match(/^63.{21} {10}AO/);
		});
	});

	it('can be tried without anybody’s card', async () => {
		acs = await scriptedAcs(fluent());
		const settings = { host: '127.0.0.1', port: acs.port, login: LOGIN };
		expect(await greetCatalogue(settings)).to.deep.equal({ outcome: 'there', supports: 'YYYYYYYYYNYNYYYY' });
		expect(codes()).to.deep.equal(['93', '99']);
		expect(await greetCatalogue({ ...settings, asksStatus: 'never' })).to.deep.equal({
			outcome: 'there',
			supports: null,
		});
	});

	describe('tells library IT', () => {
		it('each step, and nothing of the patron', async () => {
			const steps: Step[] = [];
			await ask({}, fluent(), ADA, steps);
			expect(steps.map(({ step }) => step)).to.deep.equal([
				'connected',
				'answered',
				'answered',
				'on_line',
				'answered',
				'judged',
				'answered',
			]);
			expect(steps[3]).to.deep.include({ supports: 'YYYYYYYYYNYNYYYY', version: '2.00' });
			expect(steps[5]).to.deep.equal({ step: 'judged', valid: 'Y', pin: 'Y', card: 'same', oddFlags: [] });
			const told = JSON.stringify(steps);
			for (const secret of [
				'2900',
				'1234',
				'Ada',
				'1980',
				'2030',
				'1000',
				'scclient',
				'clientpwd',
				'BRANCH1',
			]) {
				expect(told, secret).to.not.include(secret);
			}
		});

		it('what is wrong with an answer that nobody would believe', async () => {
			const steps: Step[] = [];
			const run = [...yes(ADA.card).filter(([id]) => id !== 'BL'), ['BL', 'YBV7.00'] as const];
			expect(await ask({}, fluent({}, { patron: run }), ADA, steps)).to.deep.equal({
				outcome: 'bad_credentials',
			});
			expect(steps.find(({ step }) => step === 'judged')).to.include({
				valid: 'odd',
				pin: 'Y',
				card: 'same',
			});
			const twice = [...yes('1'), ['CQ', 'Y'] as const];
			await ask({}, fluent({}, { patron: twice }), ADA, steps);
			expect(steps.findLast(({ step }) => step === 'judged')).to.include({ pin: 'several', card: 'other' });
		});

		it('why it came to nothing', async () => {
			const steps: Step[] = [];
			await ask({ asksStatus: 'never' }, () => '940\r', ADA, steps);
			expect(steps.at(-1)).to.deep.equal({ step: 'failed', reason: 'login_refused' });
		});
	});

	describe('when the connection ends before the question about the patron', () => {
		const endingAt = (code: string, times: number) => {
			let left = times;
			return (request: string, sequence: string | null): Reaction =>
				request.startsWith(code) && left-- > 0 ? 'hang up' : fluent()(request, sequence);
		};

		it('opens it once more', async () => {
			for (const code of ['93', '99']) {
				expect((await ask({}, endingAt(code, 1))).outcome, code).to.equal('ok');
				expect(codes().filter((one) => one === '63')).to.have.length(1);
				expect(await ask({}, endingAt(code, 2)), code).to.deep.equal({
					outcome: 'unavailable',
					reason: 'closed',
				});
				expect(codes()).to.not.include('63');
			}
		});

		it('but never asks about the patron a second time, whatever happened to the first', async () => {
			expect(await ask({}, endingAt('63', 1))).to.deep.equal({ outcome: 'unavailable', reason: 'closed' });
			expect(codes().filter((one) => one === '63')).to.have.length(1);
		});
	});
});
