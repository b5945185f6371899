import { expect } from 'chai';
import { generateKey, signBytes } from '../src/keys.ts';
import { bodyDigest, claimedKeyId, REQUEST_LIFE, signRequest, verifyRequest } from '../src/signed-request.ts';

describe('signed requests', () => {
	const key = generateKey();
	const claims = {
		audience: 'provisioner',
		method: 'GET',
		path: '/internal/v1/registers?wait=5',
		now: 1_000_000,
	};
	const header = signRequest(key, claims);
	const expected = { ...claims, keyById: (id: string) => (id === key.id ? key : null) };

	it('name the key that signed them', () => {
		expect(verifyRequest(header, expected)).to.equal(key.id);
		expect(claimedKeyId(header)).to.equal(key.id);
		expect(verifyRequest(signRequest(key, { ...claims, method: 'get' }), expected)).to.equal(key.id);
	});

	it('count for one audience, method, path and body', () => {
		expect(verifyRequest(header, { ...expected, audience: 'home' })).to.equal(null);
		expect(verifyRequest(header, { ...expected, method: 'POST' })).to.equal(null);
		expect(verifyRequest(header, { ...expected, path: '/internal/v1/registers' })).to.equal(null);
		expect(verifyRequest(header, { ...expected, bodyDigest: bodyDigest('{}') })).to.equal(null);
		const withBody = signRequest(key, { ...claims, bodyDigest: bodyDigest('{}') });
		expect(verifyRequest(withBody, { ...expected, bodyDigest: bodyDigest('{}') })).to.equal(key.id);
		expect(verifyRequest(withBody, { ...expected, bodyDigest: bodyDigest('{"a":1}') })).to.equal(null);
		expect(verifyRequest(withBody, expected)).to.equal(null);
	});

	it('live for sixty seconds, before and after', () => {
		expect(verifyRequest(header, { ...expected, now: claims.now + REQUEST_LIFE })).to.equal(key.id);
		expect(verifyRequest(header, { ...expected, now: claims.now + REQUEST_LIFE + 1 })).to.equal(null);
		expect(verifyRequest(header, { ...expected, now: claims.now - REQUEST_LIFE - 1 })).to.equal(null);
	});

	it('are refused from a key nobody knows, or under the name of another', () => {
		const stranger = generateKey();
		expect(verifyRequest(signRequest(stranger, claims), expected)).to.equal(null);
		expect(verifyRequest(signRequest({ ...stranger, id: key.id }, claims), expected)).to.equal(null);
		expect(verifyRequest(header, { ...expected, keyById: () => stranger })).to.equal(null);
	});

	it('are not made of a signature over a document', () => {
		const token = header.slice('Understory '.length).split('.')[0]!;
		const forged = `Understory ${token}.${signBytes(key, Buffer.from(token)).toString('base64url')}`;
		expect(verifyRequest(forged, expected)).to.equal(null);
	});

	it('are refused, not thrown, when malformed', () => {
		const bad = [
			undefined,
			'',
			'Bearer x',
			'Understory ',
			'Understory a.b.c',
			'Understory bm90IGpzb24.AAAA',
			`Understory ${Buffer.from('null').toString('base64url')}.AAAA`,
			`Understory ${Buffer.from('[]').toString('base64url')}.AAAA`,
			`${header}.x`,
			`Understory ${'A'.repeat(5000)}.AAAA`,
		];
		for (const value of bad) {
			expect(verifyRequest(value, expected), String(value).slice(0, 40)).to.equal(null);
			expect(claimedKeyId(value)).to.equal(null);
		}
	});
});
