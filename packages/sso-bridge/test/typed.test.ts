import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { expect } from 'chai';
import { faultOfForm, keyboardsOf, numberOf } from '../src/card/typed.ts';

const FOURTEEN = { card_digits: 14 };
const ANY = { card_digits: null };

function saying(change: Partial<SignInSettings>): SignInSettings {
	return { version: 1, state: 'live', connector: { kind: 'sip2', host: 'a', port: 1 }, ...change };
}

describe('what somebody typed', () => {
	const fault = (settings: SignInSettings | null, card: string, pin = '1234', library = ANY) =>
		faultOfForm(library, settings, { card: numberOf(library, settings, card), pin })?.outcome ?? null;

	it('is read as before where a library says only how many digits its cards have', () => {
		expect(numberOf(FOURTEEN, null, '2 1234-0000 12345-6')).to.equal('21234000012345' + '6');
		expect(fault(null, '21234 0000 12345', '1', { card_digits: 14 } as never)).to.equal(null);
		expect(faultOfForm(FOURTEEN, null, { card: '123', pin: '1' })).to.deep.equal({
			outcome: 'length',
			given: 3,
			wanted: 14,
		});
		expect(faultOfForm(FOURTEEN, null, { card: 'a2345678901234', pin: '1' })?.outcome).to.equal('signs');
		expect(numberOf(ANY, null, 'D-123 456')).to.equal('D-123456');
	});

	it('must be of the library’s pattern, from its first sign to its last', () => {
		const settings = saying({ card: { pattern: 'D[0-9]{7}|[0-9]{14}' } });
		for (const card of ['D1234567', '21234000012345', 'D123 4567'])
			expect(fault(settings, card), card).to.equal(null);
		for (const card of ['d1234567', 'D12345678', 'xD1234567', 'D1234567\n', 'D1234567|', ''])
			expect(fault(settings, card), JSON.stringify(card)).to.be.oneOf(['no_such_card', 'empty']);
	});

	it('must have one of the library’s lengths', () => {
		const two = saying({ card: { lengths: [9, 14], keyboard: 'numeric' } });
		expect(fault(two, '123-456-789')).to.equal(null);
		expect(fault(two, '12345678')).to.equal('no_such_card');
		expect(fault(two, '12345678a')).to.equal('no_such_card');
		const one = saying({ card: { lengths: [9], keyboard: 'numeric' } });
		expect(fault(one, '12345678')).to.equal('length');
		expect(fault(one, '12345678a')).to.equal('signs');
	});

	it('loses what a scanner puts around a number only where the library has scanners', () => {
		const plain = saying({ card: { pattern: '[0-9]+' } });
		const ends = saying({ card: { pattern: '[0-9]+', scanner: 'ends' } });
		const codabar = saying({ card: { pattern: '[0-9]+', scanner: 'codabar' } });
		expect(fault(plain, '21234\r')).to.equal('no_such_card');
		for (const card of ['21234\r', '21234\n', '21234\r\n', '21234\t'])
			expect(fault(ends, card)).to.equal(null);
		expect(fault(ends, 'A21234B\r')).to.equal('no_such_card');
		for (const card of ['A21234B\r', 'a21234b', 'D21234A\t', '21234'])
			expect(numberOf(ANY, codabar, card), JSON.stringify(card)).to.equal('21234');
		for (const card of ['\r21234', '21\r234', '21234\rx', 'A21234', '21234E'])
			expect(fault(codabar, card), JSON.stringify(card)).to.equal('no_such_card');
	});

	it('as a PIN must be of the library’s signs and length', () => {
		const digits = saying({ pin: { alphabet: 'digits', min_length: 4, max_length: 6 } });
		expect(fault(digits, '1', '1234')).to.equal(null);
		for (const pin of ['123', '1234567', '12a4', '１２３４', '1234 '])
			expect(fault(digits, '1', pin), pin).to.equal('no_such_pin');
		const letters = saying({ pin: { alphabet: 'letters_and_digits' } });
		expect(fault(letters, '1', 'Ñandú7')).to.equal(null);
		expect(fault(letters, '1', 'a b')).to.equal('no_such_pin');
		expect(fault(saying({}), '1', 'any thing!')).to.equal(null);
		expect(fault(saying({}), '1', 'x'.repeat(65))).to.equal('no_such_pin');
	});

	it('is typed with what a phone has for it', () => {
		expect(keyboardsOf(FOURTEEN, {})).to.deep.equal({ card: 'numeric', pin: 'text' });
		expect(keyboardsOf(ANY, {})).to.deep.equal({ card: 'text', pin: 'text' });
		expect(keyboardsOf(FOURTEEN, { card: { pattern: 'D.*' }, pin: { alphabet: 'digits' } })).to.deep.equal({
			card: 'text',
			pin: 'numeric',
		});
		expect(keyboardsOf(ANY, { card: { keyboard: 'email' }, pin: { keyboard: 'text' } }).card).to.equal(
			'email',
		);
	});
});
