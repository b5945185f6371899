import { expect } from 'chai';
import { DIALECTS } from '../src/dialects.ts';
import { agreementOf, faultOfSettings, type Sip2Settings } from '../src/settings.ts';

const HERE = { host: '127.0.0.1', port: 6001 };
const agreed = (settings: Partial<Sip2Settings>) => agreementOf({ ...HERE, ...settings });
const fault = (settings: Partial<Sip2Settings>) => faultOfSettings({ ...HERE, ...settings });

describe('what a library agreed with its catalogue', () => {
	it('is the dialect it names, compliant when it names none', () => {
		for (const [name, dialect] of Object.entries(DIALECTS)) {
			expect(agreed({ dialect: name as keyof typeof DIALECTS }), name).to.deep.include(dialect);
		}
		expect(agreed({})).to.deep.include(DIALECTS.compliant);
	});

	it('and every single setting wins over the dialect', () => {
		const own = {
			charset: 'latin1',
			separator: '^',
			terminator: 'CRLF',
			dateZone: 'utc',
			asksStatus: 'before_login',
			endsSession: false,
		} as const;
		for (const dialect of ['compliant', 'generic', 'folio', 'auto-graphics'] as const) {
			expect(agreed({ dialect, ...own })).to.deep.include(own);
		}
		const { fields } = agreed({ dialect: 'folio', fields: { type: 'PC' } });
		expect(fields).to.deep.equal({ ...DIALECTS.folio.fields, type: 'PC' });
	});

	it('asks the question that tells less unless something of what only the other tells is wanted', () => {
		expect(agreed({ needs: [] }).question).to.equal('23');
		for (const need of ['age', 'expiry', 'type', 'location', 'stable_id', 'fees'] as const) {
			expect(agreed({ needs: [need] }).question, need).to.equal('63');
		}
		expect(agreed({ needs: [], question: '63' }).question).to.equal('63');
		expect(agreed({ question: '23' }).question).to.equal('23');
		expect([...agreed({}).needs]).to.deep.equal(['age', 'expiry', 'stable_id']);
	});

	it('is refused when it cannot be kept', () => {
		expect(fault({})).to.equal(null);
		expect(fault({ dialect: 'klingon' as 'folio' })).to.include({ setting: 'dialect' });
		expect(fault({ dialect: 'constructor' as 'folio' })).to.include({ setting: 'dialect' });
		for (const separator of ['', '||', 'A', '7', ' ', '\r', 'é', '\u0000']) {
			expect(fault({ separator }), JSON.stringify(separator)).to.include({
				why: 'not_a_sign_between_fields',
			});
		}
		for (const separator of ['^', '~', ';', '|']) expect(fault({ separator }), separator).to.equal(null);
		for (const longest of [{ card: 0 }, { pin: 65 }, { pin: Number.NaN }]) {
			expect(fault({ longest })).to.include({ why: 'not_in_range' });
		}
		for (const text of ['A|B', 'A\rB', 'A'.repeat(256)]) {
			expect(fault({ institution: text })).to.deep.equal({ setting: 'institution', why: 'not_sendable' });
			expect(fault({ terminalPassword: text })).to.include({ setting: 'terminalPassword' });
			expect(fault({ login: { user: text, password: '' } })).to.include({ setting: 'login.user' });
			expect(fault({ login: { user: '', password: text } })).to.include({ setting: 'login.password' });
			expect(fault({ login: { user: '', password: '', location: text } })).to.include({
				setting: 'login.location',
			});
		}
		expect(fault({ institution: 'Bücherei', charset: 'ascii' })).to.include({ why: 'not_sendable' });
		expect(fault({ institution: 'Bücherei', charset: 'cp850' })).to.equal(null);
		for (const field of ['AA', 'AD', 'AE', 'BD', 'BE', 'BF', 'BL', 'CQ', 'AY', 'AZ', 'pb', 'P', 'PBB', '']) {
			expect(fault({ fields: { type: field } }), field).to.deep.equal({
				setting: 'fields.type',
				why: 'not_a_free_field',
			});
			expect(fault({ fields: { expiry: [{ flag: field }] } }), field).to.include({
				setting: 'fields.expiry',
			});
		}
		for (const pattern of ['(', '(?=a)', '\\1', 'a'.repeat(1_001)]) {
			expect(fault({ aliases: { cards: pattern } }), pattern).to.include({ why: 'not_a_pattern' });
			expect(fault({ fields: { expiry: [{ text: pattern }] } }), pattern).to.include({
				why: 'not_a_pattern',
			});
		}
	});
});
