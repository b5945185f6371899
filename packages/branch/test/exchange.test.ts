import { expect } from 'chai';
import { exchange } from './exchange.ts';

describe('between branches', () => {
	let http: Awaited<ReturnType<typeof exchange>>;

	it('over signed HTTP everything comes to where it should, and the rest is refused', async () => {
		http = await exchange('http');
		expect(http.statuses).to.deep.equal({
			'a copy twice': 202,
			'to the neighbors, by no neighbor': 403,
			'to our own neighbors': 403,
			'neighbors and everyone': 403,
			'by a stranger': 202,
			'to a closed branch': 503,
			'in the name of another': 401,
			'of another server': 401,
			'somebody else’s post': 403,
			'to itself': 403,
			'no actor': 400,
			'a follow of nobody': 404,
			'a follow by a stranger': 403,
			'an answer nobody asked for': 202,
			'a Delete of somebody else’s post': 403,
			'a kind we do not know': 202,
			'to a quiet branch': 202,
			'to a branch not open yet': 503,
		});
	});

	it('the short way inside one home gives the same answers and leaves the same rows', async () => {
		expect(await exchange('short')).to.deep.equal(http);
	});
});
