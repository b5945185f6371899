import type { OpenBranch } from '@understory/branch/open-branch.ts';
import type { Street } from '@understory/branch/street.ts';
import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import type { Registry } from '../src/registry.ts';
import { createStreet } from '../src/street.ts';

type Handed = Parameters<Street['hand']>[1];
const originOf = (branch: string) => `http://${branch}.lib.localhost:4000`;

describe('the short way inside a home', () => {
	function bed() {
		const taken: string[] = [];
		const synced: string[] = [];
		const openings = new Map([['south', 'first opening']]);
		const ids = ['north', 'south', 'west'];
		const found = (id: string | undefined) =>
			id && ids.includes(id) ? { branch: { id, origin: originOf(id) } } : undefined;
		const registry = {
			byId: found,
			byHost: (host: string) => found(host.split('.')[0]),
		} as unknown as Registry;
		const street = createStreet({
			registry,
			pool: {
				isOpen: (branch) => openings.has(branch),
				async hold(branch) {
					if (!openings.has(branch)) openings.set(branch, `opening of ${branch}`);
					const open = {
						opening: openings.get(branch),
						takeIn: async ({ body }: Handed) => void taken.push(`${branch}: ${body}`),
						sync: () => void synced.push(branch),
					};
					return { open: open as unknown as OpenBranch, release: () => undefined };
				},
			},
		});
		return { street, taken, synced, openings };
	}
	const handed = (branch: string, origin: string): Handed => ({
		body: 'text',
		proof: { kind: 'sameHome', branch, actor: `${origin}/ap/users/1`, origin },
		envelope: () => {
			throw new Error('The home does not read what it passes on.');
		},
		meaningAt: async () => null,
	});
	const refusal = async (act: Promise<unknown>) => {
		const error = await act.catch((thrown: unknown) => thrown);
		return error instanceof PublicError ? error.status : null;
	};

	it('knows who is here, and leads nowhere else, not even to another port or scheme', () => {
		const { street } = bed();
		expect(street.standing(originOf('south'))).to.equal('open');
		expect(street.standing(originOf('west'))).to.equal('closed');
		for (const origin of ['http://far.example', 'https://south.lib.localhost:4000']) {
			expect(street.standing(origin), origin).to.equal(null);
		}
	});

	it('opens a closed branch for what comes', async () => {
		const { street, taken } = bed();
		expect(await street.hand(originOf('west'), handed('north', originOf('north')))).to.equal(
			'opening of west',
		);
		expect(taken).to.deep.equal(['west: text']);
	});

	it('refuses what is not by the branch it names, or by none of this home', async () => {
		const { street, taken } = bed();
		const to = originOf('south');
		expect(await refusal(street.hand(to, handed('north', originOf('west'))))).to.equal(403);
		expect(await refusal(street.hand(to, handed('far', 'http://far.example')))).to.equal(403);
		expect(await refusal(street.hand('http://far.example', handed('north', originOf('north'))))).to.equal(
			404,
		);
		expect(taken).to.deep.equal([]);
	});

	it('says that something is safe when this opening has synced, or ended well, and otherwise that it does not know', async () => {
		const { street, synced, openings } = bed();
		const south = originOf('south');
		expect(await street.confirm(south, 'first opening')).to.equal(true);
		expect(synced).to.deep.equal(['south']);
		openings.set('south', 'second opening');
		expect(await street.confirm(south, 'first opening')).to.equal(false);
		street.closed('first opening');
		expect(await street.confirm(south, 'first opening')).to.equal(true);
		openings.delete('south');
		expect(await street.confirm(south, 'second opening')).to.equal(false);
	});
});
