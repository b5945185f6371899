import {
	type Audience,
	audienceOf,
	isWithin,
	mayReceive,
	meet,
	originOf,
	type Reader,
	repliesTo,
	SCOPES,
	type Scope,
	scopeOf,
	type Trust,
	toScope,
} from '@understory/core/scope.ts';
import { expect } from 'chai';
import { seededRandom } from '../../../test/seeded-random.ts';

const belmont = 'http://belmont.multnomah.localhost:4000';
const kenton = 'http://kenton.multnomah.localhost:4000';
const salem = 'http://salem.elsewhere.localhost:4000';
const pilar = `${belmont}/ap/users/1`;
const gus = `${belmont}/ap/users/2`;
const teo = `${kenton}/ap/users/3`;
const wendell = `${salem}/ap/users/4`;

const trust: Trust = {
	neighborsOf: (origin) => new Set(origin === belmont || origin === kenton ? [belmont, kenton] : [origin]),
};
const person = (actor: string, follows: string[] = []): Reader => ({
	kind: 'person',
	actor,
	origin: originOf(actor),
	follows: (other) => follows.includes(other),
});
const server = (origin: string, followersOf: string[] = []): Reader => ({
	kind: 'server',
	origin,
	hasFollowerOf: (actor) => followersOf.includes(actor),
});
const nobody: Reader = { kind: 'nobody' };
const by = { origin: belmont, author: pilar, people: [teo] };
const of = (scope: Scope): Audience => audienceOf(scope, by);

describe('scope', () => {
	const table: [string, Reader, Scope[]][] = [
		['nobody', nobody, ['public']],
		['the author', person(pilar), ['branch', 'neighborhood', 'public', 'followers', 'direct']],
		['somebody else of the branch', person(gus), ['branch', 'neighborhood', 'public']],
		['a follower of the branch', person(gus, [pilar]), ['branch', 'neighborhood', 'public', 'followers']],
		['a neighbor who is named', person(teo), ['neighborhood', 'public', 'direct']],
		['a neighbor who follows', person(teo, [pilar]), ['neighborhood', 'public', 'followers', 'direct']],
		['a stranger', person(wendell), ['public']],
		['a stranger who follows', person(wendell, [pilar]), ['public', 'followers']],
		["the branch's own server", server(belmont), ['neighborhood', 'public', 'followers', 'direct']],
		["a neighbor's server", server(kenton), ['neighborhood', 'public', 'direct']],
		["a stranger's server", server(salem), ['public']],
		["a stranger's server with a follower", server(salem, [pilar]), ['public', 'followers']],
	];
	for (const [who, reader, readable] of table) {
		it(`${who} may receive exactly: ${readable.join(', ')}`, () => {
			expect(SCOPES.filter((scope) => mayReceive(of(scope), reader, trust).allowed)).to.have.members(
				readable,
			);
		});
	}

	it('a branch post is handed to no server, not even its own', () => {
		for (const origin of [belmont, kenton, salem]) {
			expect(mayReceive(of('branch'), server(origin, [pilar]), trust).reason).to.equal('outside_the_branch');
		}
	});

	it('an unknown scope means branch', () => {
		for (const word of ['everyone', '', null, 7, 'Public', 'unlisted'])
			expect(toScope(word)).to.equal('branch');
	});

	it('an audience that lost its walls, or has a reach nobody knows, is for nobody', () => {
		const lost: Audience = { ...of('branch'), walls: [] };
		const strange = { ...of('branch'), reach: 'galaxy' } as unknown as Audience;
		for (const audience of [lost, strange, { ...of('neighborhood'), walls: [] }]) {
			for (const reader of [nobody, person(pilar), server(belmont)]) {
				expect(mayReceive(audience, reader, trust).allowed).to.equal(false);
			}
		}
	});

	it('an unlisted post is readable by everyone and on no board', () => {
		const unlisted = audienceOf('public', { ...by, listed: false });
		expect(unlisted.listed).to.equal(false);
		expect(mayReceive(unlisted, nobody, trust).allowed).to.equal(true);
	});

	it('an id that is not an address belongs to no origin', () => {
		expect(originOf('not an address')).to.equal('');
		expect(
			mayReceive(audienceOf('direct', { ...by, people: ['nonsense'] }), server(''), trust).allowed,
		).to.equal(false);
	});
});

