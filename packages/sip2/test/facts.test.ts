import { expect } from 'chai';
import { DIALECTS } from '../src/dialects.ts';
import { factsOf, fieldsFor, type Need, PATRON_FLAGS, type PatronFacts } from '../src/facts.ts';
import type { FieldMap } from '../src/fields.ts';
import { decodeMessage } from '../src/wire/decode.ts';

const ALL: readonly Need[] = ['age', 'expiry', 'type', 'location', 'stable_id', 'fees'];
const WHOLE =
	'AOUWOLS|AA1|AEAdult, Ada|BD1 Main St|BEp@example.org|BF555 0100|AQBR1|BHUSD|BV25.50|CC10.00|BLY|CQY|PA20301231|PB19800102|PCAdult|XI1000|AFHello|';

/** What is read from an answer with these fields, on 22 November 2026. */
function facts(
	fields: string,
	{
		map = {},
		needs = ALL,
		flags = ' '.repeat(14),
	}: { map?: Partial<FieldMap>; needs?: readonly Need[]; flags?: string } = {},
): PatronFacts {
	const all: FieldMap = { ...DIALECTS.compliant.fields, ...map };
	const wanted = new Set(needs);
	const text = `64${flags}00020261122    185100${'0000'.repeat(6)}${fields}`;
	const answer = decodeMessage(Buffer.from(text), undefined, fieldsFor(all, wanted));
	if (typeof answer === 'string') throw new Error(answer);
	return factsOf(answer, { card: '1', map: all, needs: wanted, today: '20261122' });
}

