import { expect } from 'chai';
import { digestOf, readSynchronization, synchronizationHeader } from '../src/wire/synchronization.ts';

describe('the sum of a set of followers', () => {
	it('is the one of FEP-8fcf, in any order and however often somebody is named', () => {
		const one = 'https://testing.example.org/users/1';
		const two = 'https://testing.example.org/users/2';
		const sum = 'c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f';
		expect(digestOf([one, two])).to.equal(sum);
		expect(digestOf([two, one, two])).to.equal(sum);
		expect(digestOf([])).to.equal('0'.repeat(64));
	});

	it('a header is read as it was written, and one that says things twice or not at all is not read', () => {
		const said = {
			collection: 'https://a.example/users/1/followers',
			url: 'https://a.example/users/1/sync?for=b',
			digest: 'ab'.repeat(32),
		};
		const header = synchronizationHeader(said);
		expect(readSynchronization(header)).to.deep.equal(said);
		for (const wrong of [
			undefined,
			'',
			'digest="00"',
			`${header}, url="https://b.example/"`,
			header.replace('ab', 'xy'),
			`${header},`,
		]) {
			expect(readSynchronization(wrong), String(wrong)).to.equal(null);
		}
	});
});
