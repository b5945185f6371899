import {
	areSealedHomeKeys,
	contentsOf,
	type HomeKeys,
	openHomeKeys,
	recoveryKeyId,
	type SealedHomeKeys,
	sealHomeKeys,
} from '@understory/core/home-keys.ts';
import { newBoxKey, sealTo } from '@understory/core/sealed-box.ts';
import { expect } from 'chai';

const KEYS: HomeKeys = {
	type: 'understory/home-keys/v1',
	home: 'home-1',
	day: '2026-11-28',
	home_key: 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=',
	role_key: '-----BEGIN PRIVATE KEY-----\nMC4\n-----END PRIVATE KEY-----\n',
};

describe('the keys of a home, sealed to a recovery key', () => {
	const recovery = newBoxKey();
	const refused = (kept: SealedHomeKeys, key = recovery) => {
		try {
			openHomeKeys(key, kept);
			return 'opened';
		} catch (error) {
			return (error as { code?: string }).code;
		}
	};

	it('only the private half opens them, and twice the same gives two different texts', () => {
		const kept = sealHomeKeys(recovery.publicKey, KEYS);
		expect(openHomeKeys(recovery, kept)).to.deep.equal(KEYS);
		expect(sealHomeKeys(recovery.publicKey, KEYS).sealed).to.not.equal(kept.sealed);
		expect(refused(kept, newBoxKey())).to.equal('another_recovery_key');
	});

	it('whoever says that they are another home’s, or for another recovery key, is found out', () => {
		const kept = sealHomeKeys(recovery.publicKey, KEYS);
		expect(kept).to.include({ name: 'home-1', recovery_key: recoveryKeyId(recovery.publicKey) });
		expect(refused({ ...kept, name: 'home-2' })).to.equal('changed');
		const other = newBoxKey();
		expect(refused({ ...kept, recovery_key: recoveryKeyId(other.publicKey) }, other)).to.equal('changed');
	});

	it('a single character that is another one is seen', () => {
		const kept = sealHomeKeys(recovery.publicKey, KEYS);
		for (const at of [3, 60, kept.sealed.length - 9]) {
			const letter = kept.sealed[at] === 'A' ? 'B' : 'A';
			const sealed = kept.sealed.slice(0, at) + letter + kept.sealed.slice(at + 1);
			expect(refused({ ...kept, sealed }), String(at)).to.equal('changed');
		}
	});

	it('what somebody else sealed to the same key is no home’s keys', () => {
		const kept = sealHomeKeys(recovery.publicKey, KEYS);
		const about = `home-keys/home-1/${kept.recovery_key}`;
		const other = JSON.stringify({ ...KEYS, home: 'home-2' });
		for (const text of ['{}', other])
			expect(refused({ ...kept, sealed: sealTo(recovery.publicKey, about, text) })).to.equal('no_keys');
	});

	it('what is in no such form is told before anybody opens it', () => {
		const kept = sealHomeKeys(recovery.publicKey, KEYS);
		expect(areSealedHomeKeys(kept)).to.equal(true);
		for (const change of [
			...[{ name: 1 }, { recovery_key: 'x' }, { sealed: null }, { sealed: 'a.b' }],
			{ sealed: `${kept.sealed}${'a'.repeat(9_000)}` },
		])
			expect(areSealedHomeKeys({ ...kept, ...change }), JSON.stringify(change).slice(0, 40)).to.equal(false);
	});

	it('the digest is of the keys and of nothing else', () => {
		expect(contentsOf(KEYS)).to.equal(contentsOf({ ...KEYS, role_key: KEYS.role_key.trim() }));
		expect(contentsOf(KEYS)).to.not.equal(contentsOf({ ...KEYS, home_key: 'x' }));
	});
});
