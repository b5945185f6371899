import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandTable } from '@understory/cli/completion/command-table.ts';
import { offerPlans } from '@understory/cli/dry-run.ts';
import type { Session } from '@understory/cli/parts.ts';
import { createProgram } from '@understory/cli/program.ts';
import { expect } from 'chai';

const DOCS = fileURLToPath(new URL('../../../docs', import.meta.url));

describe('a command that a page names in passing', () => {
	const program = createProgram({ out: () => undefined, say: () => undefined } as unknown as Session);
	offerPlans(program);
	const table = new Map(
		commandTable(program).map(({ path, words }) => [path, words.map(({ word }) => word)]),
	);

	/** What of these words the command does not have. */
	function unknown(named: string): string[] {
		const words = named.split(' ').slice(1);
		let path = '';
		for (const word of words) {
			const next = `${path} ${word}`.trim();
			if (!table.has(next)) break;
			path = next;
		}
		const follows = new Set([...table.get('')!, ...table.get(path)!]);
		const [first] = path === '' ? words : [];
		const options = words.filter((word) => word.startsWith('--') && !follows.has(word));
		return first && !first.startsWith('--') ? [first, ...options] : options;
	}

	it('is one that there is, with the options that there are', () => {
		const pages = readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter(
			(name) => name.endsWith('.md') && !name.startsWith('adr'),
		);
		const named = pages.flatMap((page) =>
			[...readFileSync(join(DOCS, page), 'utf8').matchAll(/`(understory [^`\n]+)`/g)].map(([, words]) => ({
				page,
				words: words!,
			})),
		);
		expect(named.length).to.be.greaterThan(40);
		const wrong = named.flatMap(({ page, words }) =>
			unknown(words).map((word) => `${page}: ${words}: ${word}`),
		);
		expect(wrong).to.deep.equal([]);
	});

	it('would be found if it were not', () => {
		expect(unknown('understory branch backup')).to.deep.equal([]);
		expect(unknown('understory branch move … --shared --cell east --json')).to.deep.equal([]);
		expect(unknown('understory branches list')).to.deep.equal(['branches']);
		expect(unknown('understory branch backup --every 3')).to.deep.equal(['--every']);
	});
});
