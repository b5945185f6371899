import { isLabel, RESERVED_LABELS, toLabel } from '@understory/core/slug.ts';
import { expect } from 'chai';

describe('host labels', () => {
	const names: [string, string | null][] = [
		['ST. JOHNS LIBRARY', 'st-johns'],
		['SELLWOOD-MORELAND LIBRARY', 'sellwood-moreland'],
		['CENTRAL LIBRARY', 'central'],
		['DPL-RODOLFO "CORKY" GONZALES BRANCH', 'dpl-rodolfo-corky-gonzales'],
		["O'FALLON PUBLIC LIBRARY", 'ofallon'],
		['CÉSAR CHÁVEZ', 'cesar-chavez'],
		['PUBLIC LIBRARY', 'public-library'],
		['21ST STREET BRANCH', 'st-street'],
		['図書館', null],
		['---', null],
	];
	for (const [name, label] of names) {
		it(`${name} becomes ${label}`, () => expect(toLabel(name)).to.equal(label));
	}

	it('a reserved label is never given out', () => {
		for (const label of RESERVED_LABELS) expect(isLabel(label)).to.equal(false);
		expect(toLabel('MAIL')).to.equal(null);
	});

	it('is refused when a host name could not hold it or a reader would mistake it', () => {
		for (const bad of ['', '-a', 'a-', 'A', 'a.b', 'xn--80ak6aa92e', 'a'.repeat(64), '1st', 'é']) {
			expect(isLabel(bad), bad).to.equal(false);
		}
	});
});
