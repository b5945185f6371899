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

/** The kind of entry that each file writes, and that each of what the worker calls does. */
const KINDS: Readonly<Record<string, string>> = {
	'appealing.ts': 'appeal',
	'auditing.ts': 'audit',
	'concluding.ts': 'appeal_outcome',
	'contacts-recorded.ts': 'contacts',
	'deciding.ts': 'decision',
	'imposing.ts': 'federation',
	'making-public.ts': 'unsealing',
	'official-requests.ts': 'official_request',
	'reversing.ts': 'reversal',
	'rules-in-force.ts': 'policy',
	'saying.ts': 'federation',
	'servers.ts': 'federation',
	'totals.ts': 'month',
	recordContacts: 'contacts',
	recordRulesInForce: 'policy',
	recordTotals: 'month',
};

type Call = ReturnType<typeof calls>[number];

/** Undefined for a call that nobody named above. */
function kindOf({ file, name }: Call): string | undefined {
	return KINDS[file.split('/').at(-1)!] ?? KINDS[name];
}

/**
 * One call of a kind to a town: what is not written then is missed under its own kind, whatever else was taken out of the same town. Most of what people do follows from a
 * decision, so its calls have towns of their own.
 */
function towns(): Call[][] {
	const found: Call[][] = [];
	for (const call of calls()) {
		const kind = kindOf(call);
		const apart = (one: Call) => kind === 'decision' || ['decision', kind].includes(kindOf(one));
		const town = found.find((others) => !others.some(apart));
		if (town) town.push(call);
		else found.push([call]);
	}
	return found;
}

/** A town takes a few seconds of a processor, and much longer where many ask for one. */
const PATIENCE = 300_000;

async function foundWithout(mutations: readonly Mutation[]): Promise<string[]> {
	const words = [
		'--disable-warning=ExperimentalWarning',
		CHILD,
		JSON.stringify(mutations),
		'./acting-town.ts',
	];
	const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: PATIENCE });
	return JSON.parse(stdout) as string[];
}

describe('what a branch does and the log', function () {
	this.timeout(2 * PATIENCE);

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
			'official-requests.ts',
			'reversing.ts',
			'rules-in-force.ts',
			'saying.ts',
			'servers.ts',
			'totals.ts',
		]);
	});

	describe('when a call is taken out', () => {
		const all = towns();
		let found: Promise<string[]>[];
		before(() => {
			found = all.map((town) => foundWithout(town.map(({ name: _, ...mutation }) => mutation)));
			for (const answer of found) answer.catch(() => undefined);
		});
		for (const [at, town] of all.entries()) {
			for (const call of town) {
				const { name, file } = call;
				it(`is missed at once: ${file.split('/').at(-1)} calls ${name}`, async () => {
					const missed = (await found[at]!).map((fault) => fault.split(':')[0]);
					expect(missed).to.include(kindOf(call));
				});
			}
		}
	});
});
