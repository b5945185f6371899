import type { SignedRoster } from '@understory/core/register.ts';
import { audienceOf, mayReceive } from '@understory/core/scope.ts';
import { expect } from 'chai';
import { createTrust } from '../src/trust.ts';
import { branch, NOW, roster } from './neighborhood.ts';

const a = branch('albina');
const b = branch('belmont');
const c = branch('capitol-hill');

function trust(rosters: readonly SignedRoster[], setAside: readonly string[] = [], now = () => NOW) {
	return createTrust({ self: a.origin, rosters, setAside: new Set(setAside), now });
}

describe('effective trust', () => {
	it('two branches on one roster are neighbors, each of the other', () => {
		const both = trust([roster([a.member, b.member]).first]);
		expect([...both.neighborsOf(a.origin)]).to.have.members([a.origin, b.origin]);
		expect([...both.neighborsOf(b.origin)]).to.have.members([a.origin, b.origin]);
	});

	it('is not passed on from roster to roster', () => {
		const rosters = [roster([a.member, b.member]).first, roster([b.member, c.member]).first];
		expect([...trust(rosters).neighborsOf(a.origin)]).to.have.members([a.origin, b.origin]);
		expect([...trust(rosters).neighborsOf(b.origin)]).to.have.members([a.origin, b.origin, c.origin]);
	});

	it('a branch on no roster has itself, and a stranger nobody', () => {
		expect([...trust([]).neighborsOf(a.origin)]).to.deep.equal([a.origin]);
		expect([...trust([]).neighborsOf('https://evil.example')]).to.deep.equal([]);
	});

	it('who is set aside is nobody’s neighbor and has none', () => {
		const without = trust([roster([a.member, b.member, c.member]).first], [b.origin]);
		expect([...without.neighborsOf(a.origin)]).to.have.members([a.origin, c.origin]);
		expect([...without.neighborsOf(b.origin)]).to.deep.equal([]);
	});

	it('ends the moment the roster expires, without being made again', () => {
		let now = NOW;
		const ending = trust([roster([a.member, b.member], { expires: NOW + 10 }).first], [], () => now);
		expect(ending.neighborsOf(a.origin).has(b.origin)).to.equal(true);
		now += 10;
		expect(ending.neighborsOf(a.origin).has(b.origin)).to.equal(false);
	});

	it('does not believe a roster about a member who did not agree', () => {
		const forged = roster([a.member, { ...b.member, consent: c.consent }]).first;
		expect([...trust([forged]).neighborsOf(a.origin)]).to.deep.equal([a.origin]);
		expect([...trust([forged]).neighborsOf(b.origin)]).to.deep.equal([]);
	});

	it('lets a neighborhood post reach neighbors and nobody else', () => {
		const post = audienceOf('neighborhood', { origin: a.origin, author: `${a.origin}/ap/users/1` });
		const server = (origin: string) => ({ kind: 'server' as const, origin, hasFollowerOf: () => true });
		const both = trust([roster([a.member, b.member]).first]);
		expect(mayReceive(post, server(b.origin), both).allowed).to.equal(true);
		expect(mayReceive(post, server(c.origin), both)).to.deep.equal({
			allowed: false,
			reason: 'not_a_neighbor',
		});
	});
});
