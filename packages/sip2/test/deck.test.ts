import { expect } from 'chai';
import { type DemoPatron, demoDeck } from '../src/deck.ts';

describe('the demonstration deck', () => {
	it('has who the town needs: six good adults, a child, a teen, an expired, a blocked and a lost card, four hosts', () => {
		const deck = demoDeck('multnomah');
		const count = (test: (patron: DemoPatron) => boolean) => deck.filter(test).length;
		expect(count((p) => p.role === 'patron' && p.state === 'good' && p.kind === 'adult')).to.be.at.least(6);
		expect(count((p) => p.role === 'host' && p.state === 'good')).to.equal(4);
		for (const state of ['expired', 'blocked', 'lost']) expect(count((p) => p.state === state)).to.equal(1);
		expect(count((p) => p.kind === 'teen')).to.equal(1);
		expect(count((p) => p.kind === 'child')).to.equal(1);
	});

	it('has 14 digits on each card, the same at each start, and none in common with another library', () => {
		const [one, again, other] = ['multnomah', 'multnomah', 'kcls'].map((library) => demoDeck(library));
		expect(one).to.deep.equal(again);
		for (const { card, pin } of one!) {
			expect(card).to.match(/^2\d{13}$/);
			expect(pin).to.match(/^\d{4}$/);
		}
		expect(new Set([...one!, ...other!].map(({ card }) => card)).size).to.equal(one!.length * 2);
	});
});
