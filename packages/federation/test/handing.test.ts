import { expect } from 'chai';
import type { Hand, Handed, LocalActor } from '../src/ports.ts';
import { type MemoryBranch, startBranch } from './memory-branch.ts';

describe('handing a post to many branches of one home', () => {
	let a: MemoryBranch;
	let b: MemoryBranch;
	let ada: LocalActor;
	let cleaned: string[];
	beforeEach(async () => {
		[a, b] = await Promise.all([startBranch('albina'), startBranch('belmont')]);
		for (const branch of [a, b]) branch.settings.neighbors = new Set([a.origin, b.origin]);
		ada = a.person('1', 'ada');
		cleaned = [];
		Object.assign(a.ports, {
			clean: async (html: string) => {
				cleaned.push(html);
				return html;
			},
		});
	});
	afterEach(() => Promise.all([a, b].map((each) => each.close())));

	async function handed(hand: Hand, body: string | null, to = b.origin): Promise<Handed> {
		const made = await hand({ body: body!, sender: '1', inbox: `${to}/ap/inbox` }, 'albina');
		if ('outcome' in made) throw new Error(made.outcome);
		return made;
	}

	it('reads and cleans its text once, and nobody can change what the next one gets', async () => {
		const hand = a.federation.handing();
		const body = await a.federation.createFor(a.write(ada, '9', 'public'), a.server(b.origin));
		const meanings: unknown[] = [];
		for (const to of [b.origin, 'http://c.test.localhost', 'http://d.test.localhost']) {
			const one = await handed(hand, body, to);
			expect(one.envelope()).to.include({ type: 'Create', actor: `${a.origin}/ap/users/1` });
			meanings.push(await one.meaningAt(to));
		}
		expect(cleaned).to.have.length(1);
		expect(new Set(meanings)).to.have.length(1);
		expect(() => Object.assign(meanings[0]!, { type: 'delete' })).to.throw(TypeError);
	});

	it('and what means something else where it is read is read there', async () => {
		const hand = a.federation.handing();
		const body = await a.federation.followOf('7', ada, `${b.origin}/ap/users/2`);
		const one = await handed(hand, body);
		expect(await one.meaningAt('http://c.test.localhost')).to.equal(null);
		expect(await one.meaningAt(b.origin)).to.include({ type: 'follow' });
		expect(await one.meaningAt('http://c.test.localhost')).to.equal(null);
	});

	it('a vote is one only for the branch whose question it answers', async () => {
		const hand = a.federation.handing();
		const poll = `${b.origin}/ap/users/2/statuses/8`;
		const vote = { poll, author: `${b.origin}/ap/users/2`, choice: 'Plums' };
		const one = await handed(hand, await a.federation.voteOf(`${a.origin}/ap/users/1#votes/7`, ada, vote));
		expect(await one.meaningAt('http://c.test.localhost')).to.equal(null);
		expect(await one.meaningAt(b.origin)).to.include({ type: 'vote', choice: 'Plums' });
	});

	it('what speaks for somebody else is refused wherever it goes', async () => {
		const hand = a.federation.handing();
		const undo = {
			'@context': 'https://www.w3.org/ns/activitystreams',
			id: `${a.origin}/ap/users/1#undo`,
			type: 'Undo',
			actor: `${a.origin}/ap/users/1`,
			object: { type: 'Like', id: `${a.origin}/l`, actor: `${a.origin}/ap/users/9`, object: `${b.origin}/8` },
		};
		const one = await handed(hand, JSON.stringify(undo));
		for (const to of [b.origin, 'http://c.test.localhost']) {
			const refusal = await one.meaningAt(to).catch((error: unknown) => error);
			expect(refusal, to).to.include({ code: 'speaks_for_another' });
		}
	});

	it('who somebody is now is read anew each time something is handed over', async () => {
		const nameIn = async () => {
			const body = await a.federation.createFor(a.write(ada, '9', 'public'), a.server(b.origin));
			const meaning = await (await handed(a.federation.handing(), body)).meaningAt(b.origin);
			return (meaning as unknown as { actor: { displayName: string } }).actor.displayName;
		};
		expect(await nameIn()).to.equal('ada');
		Object.assign(ada, { displayName: 'Ada of the garden' });
		expect(await nameIn()).to.equal('Ada of the garden');
	});

	it('what is for neighbors is not handed to anybody else, whatever the text was made for', async () => {
		const hand = a.federation.handing();
		const body = await a.federation.createFor(a.write(ada, '9', 'neighborhood'), a.server(b.origin));
		expect(
			await hand({ body: body!, sender: '1', inbox: `${b.origin}/ap/inbox` }, 'albina'),
		).to.have.property('proof');
		expect(
			await hand({ body: body!, sender: '1', inbox: 'http://c.test.localhost/ap/inbox' }, 'albina'),
		).to.include({ outcome: 'refused' });
	});

	it('somebody who is not here any more hands nothing over', async () => {
		const body = await a.federation.createFor(a.write(ada, '9', 'public'), a.server(b.origin));
		const asked = { body: body!, sender: '5', inbox: `${b.origin}/ap/inbox` };
		expect(await a.federation.handing()(asked, 'albina')).to.include({ outcome: 'refused' });
	});
});
