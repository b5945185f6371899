import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPERATIONS } from '@understory/api-client/api.ts';
import { commandTable } from '@understory/cli/completion/command-table.ts';
import type { Session } from '@understory/cli/parts.ts';
import { createProgram } from '@understory/cli/program.ts';
import { expect } from 'chai';
import { COMMAND_OF } from './operation-commands.ts';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

describe('every operation of the API', () => {
	const rows = Object.entries(COMMAND_OF);
	const named = rows.filter((row): row is [string, string] => typeof row[1] === 'string');

	it('has a command, or the reason why it has none', () => {
		expect(Object.keys(COMMAND_OF).toSorted()).to.deep.equal(Object.keys(OPERATIONS).toSorted());
		for (const [operation, command] of rows)
			if (typeof command !== 'string') expect(command.none.length, operation).to.be.greaterThan(20);
	});

	it('has one that there is', () => {
		const program = createProgram({ out: () => undefined, say: () => undefined } as unknown as Session);
		const paths = commandTable(program).map(({ path }) => path);
		const leaves = paths.filter((path) => path && !paths.some((other) => other.startsWith(`${path} `)));
		expect(named.filter(([, command]) => !leaves.includes(command))).to.deep.equal([]);
	});

	it('is called by the command when it has one, and only then', () => {
		const source = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.ts'))
			.map((name) => readFileSync(join(SOURCE, name), 'utf8'))
			.join('\n');
		const called = Object.keys(OPERATIONS).filter((operation) => source.includes(`'${operation}'`));
		expect(named.map(([operation]) => operation).toSorted()).to.deep.equal(called.toSorted());
	});
});
