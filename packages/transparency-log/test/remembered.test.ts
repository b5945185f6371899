import { expect } from 'chai';
import { generateKey, signBytes, verifyBytes } from '../src/keys.ts';
import { rememberVerified, type VerifyBytes } from '../src/remembered.ts';

describe('signatures that are remembered', () => {
	const key = generateKey();
	const bytes = Buffer.from('We stand here.');
	const signature = signBytes(key, bytes);
	let verified = 0;
	const counted: VerifyBytes = (...asked) => {
		verified += 1;
		return verifyBytes(...asked);
	};
	beforeEach(() => {
		verified = 0;
	});

	it('are verified once, whoever asks', () => {
		const verify = rememberVerified(10, counted);
		for (let time = 0; time < 3; time += 1) expect(verify({ ...key }, bytes, signature)).to.equal(true);
		expect(verified).to.equal(1);
	});

	it('hold for these bytes, this key and this signature alone', () => {
		const verify = rememberVerified(10, counted);
		verify(key, bytes, signature);
		const other = generateKey();
		const changed = Buffer.from(signature);
		changed[10]! ^= 1;
		expect(verify(key, Buffer.from('We stand there.'), signature)).to.equal(false);
		expect(verify(other, bytes, signature)).to.equal(false);
		expect(verify({ ...key, id: other.id }, bytes, signature)).to.equal(false);
		expect(verify({ ...key, publicKey: other.publicKey }, bytes, signature)).to.equal(false);
		expect(verify(key, bytes, changed)).to.equal(false);
	});

	it('are no others when what belongs to one part is moved into the next', () => {
		const verify = rememberVerified(10, () => true);
		const never = rememberVerified(10, counted);
		verify(key, bytes, signature);
		for (const length of [0, 63, 65]) {
			const moved = Buffer.concat([signature, bytes]);
			expect(verify(key, moved.subarray(length), moved.subarray(0, length)), `${length}`).to.equal(false);
		}
		expect(never({ id: `${key.id}","${key.publicKey}`, publicKey: '' }, bytes, signature)).to.equal(false);
	});

	it('are not remembered when they do not hold', () => {
		const verify = rememberVerified(10, counted);
		const wrong = signBytes(generateKey(), bytes);
		for (let time = 0; time < 2; time += 1) expect(verify(key, bytes, wrong)).to.equal(false);
		expect(verified).to.equal(2);
	});

	it('make room, the oldest first', () => {
		const verify = rememberVerified(2, counted);
		const texts = ['one', 'two', 'three'].map((text) => Buffer.from(text));
		for (const text of texts) verify(key, text, signBytes(key, text));
		verify(key, texts[2]!, signBytes(key, texts[2]!));
		verify(key, texts[1]!, signBytes(key, texts[1]!));
		expect(verified).to.equal(3);
		verify(key, texts[0]!, signBytes(key, texts[0]!));
		expect(verified).to.equal(4);
	});
});
