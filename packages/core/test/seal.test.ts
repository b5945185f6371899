import { newSealKey, seal, unseal } from '@understory/core/seal.ts';
import { expect } from 'chai';

describe('a sealed value', () => {
	const key = newSealKey();

	it('opens with the same key for the same record, and reads differently each time it is sealed', () => {
		const one = seal(key, 'keys/1', 'Möbius');
		expect(unseal(key, 'keys/1', one)).to.equal('Möbius');
		expect(seal(key, 'keys/1', 'Möbius')).to.not.equal(one);
		expect(one).to.not.contain('Möbius');
	});

	it('does not open with another key, for another record, or with one bit changed', () => {
		const sealed = seal(key, 'keys/1', 'secret');
		expect(() => unseal(newSealKey(), 'keys/1', sealed)).to.throw();
		expect(() => unseal(key, 'keys/2', sealed)).to.throw();
		const bytes = Buffer.from(sealed, 'base64url');
		for (let at = 0; at < bytes.length; at++) {
			const bent = Buffer.from(bytes);
			bent[at] = bent[at]! ^ 1;
			expect(() => unseal(key, 'keys/1', bent.toString('base64url')), `byte ${at}`).to.throw();
		}
	});
});
