import { expect } from 'chai';
import { conceal, disclosureDigest, makeDisclosure, openLeaf, parseDisclosure, reveal } from '../src/sd.ts';

describe('salted disclosures (RFC 9901)', () => {
	it('have the digest of the example of RFC 9901', () => {
		const example = Buffer.from('["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]').toString('base64url');
		expect(example).to.equal('WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0');
		expect(disclosureDigest(example)).to.equal('X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0');
		expect(parseDisclosure(example)).to.include({ name: 'family_name', value: 'Möbius' });
	});

	it('give back what was hidden, and only that', () => {
		const { disclosures, _sd } = conceal({ facts: 'Two posts.', explanation: 'Rule 1.' });
		const texts = reveal(_sd, disclosures)?.map(({ name, value }) => [name, value]);
		expect(texts).to.deep.equal([
			['facts', 'Two posts.'],
			['explanation', 'Rule 1.'],
		]);
		expect(reveal(_sd, [makeDisclosure('facts', 'Three posts.', 'salt')])).to.equal(null);
		expect(reveal(_sd, [disclosures[0]!, disclosures[0]!])).to.equal(null);
		expect(reveal(_sd, ['not a disclosure'])).to.equal(null);
		expect(reveal(_sd, [])).to.deep.equal([]);
	});

	it('open a leaf, or the whole entry that a sealed leaf stands for, and nothing else', () => {
		const { disclosures, _sd } = conceal({ facts: 'Two posts.', text: null });
		const entry = JSON.stringify({ kind: 'decision', _sd });
		const seal = makeDisclosure('entry', entry, 'salt');
		const leaf = JSON.stringify({ _sd: [disclosureDigest(seal)] });
		const values = (found: ReturnType<typeof openLeaf>) => found?.map(({ value }) => value);
		expect(values(openLeaf(entry, disclosures))).to.deep.equal(['Two posts.']);
		expect(values(openLeaf(leaf, [seal, ...disclosures]))).to.deep.equal(['Two posts.']);
		for (const wrong of [
			[makeDisclosure('entry', entry, 'other'), ...disclosures],
			[...disclosures, seal],
			disclosures,
			[seal, makeDisclosure('facts', 'Three posts.', 'salt')],
			[makeDisclosure('entry', 'no entry', 'salt'), ...disclosures],
		]) {
			expect(openLeaf(leaf, wrong)).to.equal(null);
		}
		expect(openLeaf('no leaf', disclosures)).to.equal(null);
		expect(openLeaf('null', [])).to.equal(null);
	});

	it('are as many digests, in sorted order, whether or not a text is there', () => {
		const both = conceal({ facts: 'a', explanation: 'b' });
		const one = conceal({ facts: 'a', explanation: null });
		const none = conceal({ facts: null, explanation: null });
		for (const { _sd } of [both, one, none]) {
			expect(_sd).to.have.length(4);
			expect(_sd).to.deep.equal([..._sd].sort());
			expect(_sd.every((digest) => /^[\w-]{43}$/.test(digest))).to.equal(true);
		}
		expect([both, one, none].map(({ disclosures }) => disclosures.length)).to.deep.equal([2, 1, 0]);
	});

	it('never hide the same text behind the same digest', () => {
		const digests = Array.from({ length: 50 }, () => conceal({ facts: 'a' })._sd).flat();
		expect(new Set(digests).size).to.equal(100);
	});
});
