import { readFileSync } from 'node:fs';
import { EXIT } from '@understory/cli/exit-code.ts';
import { PublicError } from '@understory/core/errors.ts';
import { createLocalDriver } from '@understory/provisioner/drivers/local.ts';
import { expect } from 'chai';
import {
	ADMIN_TOKEN,
	LIBRARY,
	type Platform,
	startPlatform,
} from '../../packages/provisioner/test/fixtures/platform.ts';
import { runAsOperator } from './operator-command.ts';

const PAGE = new URL('../../docs/library-it/kubernetes.md', import.meta.url);

describe('cells by the command', () => {
	let platform: Platform;
	before(async () => {
		const driverOfCell = async (name: string) => ({
			...createLocalDriver(async () => ({ close: async () => undefined })),
			async tryOut() {
				if (name === 'west') throw new PublicError(502, 'no_right', 'It lacks delete of secrets.');
			},
		});
		platform = await startPlatform({ driverOfCell });
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
	});
	after(() => platform.close());

	const run = (line: string) =>
		runAsOperator(line.split(' '), { url: platform.url, token: ADMIN_TOKEN, wait: async () => undefined });

	const lines = [...readFileSync(PAGE, 'utf8').matchAll(/^npm run understory -- (cell .+)$/gm)].map(
		([, line]) => line!,
	);

	it('a second cluster is added as the page says, and the list shows both with what they may hold', async () => {
		expect(lines).to.have.length(5);
		const planned = await run(lines[0]!);
		expect(planned.code, planned.said).to.equal(EXIT.done);
		expect(planned.said).to.include('Add a cell. Nothing was done.');
		expect(planned.out).to.include('items east').and.include('cluster of east');
		expect((await run('cell list')).out).to.not.include('east');
		for (const line of lines.slice(1, 3)) expect(await run(line)).to.include({ code: EXIT.done });
		const { out } = await run('cell list');
		expect(out.split('\n').map((line) => line.split(/ +/).join(' '))).to.deep.equal([
			'CELL HOMES OF BRANCHES MOST TAKES LIBRARIES',
			'default 0 1000 0 - any -',
			'east 0 1000 0 100000 any -',
			'',
		]);
	});

	it('a library is kept in a cell, and everybody is let in again', async () => {
		expect((await run('cell change east --library multnomah')).out).to.include('multnomah');
		expect((await run('cell change east --library none --homes none')).out).to.not.include('multnomah');
	});

	it('a number that is none, and a change that changes nothing, are said in a sentence', async () => {
		const wrong = await run('cell change east --homes many');
		expect(wrong.code).to.not.equal(EXIT.done);
		expect(wrong.said).to.equal('Write a number or none, not "many".\n');
		expect((await run('cell change east')).said).to.include('Say what is to be changed');
		expect((await run('cell change west --homes 1')).said).to.include('There is no such cell.');
	});

	it('a dry run ends as the command would: with why it is refused, and nothing is added', async () => {
		for (const how of ['', ' --dry-run']) {
			const west = await run(`cell add west${how}`);
			expect(west.code).to.equal(EXIT.unavailable);
			expect(west.said).to.include('It lacks delete of secrets.');
			expect((await run(`cell remove default${how}`)).code).to.equal(EXIT.refused);
			const changed = await run(`cell change east --homes 1000${how}`);
			expect(changed.code).to.equal(EXIT.done);
		}
		expect((await run('cell list')).out).to.not.include('west');
	});

	it('one in which nobody lives is taken away as the page says, and the first never is', async () => {
		const [emptied, removed] = lines.slice(3);
		expect((await run(emptied!)).out).to.include('none');
		const planned = await run(`${removed} --dry-run`);
		expect(planned.code, planned.said).to.equal(EXIT.done);
		expect(planned.out).to.match(/items east +\{.*\} +-/);
		expect((await run('cell list')).out).to.include('east');
		expect(await run(removed!)).to.include({ code: EXIT.done, said: 'east is taken away.\n' });
		expect((await run('cell list')).out).to.not.include('east');
		const first = await run('cell remove default');
		expect(first.code).to.not.equal(EXIT.done);
		expect(first.said).to.include('The first cell is where the settings of the platform lead.');
	});
});
