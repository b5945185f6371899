import { expect } from 'chai';
import { boxKeyOf, isBoxPublicKey, newBoxKey, openBox, readBoxKey, sealTo } from '../src/sealed-box.ts';

describe('a box that only its owner opens', () => {
	const key = newBoxKey();

	it('gives back what was put in, to whoever holds the key, also after a restart', () => {
		const sealed = sealTo(key.publicKey, 'sign-in/7', 'the password of the catalogue, with ñ');
		expect(openBox(readBoxKey(key.privateKey), 'sign-in/7', sealed)).to.equal(
			'the password of the catalogue, with ñ',
		);
		expect(sealed).to.not.include('password');
	});

	it('is the same box again from the same 32 bytes, and another one from others', () => {
		const bytes = Buffer.alloc(32, 7);
		const sealed = sealTo(boxKeyOf(bytes).publicKey, 'a', 'x');
		expect(openBox(boxKeyOf(bytes), 'a', sealed)).to.equal('x');
		expect(boxKeyOf(Buffer.alloc(32, 8)).publicKey).to.not.equal(boxKeyOf(bytes).publicKey);
		expect(() => boxKeyOf(Buffer.alloc(31))).to.throw(RangeError);
	});

	it('never looks the same twice', () => {
		expect(sealTo(key.publicKey, 'a', 'x')).to.not.equal(sealTo(key.publicKey, 'a', 'x'));
	});

	it('opens for nobody else, for nothing else, and not when anything was changed', () => {
		const sealed = sealTo(key.publicKey, 'sign-in/7', 'secret');
		expect(() => openBox(newBoxKey(), 'sign-in/7', sealed)).to.throw();
		expect(() => openBox(key, 'sign-in/8', sealed)).to.throw();
		for (let at = 0; at < sealed.length; at++) {
			// The last letter of base64url may carry bits that mean nothing.
			if (sealed[at] === '.' || at === sealed.length - 1 || sealed[at + 1] === '.') continue;
			const other = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
			expect(() => openBox(key, 'sign-in/7', other), `${at}`).to.throw();
		}
		for (const text of ['', '.', 'a.b', `${sealed}.x`, sealed.slice(1)]) {
			expect(() => openBox(key, 'sign-in/7', text), text).to.throw();
		}
	});

	it('a key that is none is refused', () => {
		for (const text of [null, '', 'a'.repeat(42), `${'a'.repeat(42)}+`]) {
			expect(isBoxPublicKey(text)).to.equal(false);
			expect(() => sealTo(text as string, 'a', 'x')).to.throw();
		}
		// Points of small order would make a key that everybody knows (RFC 7748 section 6.1).
		expect(() => sealTo(Buffer.alloc(32).toString('base64url'), 'a', 'x')).to.throw();
	});
});