describe('the meet of two audiences', () => {
	const readers = [
		nobody,
		person(pilar),
		person(gus),
		person(gus, [pilar]),
		person(teo),
		person(teo, [pilar, gus]),
		person(wendell, [pilar, teo]),
		server(kenton, [pilar]),
		server(salem, [pilar, teo]),
	];
	const audiences = [pilar, teo].flatMap((author) =>
		SCOPES.map((scope) => audienceOf(scope, { origin: originOf(author), author, people: [gus] })),
	);

	it('is never wider than either, for every pair of scopes and every reader', () => {
		for (const a of audiences) {
			for (const b of audiences) {
				for (const reader of readers) {
					if (mayReceive(meet(a, b), reader, trust).allowed) {
						expect(mayReceive(a, reader, trust).allowed, `${scopeOf(a)} meets ${scopeOf(b)}`).to.equal(true);
						expect(mayReceive(b, reader, trust).allowed, `${scopeOf(a)} meets ${scopeOf(b)}`).to.equal(true);
					}
				}
			}
		}
	});

	it('stands within both, and what stands within another is never read by anybody who may not read that', () => {
		const met = audiences.flatMap((a) => audiences.map((b) => meet(a, b)));
		let within = 0;
		for (const a of audiences) {
			for (const b of audiences) {
				expect(isWithin(a, a, trust)).to.equal(true);
				const both = meet(a, b);
				expect(isWithin(both, a, trust), `${scopeOf(a)} meets ${scopeOf(b)}`).to.equal(true);
			}
			for (const inner of met) {
				if (!isWithin(inner, a, trust)) continue;
				within += 1;
				for (const reader of readers) {
					if (!mayReceive(inner, reader, trust).allowed) continue;
					expect(mayReceive(a, reader, trust).allowed, `${scopeOf(inner)} in ${scopeOf(a)}`).to.equal(true);
				}
			}
		}
		expect(within).to.be.greaterThan(100);
	});

	it('of any two audiences, under any trust, whatever stands within another is read by nobody who may not read that', () => {
		const random = seededRandom(44);
		const origins = [belmont, kenton, salem, 'http://eugene.elsewhere.localhost:4000'];
		const people = origins.flatMap((origin) => [`${origin}/ap/users/1`, `${origin}/ap/users/2`]);
		const some = <T>(all: readonly T[], share: number) => all.filter(() => random() < share);
		const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)]!;
		const audience = (): Audience => ({
			reach: pick(['branch', 'neighborhood', 'public'] as const),
			walls: some(origins, 0.4),
			...(random() < 0.5 ? { near: some(origins, 0.3) } : {}),
			followersOf: some(people, 0.1),
			only: random() < 0.7 ? null : some(people, 0.4),
			listed: true,
		});
		let within = 0;
		let read = 0;
		for (let round = 0; round < 20_000; round += 1) {
			// One way is enough: that a branch trusts another does not mean that it is trusted by it.
			const lanes = new Map(origins.map((one) => [one, new Set([one, ...some(origins, 0.4)])]));
			const anyTrust: Trust = { neighborsOf: (origin) => lanes.get(origin) ?? new Set() };
			const outer = audience();
			const inner = random() < 0.5 ? audience() : meet(audience(), outer);
			if (!isWithin(inner, outer, anyTrust)) continue;
			within += 1;
			const follows = new Set(some(people, 0.5));
			const everybody: Reader[] = [
				nobody,
				...people.map((actor) => person(actor, [...follows])),
				...origins.map((origin) => server(origin, [...follows])),
			];
			for (const reader of everybody) {
				if (!mayReceive(inner, reader, anyTrust).allowed) continue;
				read += 1;
				expect(
					mayReceive(outer, reader, anyTrust).allowed,
					JSON.stringify({ inner, outer, reader, lanes: [...lanes].map(([at, near]) => [at, [...near]]) }),
				).to.equal(true);
			}
		}
		expect(within).to.be.greaterThan(2_000);
		expect(read).to.be.greaterThan(1_000);
	});

	it('a branch stands within the neighborhoods it is part of, and no neighborhood within a branch', () => {
		const near = audienceOf('neighborhood', { origin: kenton, author: teo });
		expect(isWithin(of('branch'), near, trust)).to.equal(true);
		expect(isWithin(audienceOf('branch', { origin: salem, author: wendell }), near, trust)).to.equal(false);
		expect(isWithin(near, of('branch'), trust)).to.equal(false);
		expect(isWithin({ ...of('branch'), walls: [] }, near, trust)).to.equal(false);
		expect(isWithin({ ...of('public'), reach: 'galaxy' } as unknown as Audience, near, trust)).to.equal(
			false,
		);
	});

	it('does not depend on the order, and meeting itself changes nothing', () => {
		for (const a of audiences) {
			expect(meet(a, a)).to.deep.equal(a);
			for (const b of audiences) {
				expect(meet(a, b)).to.deep.equal(meet(b, a));
				for (const c of audiences) expect(meet(meet(a, b), c)).to.deep.equal(meet(a, meet(b, c)));
			}
		}
	});

	it("a reply from a neighbor's branch reaches only those who neighbor both", () => {
		const farm = 'http://farm.localhost:4000';
		const lanes: Trust = {
			neighborsOf: (origin) =>
				new Set({ [belmont]: [belmont, kenton], [kenton]: [belmont, kenton, farm] }[origin] ?? []),
		};
		const reply = meet(of('neighborhood'), audienceOf('neighborhood', { origin: kenton, author: teo }));
		expect(mayReceive(reply, server(belmont), lanes).allowed).to.equal(true);
		expect(mayReceive(reply, server(farm), lanes).reason).to.equal('not_a_neighbor');
	});

	it('of a branch and a neighborhood of another branch is for the people of that branch, while they are neighbors there', () => {
		const answer = meet(of('branch'), audienceOf('neighborhood', { origin: kenton, author: teo }));
		expect(scopeOf(answer)).to.equal('branch');
		for (const reader of [person(pilar), person(gus)])
			expect(mayReceive(answer, reader, trust).allowed).to.equal(true);
		expect(mayReceive(answer, person(teo), trust).reason).to.equal('outside_the_branch');
		for (const origin of [belmont, kenton, salem])
			expect(mayReceive(answer, server(origin), trust).allowed).to.equal(false);
		const apart: Trust = { neighborsOf: (origin) => new Set([origin]) };
		expect(mayReceive(answer, person(pilar), apart).reason).to.equal('not_a_neighbor');
		const unknown: Trust = { neighborsOf: () => new Set() };
		expect(mayReceive(answer, person(pilar), unknown).allowed).to.equal(false);
	});

	it('of a branch and its own neighborhood is the branch, and of two branches is for nobody', () => {
		expect(meet(of('branch'), of('neighborhood'))).to.deep.equal(of('branch'));
		const two = meet(of('branch'), audienceOf('branch', { origin: kenton, author: teo }));
		for (const reader of readers) expect(mayReceive(two, reader, trust).allowed).to.equal(false);
	});

	it('is exactly what both allow, for every person', () => {
		for (const a of audiences) {
			for (const b of audiences) {
				const met = meet(a, b);
				for (const reader of readers.filter(({ kind }) => kind === 'person')) {
					const both = [a, b].every((one) => mayReceive(one, reader, trust).allowed);
					expect(mayReceive(met, reader, trust).allowed, `${scopeOf(a)} meets ${scopeOf(b)}`).to.equal(both);
				}
			}
		}
	});

	it('followers under branch stays followers, inside the branch', () => {
		const both = meet(of('followers'), of('branch'));
		expect(scopeOf(both)).to.equal('followers');
		expect(mayReceive(both, person(gus, [pilar]), trust).allowed).to.equal(true);
		expect(mayReceive(both, person(gus), trust).reason).to.equal('not_a_follower');
		expect(mayReceive(both, person(teo, [pilar]), trust).reason).to.equal('outside_the_branch');
	});

	it('a reply is never offered a wider scope than its parent has', () => {
		expect(repliesTo(of('branch'))).to.deep.equal(['branch', 'followers', 'direct']);
		expect(repliesTo(of('neighborhood'))).to.deep.equal(['branch', 'neighborhood', 'followers', 'direct']);
		expect(repliesTo(of('public'))).to.deep.equal([
			'branch',
			'neighborhood',
			'public',
			'followers',
			'direct',
		]);
		expect(repliesTo(of('direct'))).to.deep.equal(['direct']);
		expect(repliesTo(meet(of('followers'), of('neighborhood')))).to.deep.equal(['followers', 'direct']);
	});
});