describe('what is taken from an answer', () => {
	it('is what was asked for and no more', () => {
		expect(facts(WHOLE)).to.deep.equal({
			card: '1',
			expiresOn: '2030-12-31',
			expired: false,
			age: 46,
			type: 'Adult',
			location: 'BR1',
			institution: 'UWOLS',
			stableId: '1000',
			flags: [],
			barred: false,
			owesTooMuch: true,
		});
		expect(facts(WHOLE, { needs: [] })).to.deep.equal({
			card: '1',
			expiresOn: null,
			expired: null,
			age: null,
			type: null,
			location: null,
			institution: 'UWOLS',
			stableId: null,
			flags: [],
			barred: false,
			owesTooMuch: null,
		});
	});

	it('never has a name, an address, an e-mail, a phone number, a birth date or a sum of money in it', () => {
		const said = JSON.stringify(facts(WHOLE));
		for (const personal of ['Ada', 'Main', 'example.org', '0100', '1980', '0102', '25.50', '10.00']) {
			expect(said, personal).to.not.include(personal);
		}
	});

	it('of what nobody asked for, not even a text was made', () => {
		const read = decodeMessage(
			Buffer.from(`64${' '.repeat(14)}00020261122    185100${'0000'.repeat(6)}${WHOLE}`),
			undefined,
			fieldsFor(DIALECTS.compliant.fields, new Set(['location'])),
		);
		expect(read).to.have.deep.property('fields', [
			['AO', 'UWOLS'],
			['AQ', 'BR1'],
			['AF', 'Hello'],
		]);
	});

	it('says nothing by a field that is there twice, or empty', () => {
		expect(facts('XI1|XI2|AQBR1|AQBR2|PC |PB19800102|PB20150102|')).to.include({
			stableId: null,
			location: null,
			type: null,
			age: null,
		});
	});

	it('names each of the fourteen flags, and takes anything but a blank or an N for set', () => {
		for (const [at, name] of PATRON_FLAGS.entries()) {
			for (const set of ['Y', 'y', '1', '0', '?']) {
				const flags = `${' '.repeat(at)}${set}${'N'.repeat(13 - at)}`;
				expect(facts('', { flags }).flags, `${name} ${set}`).to.deep.equal([name]);
			}
		}
		expect(facts('', { flags: 'YYYY  N       ' }).flags).to.deep.equal(PATRON_FLAGS.slice(0, 4));
	});

	describe('as an age, wherever the birth date lies', () => {
		const age = (fields: string, birthDate?: FieldMap['birthDate']) =>
			facts(fields, birthDate ? { map: { birthDate } } : {}).age;

		it('PB, as in catalogues that descend from SIPServer', () => {
			expect(age('PB20131122|')).to.equal(13);
			expect(age('PB20131123|')).to.equal(12);
		});

		it('BC, as in Polaris', () => {
			expect(age('BC20131122    000000|', { field: 'BC', order: 'YMD' })).to.equal(13);
			expect(age('BC20131123    000000|', { field: 'BC', order: 'YMD' })).to.equal(12);
			expect(age('BC201311230000000000|', { field: 'BC', order: 'YMD' })).to.equal(12);
		});

		it('PD, where PB holds control signs, as in Atriuum', () => {
			expect(age('PB\u0001\u0002|PD20131123|', { field: 'PD', order: 'YMD' })).to.equal(12);
			expect(age('PB\u0001\u0002|PD20131123|')).to.equal(null);
		});

		it('month first, as in FOLIO, and day first', () => {
			expect(age('PB11222013|', { field: 'PB', order: 'MDY' })).to.equal(13);
			expect(age('PB11232013|', { field: 'PB', order: 'MDY' })).to.equal(12);
			expect(age('PB22/11/2013|', { field: 'PB', order: 'DMY' })).to.equal(13);
			expect(age('PB2013-11-23|')).to.equal(12);
		});

		it('in a field of the library’s own', () => {
			expect(age('ZB20131123|', { field: 'ZB', order: 'YMD' })).to.equal(12);
		});

		it('but not from what is no date, or one that is not over yet, or in another order than was said', () => {
			for (const born of [
				'',
				'0',
				'20130230',
				'2013112',
				'201311222',
				'20261123',
				'11222013',
				'2013-1122',
				'unknown',
			]) {
				expect(age(`PB${born}|`), born).to.equal(null);
			}
			expect(age('PB11222013|', { field: 'PB', order: 'YMD' })).to.equal(null);
			expect(age('PB20131122|', { field: 'PB', order: 'MDY' })).to.equal(null);
		});

		it('that changes on the birthday, on 1 March for who was born on 29 February', () => {
			const on = (today: string) => {
				const needs = new Set<Need>(['age']);
				const map = DIALECTS.compliant.fields;
				const message = { code: '64', fixed: '', fields: [['PB', '20120229'] as const], sequence: null };
				return factsOf(message, { card: '1', map, needs, today }).age;
			};
			expect([on('20250228'), on('20250301'), on('20240228'), on('20240229')]).to.deep.equal([
				12, 13, 11, 12,
			]);
		});
	});

	describe('as the end of a card', () => {
		const end = (fields: string, expiry?: FieldMap['expiry']) => {
			const { expiresOn, expired } = facts(fields, expiry ? { map: { expiry } } : {});
			return [expiresOn, expired];
		};

		it('is PA where that is a date, else PX: in Polaris PA is another thing', () => {
			expect(end('PA20301231|')).to.deep.equal(['2030-12-31', false]);
			expect(end('PA5|PX20251231    235959|')).to.deep.equal(['2025-12-31', true]);
			expect(end('PA5|')).to.deep.equal([null, null]);
			expect(end('')).to.deep.equal([null, null]);
		});

		it('is over on the day after the last one', () => {
			expect(end('PA20261122|')).to.deep.equal(['2026-11-22', false]);
			expect(end('PA20261121|')).to.deep.equal(['2026-11-21', true]);
		});

		it('can be a flag, which says that it is over but not since when', () => {
			const flag = [{ field: 'PX' }, { flag: 'PY' }];
			expect(end('PX|PYY|', flag)).to.deep.equal([null, true]);
			expect(end('PX|PYN|', flag)).to.deep.equal([null, false]);
			expect(end('PX|PY|', flag)).to.deep.equal([null, null]);
			expect(end('PX20301231|PYY|', flag)).to.deep.equal(['2030-12-31', true]);
			expect(end('PX20201231|PYN|', flag)).to.deep.equal(['2020-12-31', true]);
		});

		it('can be a message on the screen, in large letters or small', () => {
			const text = [{ field: 'PA' }, { text: 'card (has )?expired' }];
			expect(end('AFHello|AFYour CARD has EXPIRED.|', text)).to.deep.equal([null, true]);
			expect(end('AFHello|', text)).to.deep.equal([null, false]);
			expect(end('PA20301231|AFcard expired|', text)).to.deep.equal(['2030-12-31', true]);
		});

		it('lies in a field of the library’s own, in the order it says', () => {
			expect(end('ZE12/31/2025|', [{ field: 'ZE', order: 'MDY' }])).to.deep.equal(['2025-12-31', true]);
		});

		it('takes no time over a pattern that would never end, whoever wrote it', () => {
			const started = performance.now();
			expect(end(`AF${'a'.repeat(60_000)}!|`, [{ text: '^(a+)+$' }])).to.deep.equal([null, false]);
			expect(performance.now() - started).to.be.below(2_000);
		});
	});

	it('says of debts only whether they are above the catalogue’s own limit', () => {
		const owes = (fields: string) => facts(fields).owesTooMuch;
		expect(owes('BV25.50|CC25.50|')).to.equal(false);
		expect(owes('BV25.51|CC25.50|')).to.equal(true);
		expect(owes('BV$25.51|CCUSD 25|')).to.equal(true);
		for (const nothing of ['BV25.50|', 'CC10|', 'BV|CC|', 'BVa lot|CC10|', 'BV-5|CC1|']) {
			expect(owes(nothing), nothing).to.equal(null);
		}
	});
});
