import { expect } from 'chai';
import { knowRemote } from '../src/services/known-remote.ts';
import { type Bed, createBed } from './bed.ts';

describe('the name of somebody elsewhere', () => {
	let bed: Bed;
	before(async () => {
		bed = await createBed();
	});
	after(() => bed.close());

	const nameKept = (displayName: string, n: number) => {
		const id = `https://far.example/u/${n}`;
		const nothing = { sharedInbox: null, url: null, followers: null, featured: null };
		const actor = { id, handle: 'mara', host: 'far.example', displayName, inbox: `${id}/inbox`, ...nothing };
		const ids = { next: () => n, random: () => 'x' };
		const { store } = bed.branch('north');
		return store.transact((writing) => knowRemote({ ids, clock: bed.clock }, writing, actor)).name;
	};

	it('is one clean line of at most a hundred characters, or the handle when nothing is left', () => {
		expect(nameKept('Ma\u202era\u0000\n\nPerson', 1)).to.equal('Mara Person');
		expect(nameKept('x'.repeat(500), 2)).to.have.length(100);
		expect(nameKept('\u202e \u0007', 3)).to.equal('mara');
	});
});
