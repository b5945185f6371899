import { expect } from 'chai';
import { askFacts } from '../src/client.ts';
import type { Sip2Answer } from '../src/decision.ts';
import type { Sip2Settings } from '../src/settings.ts';
import {
	allButOne,
	answer36,
	answer64,
	answer94,
	answer98,
	type Reaction,
	type ScriptedAcs,
	scriptedAcs,
	yes,
} from './acs.ts';

const WHEN = { now: Date.UTC(2026, 10, 22, 18, 51), zone: 'America/Los_Angeles' };
const ADA = { card: '29000000000001', pin: '1234' };
const LOGIN = { user: 'scclient', password: 'clientpwd' };
const QUICK = { connect: 2_000, answer: 40, end: 20, whole: 120 };

describe('the SIP2 client', () => {
	let acs: ScriptedAcs | null = null;
	afterEach(async () => {
		await acs?.close();
		acs = null;
	});

	/** Asks a catalogue that reacts as it is told; it never has to wait longer than the given times. */
	async function ask(
		react: (request: string, sequence: string | null, heard: readonly string[]) => Reaction,
		settings: Partial<Sip2Settings> = {},
		patron = ADA,
	): Promise<Sip2Answer> {
		await acs?.close();
		acs = await scriptedAcs(react);
		return askFacts({ host: '127.0.0.1', port: acs.port, login: LOGIN, ...settings }, patron, WHEN);
	}

	it('logs in, looks whether anybody is there, asks, ends the session, and says no PIN twice', async () => {
		const decision = await ask(
			allButOne('none', () => null),
			{ institution: 'UWOLS' },
		);
		expect(decision.outcome).to.equal('ok');
		expect(acs!.heard.map((request) => request.slice(0, 2))).to.deep.equal(['93', '99', '63', '35']);
		expect(acs!.heard[2]).to.match(
			/^6300020261122 {4}105100 {10}AOUWOLS\|AA29000000000001\|AD1234\|AC\|AY2AZ[0-9A-F]{4}$/,
		);
		expect(acs!.heard[3]).to.match(/^3520261122 {4}105100AOUWOLS\|AA29000000000001\|AY3AZ/);
	});

	it('leaves out what the library has not', async () => {
		const settings = {
			login: undefined,
			asksStatus: 'never',
			endsSession: false,
			errorDetection: 'off',
		} as const;
		expect(
			(
				await ask(
					allButOne('none', () => null),
					settings,
				)
			).outcome,
		).to.equal('ok');
		expect(acs!.heard).to.have.length(1);
		expect(acs!.heard[0]).to.not.include('AY');
	});

	it('never asks about a patron when its own login was refused', async () => {
		const decision = await ask(allButOne('93', (_, sequence) => answer94('0', sequence)));
		expect(decision).to.deep.equal({ outcome: 'misconfigured', reason: 'login_refused' });
		expect(acs!.heard).to.have.length(1);
	});

	it('never asks about a patron when the catalogue is off line', async () => {
		const decision = await ask(allButOne('99', (_, sequence) => answer98('N', sequence)));
		expect(decision).to.deep.equal({ outcome: 'unavailable', reason: 'offline' });
		expect(acs!.heard).to.have.length(2);
	});

	it('sends nothing at all when card or PIN hold what SIP2 cannot carry', async () => {
		for (const bad of ['29000000000001\r', '1|2', '1\n2', '', 'x'.repeat(65), '1\u0000']) {
			for (const patron of [
				{ card: bad, pin: '1234' },
				{ card: ADA.card, pin: bad },
			]) {
				expect(
					await ask(
						allButOne('none', () => null),
						{},
						patron,
					),
				).to.deep.equal({ outcome: 'bad_credentials' });
				expect(acs!.heard).to.deep.equal([]);
			}
		}
	});

	it('says that a setting is wrong when it cannot be sent', async () => {
		const settings = { institution: 'A|B' };
		expect(
			await ask(
				allButOne('none', () => null),
				settings,
			),
		).to.deep.equal({
			outcome: 'misconfigured',
			reason: 'settings',
		});
	});

	it('sends a PIN with signs at its end so that no server can trim them', async () => {
		await ask(
			allButOne('none', () => null),
			{ errorDetection: 'off' },
			{ card: ADA.card, pin: 'ab!#' },
		);
		expect(acs!.heard[2]).to.match(/\|ADab!#\|AC\|$/);
	});

	it('understands an answer that comes one byte at a time', async () => {
		const decision = await ask(
			allButOne('63', (_, sequence) => [...answer64(yes(ADA.card), sequence)].map((byte) => Buffer.of(byte))),
		);
		expect(decision.outcome).to.equal('ok');
	});

	it('takes CRLF, and does not end at LF', async () => {
		const crlf = (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('\n')]);
		expect(
			(await ask(allButOne('63', (_, sequence) => crlf(answer64(yes(ADA.card), sequence))))).outcome,
		).to.equal('ok');
		const lf = (sequence: string | null) => answer64(yes(ADA.card), sequence).toString().replace('\r', '\n');
		const decision = await ask(
			allButOne('63', (_, sequence) => lf(sequence)),
			{ timeouts: QUICK },
		);
		expect(decision).to.deep.equal({ outcome: 'unavailable', reason: 'silent' });
	});

	it('reads names in the charset of the catalogue', async () => {
		const named = [...yes(ADA.card).filter(([id]) => id !== 'AE'), ['AE', 'García'] as const];
		const react = allButOne('63', () => Buffer.from(answer64(named, null).toString('utf8'), 'latin1'));
		expect(await ask(react)).to.deep.equal({ outcome: 'misconfigured', reason: 'unreadable' });
		expect((await ask(react, { charset: 'latin1' })).outcome).to.equal('ok');
		expect((await ask(react, { charset: 'cp850' })).outcome).to.equal('ok');
	});

	describe('does not believe a yes', () => {
		const surplus = { outcome: 'misconfigured', reason: 'surplus' };

		it('behind which more bytes came, in the same breath or later', async () => {
			const one = (sequence: string | null) => answer64(yes(ADA.card), sequence);
			for (const more of ['x', '96AZFEF6\r', '941\r']) {
				const together = allButOne('63', (_, sequence) => Buffer.concat([one(sequence), Buffer.from(more)]));
				expect(await ask(together), more).to.deep.equal(surplus);
				const before36 = allButOne('35', (_, sequence) => [Buffer.from(more), answer36(sequence)]);
				const decision = await ask(before36);
				expect(decision.outcome, more).to.equal('misconfigured');
			}
		});

		it('after which part of a message comes, and then nothing', async () => {
			const half = allButOne('35', () => '36Y2026');
			const timeouts = { ...QUICK, whole: 2_000 };
			expect(await ask(half, { timeouts })).to.deep.equal(surplus);
		});

		it('that two answers came for', async () => {
			const twice = allButOne('63', (_, sequence) =>
				Buffer.concat([answer64(yes(ADA.card), sequence), answer64(yes(ADA.card), sequence)]),
			);
			expect(await ask(twice)).to.deep.equal(surplus);
		});

		it('with another sequence digit', async () => {
			const other = allButOne('63', () => answer64(yes(ADA.card), '9'));
			expect(await ask(other)).to.deep.equal({ outcome: 'misconfigured', reason: 'sequence' });
		});

		it('without error detection where the library requires it', async () => {
			const bare = allButOne('63', () => answer64(yes(ADA.card), null));
			expect((await ask(bare)).outcome).to.equal('ok');
			expect(await ask(bare, { errorDetection: 'require' })).to.deep.equal({
				outcome: 'misconfigured',
				reason: 'sequence',
			});
		});

		it('to another question', async () => {
			const other = allButOne('63', (_, sequence) => answer94('1', sequence));
			expect(await ask(other)).to.deep.equal({ outcome: 'misconfigured', reason: 'code' });
			const late = allButOne('35', (_, sequence) => answer64(yes(ADA.card), sequence));
			expect(await ask(late)).to.deep.equal({ outcome: 'misconfigured', reason: 'code' });
		});

		it('about another card', async () => {
			const other = allButOne('63', (_, sequence) => answer64(yes('29000000000006'), sequence));
			expect(await ask(other)).to.deep.equal({ outcome: 'bad_credentials' });
		});

		it('that is not in the form of a message', async () => {
			for (const bytes of ['hello\r', '64\r', '\x00\r', `64${'Y'.repeat(40)}\r`]) {
				const decision = await ask(allButOne('63', () => bytes));
				expect(decision, JSON.stringify(bytes)).to.deep.equal({
					outcome: 'misconfigured',
					reason: 'unreadable',
				});
			}
			const endless = allButOne('63', () => 'x'.repeat(70_000));
			expect(await ask(endless)).to.deep.equal({ outcome: 'misconfigured', reason: 'unreadable' });
		});
	});

	describe('asked to send again', () => {
		it('does so once and to the letter', async () => {
			const once = allButOne('63', (_, sequence, heard) =>
				heard.filter((request) => request.startsWith('63')).length === 1
					? '96AZFEF6\r'
					: answer64(yes(ADA.card), sequence),
			);
			expect((await ask(once)).outcome).to.equal('ok');
			const asked = acs!.heard.filter((request) => request.startsWith('63'));
			expect(asked).to.have.length(2);
			expect(asked[0]).to.equal(asked[1]);
		});

		it('for ever, gives up', async () => {
			const decision = await ask(allButOne('63', () => '96AZFEF6\r'));
			expect(decision).to.deep.equal({ outcome: 'misconfigured', reason: 'resend' });
			expect(acs!.heard.filter((request) => request.startsWith('63'))).to.have.length(2);
		});
	});

	describe('with a broken checksum in the answer', () => {
		const broken = (sequence: string | null) => {
			const text = answer64(yes(ADA.card), sequence).toString();
			return text.replace('Adult', 'Adulu');
		};

		it('asks for it once more, and does not ask about the PIN again', async () => {
			let asked: string | null = null;
			const decision = await ask((request, sequence, heard) => {
				if (request.startsWith('97')) return answer64(yes(ADA.card), asked);
				asked = sequence;
				return allButOne('63', () => broken(sequence))(request, sequence, heard);
			});
			expect(decision.outcome).to.equal('ok');
			expect(acs!.heard.filter((request) => request.startsWith('63'))).to.have.length(1);
			expect(acs!.heard).to.include('97AZFEF5');
		});

		it('twice, gives up', async () => {
			const decision = await ask((request, sequence, heard) =>
				request.startsWith('97')
					? broken('2')
					: allButOne('63', () => broken(sequence))(request, sequence, heard),
			);
			expect(decision).to.deep.equal({ outcome: 'misconfigured', reason: 'checksum' });
		});
	});

	describe('without an answer', () => {
		it('says that nobody is there when nothing listens', async () => {
			const free = await scriptedAcs(() => null);
			await free.close();
			const decision = await askFacts({ host: '127.0.0.1', port: free.port }, ADA, WHEN);
			expect(decision).to.deep.equal({ outcome: 'unavailable', reason: 'unreachable' });
		});

		it('says so when the connection is ended, wherever that happens before the answer', async () => {
			for (const code of ['93', '99', '63']) {
				const decision = await ask(allButOne(code, () => 'hang up'));
				expect(decision, code).to.deep.equal({ outcome: 'unavailable', reason: 'closed' });
			}
		});

		it('stops waiting, does not ask a second time, and hangs up', async () => {
			const decision = await ask(
				allButOne('63', () => null),
				{ timeouts: QUICK },
			);
			expect(decision).to.deep.equal({ outcome: 'unavailable', reason: 'silent' });
			await acs!.ended();
			expect(acs!.heard.filter((request) => request.startsWith('63'))).to.have.length(1);
		});

		it('stops when everything together takes too long', async () => {
			const timeouts = { ...QUICK, answer: 2_000, whole: 40 };
			const decision = await ask(
				allButOne('99', () => null),
				{ timeouts },
			);
			expect(decision).to.deep.equal({ outcome: 'unavailable', reason: 'silent' });
		});

		it('to the end of the session, keeps the answer it had', async () => {
			for (const reaction of [null, 'hang up'] as const) {
				const decision = await ask(
					allButOne('35', () => reaction),
					{ timeouts: { ...QUICK, whole: 2_000 } },
				);
				expect(decision.outcome).to.equal('ok');
			}
		});
	});
});
