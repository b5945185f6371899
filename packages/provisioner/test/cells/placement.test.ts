import { expect } from 'chai';
import { type CellRoom, placeIn } from '../../src/cells/placement.ts';

const cell = (name: string, more: Partial<CellRoom> = {}): CellRoom => ({
	name,
	takes: 'any',
	libraries: [],
	most_homes: null,
	most_branches: null,
	homes: 0,
	branches: 0,
	withRoom: null,
	...more,
});
const shared = { library: 'port', housing: 'shared' } as const;
const dedicated = { library: 'port', housing: 'dedicated' } as const;

describe('where a branch is to live', () => {
	it('the first cell that has room takes it', () => {
		expect(placeIn([cell('a'), cell('b')], shared)).to.deep.equal({ cell: 'a', home: null });
	});

	it('a shared home that has room is filled before another one is made', () => {
		const cells = [cell('a', { homes: 1, most_homes: 1, withRoom: 'home-1' }), cell('b')];
		expect(placeIn(cells, shared)).to.deep.equal({ cell: 'a', home: 'home-1' });
	});

	it('a branch that is to have a home to itself is never put into a shared one', () => {
		expect(placeIn([cell('a', { withRoom: 'home-1' })], dedicated)).to.deep.equal({ cell: 'a', home: null });
	});

	it('a cell with as many homes as it may have takes no new one, and the next is used', () => {
		const cells = [cell('a', { homes: 2, most_homes: 2, withRoom: 'home-1' }), cell('b')];
		expect(placeIn(cells, dedicated)).to.deep.equal({ cell: 'b', home: null });
	});

	it('a cell with as many branches as it may have takes none, also where a home has room', () => {
		const cells = [cell('a', { branches: 9, most_branches: 9, withRoom: 'home-1' }), cell('b')];
		expect(placeIn(cells, shared)).to.deep.equal({ cell: 'b', home: null });
	});

	it('when all are full each says how full it is', () => {
		const cells = [
			cell('a', { homes: 2, most_homes: 2 }),
			cell('b', { branches: 9, most_branches: 8, homes: 1 }),
		];
		expect(placeIn(cells, shared)).to.deep.equal({
			cell: null,
			why: 'No cell has room for this branch. a holds 2 of 2 homes. b holds 9 of 8 branches. Add a cell, or raise a limit.',
		});
	});

	it('a cell for one kind of home takes no other', () => {
		const cells = [cell('a', { takes: 'dedicated' }), cell('b', { takes: 'shared' })];
		expect(placeIn(cells, shared).cell).to.equal('b');
		expect(placeIn(cells, dedicated).cell).to.equal('a');
	});

	it('a library that a cell names lives there and nowhere else, also when that is full', () => {
		const theirs = cell('b', { libraries: ['port'], homes: 1, most_homes: 1 });
		expect(placeIn([cell('a'), { ...theirs, most_homes: 2 }], shared).cell).to.equal('b');
		expect(placeIn([cell('a'), theirs], shared)).to.deep.include({ cell: null });
	});

	it('nobody else lives in a cell that names libraries', () => {
		const cells = [cell('a', { libraries: ['multnomah'] }), cell('b')];
		expect(placeIn(cells, shared).cell).to.equal('b');
		expect(placeIn([cells[0]!], shared)).to.deep.equal({
			cell: null,
			why: 'No cell takes shared homes of this library. Add one, or change one.',
		});
	});

	it('a cell that is being emptied takes nobody, also where a home has room', () => {
		const cells = [cell('a', { takes: 'none', homes: 1, withRoom: 'home-1' }), cell('b')];
		expect(placeIn(cells, shared)).to.deep.equal({ cell: 'b', home: null });
	});

	it('whoever is to go to one cell goes there or nowhere, and only where their library may live', () => {
		const cells = [cell('a'), cell('b', { homes: 1, withRoom: 'home-1' }), cell('c', { libraries: ['x'] })];
		expect(placeIn(cells, shared, 'b')).to.deep.equal({ cell: 'b', home: 'home-1' });
		expect(placeIn(cells, shared, 'c')).to.deep.equal({
			cell: null,
			why: 'The cell c takes no shared homes of this library.',
		});
	});

	it('never fills a cell over its measure, whatever comes', () => {
		let state = 7;
		const next = (below: number) => {
			state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
			return state % below;
		};
		for (let round = 0; round < 50; round += 1) {
			const cells = Array.from({ length: 1 + next(4) }, (_, at) => ({
				...cell(`cell-${at}`),
				takes: (['any', 'shared', 'dedicated'] as const)[next(3)]!,
				most_homes: next(5),
				most_branches: next(12),
				inHomes: [] as { name: string; branches: number; kind: string }[],
			}));
			const rooms = () =>
				cells.map(({ inHomes, ...one }) => ({
					...one,
					homes: inHomes.length,
					branches: inHomes.reduce((sum, { branches }) => sum + branches, 0),
					withRoom: inHomes.find(({ kind, branches }) => kind === 'shared' && branches < 3)?.name ?? null,
				}));
			for (let branch = 0; branch < 40; branch += 1) {
				const housing = next(3) === 0 ? 'dedicated' : 'shared';
				const placed = placeIn(rooms(), { library: 'port', housing });
				if (placed.cell === null) continue;
				const into = cells.find(({ name }) => name === placed.cell)!;
				const home = into.inHomes.find(({ name }) => name === placed.home);
				if (home) home.branches += 1;
				else into.inHomes.push({ name: `${round}-${branch}`, branches: 1, kind: housing });
			}
			for (const { homes, branches, most_homes, most_branches } of rooms()) {
				expect(homes).to.be.at.most(most_homes!);
				expect(branches).to.be.at.most(most_branches!);
			}
		}
	});
});
