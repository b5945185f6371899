import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { CALLERS, type Mutation, QUOTE_SERIALIZER, SERIALIZER } from './mutants.ts';

const CHILD = fileURLToPath(new URL('mutant-child.ts', import.meta.url));

/** What a town leaks with these checks taken out. */
async function leaksOf(mutations: readonly Mutation[]): Promise<string[]> {
	const { stdout } = await promisify(execFile)(
		process.execPath,
		['--disable-warning=ExperimentalWarning', CHILD, JSON.stringify(mutations), './mutant-town.ts'],
		{ timeout: 60_000 },
	);
	return JSON.parse(stdout) as string[];
}

describe('when somebody forgets to ask about scope', () => {
	for (const [caller, mutations] of Object.entries(CALLERS)) {
		it(`in ${caller}, the serializer still refuses`, async () => {
			expect(await leaksOf(mutations)).to.deep.equal([]);
		});
	}

	it('and without the serializer too, this test would see it', async () => {
		const outbox = CALLERS['the outbox that picks who is sent a post']!;
		const leaks = await leaksOf([...outbox, SERIALIZER]);
		expect(leaks).to.include('branch sent to south').and.to.include('branch sent to east');
		const collection = await leaksOf([...CALLERS['the outbox collection of an actor']!, SERIALIZER]);
		expect(collection).to.include('branch shown to nobody in the outbox');
		const quoting = await leaksOf([...CALLERS['whether a post may be quoted']!, QUOTE_SERIALIZER]);
		expect(quoting).to.include('branch sent to south');
	});
});
