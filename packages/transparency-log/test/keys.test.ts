import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect } from 'chai';
import {
	exportKey,
	generateKey,
	importKey,
	parsePublicKey,
	publicKeyOf,
	rawPublicKey,
	signBytes,
	toJwk,
	verifyBytes,
} from '../src/keys.ts';

describe('keys', () => {
	const key = generateKey();
	const bytes = Buffer.from('a library card');

	it('names a key by the first 16 hex digits of the SHA-256 of its 32 bytes', () => {
		const raw = Buffer.from(key.publicKey, 'base64');
		expect(raw).to.have.length(32);
		expect(key.id).to.equal(createHash('sha256').update(raw).digest('hex').slice(0, 16));
	});

	it('survives being written down and read again', () => {
		const again = importKey(exportKey(key));
		expect(publicKeyOf(again)).to.deep.equal(publicKeyOf(key));
		expect(signBytes(again, bytes).equals(signBytes(key, bytes))).to.equal(true);
	});

	it('has a JWK that other software verifies with', () => {
		const jwk = toJwk(key);
		expect(jwk.kid).to.equal(key.id);
		const other = createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x }, format: 'jwk' });
		expect(verify(null, bytes, other, signBytes(key, bytes))).to.equal(true);
	});

	it('signs as RFC 8032 section 7.1, test 2', () => {
		const pkcs8 = Buffer.from(
			'302e020100300506032b6570042204204ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
			'hex',
		);
		const pem = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`;
		const known = importKey(pem);
		expect(rawPublicKey(known).toString('hex')).to.equal(
			'3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
		);
		expect(signBytes(known, Buffer.from('72', 'hex')).toString('hex')).to.equal(
			'92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
				'085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
		);
	});

	it('knows no signature with one bit changed', () => {
		const signature = signBytes(key, bytes);
		expect(verifyBytes(key, bytes, signature)).to.equal(true);
		for (let bit = 0; bit < signature.length * 8; bit += 7) {
			const other = Buffer.from(signature);
			other[bit >> 3]! ^= 1 << (bit & 7);
			expect(verifyBytes(key, bytes, other), `bit ${bit}`).to.equal(false);
		}
	});

	it('is not fooled by a record whose id belongs to another key', () => {
		const record = { id: generateKey().id, publicKey: key.publicKey };
		expect(parsePublicKey(record)).to.equal(null);
		expect(verifyBytes(record, bytes, signBytes(key, bytes))).to.equal(false);
		expect(() => rawPublicKey(record)).to.throw(TypeError);
	});

	it('refuses what is not the record of a key', () => {
		for (const value of [
			null,
			1,
			'key',
			{},
			{ id: key.id },
			{ id: key.id, publicKey: 'AAAA' },
			{ ...key, publicKey: `${key.publicKey}\n` },
		]) {
			expect(parsePublicKey(value)).to.equal(null);
		}
		expect(parsePublicKey({ ...key, more: 1 })).to.deep.equal(publicKeyOf(key));
	});

	it('refuses a private key of another kind', () => {
		const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		expect(() => importKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).to.throw(
			TypeError,
		);
	});
});
