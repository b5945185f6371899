import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { look } from './acting-town.ts';
import type { Mutation } from './mutants.ts';

const CHILD = fileURLToPath(new URL('mutant-child.ts', import.meta.url));
const SERVICES = fileURLToPath(new URL('../src/services', import.meta.url));

/** With those of its rooms, as `room/file.ts`. */
const FILES = readdirSync(SERVICES, { recursive: true, encoding: 'utf8' }).filter((file) =>
	file.endsWith('.ts'),
);

/** Every call in the branch that leads to an entry of the log: a statement that calls what is named `record…`. */
function calls(): (Mutation & { readonly name: string })[] {
	return FILES.flatMap((file) =>
		readFileSync(join(SERVICES, file), 'utf8')
			.split('\n')
			.flatMap((line) => {
				const name = /^\t+(record\w*)\(/.exec(line)?.[1];
				const replace = line.replace(`${name}(`, 'void (');
				return name ? [{ name, file: `branch/src/services/${file}`, find: line, replace }] : [];
			}),
	);
}

async function foundWithout(mutation: Mutation): Promise<string[]> {
	const words = [
		'--disable-warning=ExperimentalWarning',
		CHILD,
		JSON.stringify([mutation]),
		'./acting-town.ts',
	];
	const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 60_000 });
	return JSON.parse(stdout) as string[];
}

describe('what a branch does and the log', () => {
	it('has an entry for everything, none for what was not done, and sums that add up', async () => {
		expect(await look()).to.deep.equal([]);
	});

	it('has one door into the chain', () => {
		const adding = FILES.filter((file) => /\baddEntry\(/.test(readFileSync(join(SERVICES, file), 'utf8')));
		expect(adding).to.deep.equal(['recording.ts']);
	});

	it('knows every kind of entry that a branch writes', () => {
		const kinds = calls().filter(({ name }) => name === 'record');
		expect(kinds.map(({ file }) => file.split('/').at(-1)).sort()).to.deep.equal([
			'appealing.ts',
			'auditing.ts',
			'concluding.ts',
			'contacts-recorded.ts',
			'deciding.ts',
			'imposing.ts',
			'making-public.ts',
			'reversing.ts',
			'rules-in-force.ts',
			'servers.ts',
			'totals.ts',
		]);
	});

	for (const { name, ...mutation } of calls()) {
		it(`is missed at once when ${mutation.file.split('/').at(-1)} does not call ${name}`, async () => {
			expect(await foundWithout(mutation)).not.to.deep.equal([]);
		});
	}
});
