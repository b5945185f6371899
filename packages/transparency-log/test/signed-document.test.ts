import { expect } from 'chai';
import { canonicalize } from '../src/jcs.ts';
import { generateKey } from '../src/keys.ts';
import { digestDocument, digestText, signDocument, verifyDocument } from '../src/signed-document.ts';

describe('signed documents', () => {
	const key = generateKey();
	const document = signDocument({ type: 'test/v1', list: [1, 'ä', null], nothing: undefined }, key);

	it('verify after a journey as JSON, whatever the order of their members', () => {
		const travelled = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
		const shuffled = Object.fromEntries(Object.entries(travelled).reverse());
		expect(verifyDocument(shuffled, [key])).to.equal(true);
		expect(digestDocument(shuffled)).to.equal(digestDocument(document));
	});

	it('do not verify when anything is changed, added or taken away', () => {
		expect(verifyDocument({ ...document, list: [2, 'ä', null] }, [key])).to.equal(false);
		expect(verifyDocument({ ...document, more: true }, [key])).to.equal(false);
		expect(verifyDocument({ ...document, type: undefined }, [key])).to.equal(false);
		expect(verifyDocument({ ...document, key_id: generateKey().id }, [key])).to.equal(false);
	});

	it('verify only with the key they name', () => {
		const other = generateKey();
		expect(verifyDocument(document, [other])).to.equal(false);
		expect(verifyDocument(document, [])).to.equal(false);
		expect(verifyDocument(document, [other, key])).to.equal(true);
		expect(verifyDocument({ ...signDocument(document, other), key_id: key.id }, [key, other])).to.equal(
			false,
		);
	});

	it('have one spelling of a signature only, so one digest', () => {
		for (const sig of [`${document.sig}=`, `${document.sig}==`, `${document.sig}\n`, ` ${document.sig}`]) {
			expect(verifyDocument({ ...document, sig }, [key]), JSON.stringify(sig)).to.equal(false);
		}
	});

	it('are never found in what is no document', () => {
		for (const value of [
			null,
			undefined,
			'text',
			7,
			[],
			{},
			{ key_id: key.id, sig: 'AA' },
			{ ...document, x: 1.5 },
		]) {
			expect(verifyDocument(value, [key])).to.equal(false);
		}
	});

	it('are digested over their canonical text, signature and all', () => {
		expect(digestDocument(document)).to.equal(digestText(canonicalize(document)));
		expect(digestDocument(document)).to.match(/^sha256:[0-9a-f]{64}$/);
		expect(digestText('')).to.equal(
			'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
		);
	});
});
