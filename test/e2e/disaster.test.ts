import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { EXIT } from '@understory/cli/exit-code.ts';
import { runCommand } from '@understory/cli/program.ts';
import { create } from '@understory/town/test-town.ts';
import { expect } from 'chai';
import { Visitor } from './visitor.ts';
import { comeIn, write } from './walk.ts';

const page = readFileSync(new URL('../../docs/library-it/disaster.md', import.meta.url), 'utf8');

describe('the page about disasters', () => {
	let data: string;
	let town: Awaited<ReturnType<typeof create>>;
	let branch: string;
	const home = () => join(data, 'homes', 'home-1');
	const read = (address: string) => new Visitor(town.port).open(address);

	before(async () => {
		data = mkdtempSync(join(tmpdir(), 'understory-disaster-'));
		town = await create({ data, libraries: ['OR0063'], sample: true });
		branch = town.file.libraries[0]!.branches.find(({ slug }) => slug === 'albina')!.url;
	});
	after(async () => {
		await town?.close();
		rmSync(data, { recursive: true, force: true });
	});

	/** Runs a line of the page. */
	async function run(line: string): Promise<void> {
		let said = '';
		const hear = (text: string) => {
			said += text;
		};
		const code = await runCommand(line.split(' '), {
			config: { url: town.file.console, token: town.file.adminToken, loginFile: '/nowhere/login.json' },
			out: hear,
			say: hear,
			seen: false,
			now: Date.now,
			askSecret: async () => '',
			stopped: () => Promise.resolve(),
			file: () => Promise.reject(new Error('no file is read')),
			client: (login) =>
				createApiClient({ ...login, send: sendByFetch, randomId: randomUUID, wait: () => town.settle() }),
		});
		expect(code, `${line}: ${said}`).to.equal(EXIT.done);
	}
	/** The commands in one part of the page, in their order. */
	function linesOf(heading: string): string[] {
		const part = page.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
		return [...part.matchAll(/^npm run understory -- (.+)$/gm)].map(([, words]) => words!);
	}

	it('a home that lost its disk comes back from its two keys and its copies, with what people wrote', async () => {
		const [backup, ...restore] = linesOf('A home lost its volume');
		const grebe = new Visitor(town.port);
		const { demoCards } = town.file.libraries[0]!;
		const card = demoCards.find(({ state, role }) => state === 'good' && role === 'patron')!;
		await comeIn(grebe, branch, card, 'Grebe');
		const written = await write(grebe, branch, 'Found on Denver Avenue: one red rain boot.', 'public');
		const post = branch + /href="(\/@grebe[^"/]*\/\d+)"/.exec(written.html)![1]!;
		expect((await read(post)).text).to.contain('one red rain boot');
		await run(backup!);
		const { port } = town;
		await town.close();
		for (const name of readdirSync(home()))
			if (!['home.key', 'role.key', 'backups'].includes(name))
				rmSync(join(home(), name), { recursive: true });
		expect(existsSync(join(home(), 'branches'))).to.equal(false);

		town = await create({ data, libraries: ['OR0063'], sample: true, port });
		await town.settle();
		const lost = await read(post);
		expect([lost.status, lost.text.includes('No branch speaks here')]).to.deep.equal([421, true]);
		for (const line of restore) await run(line);
		expect((await read(post)).text).to.contain('one red rain boot');
		expect(restore, 'a damaged folder is brought back by the same').to.deep.equal(
			linesOf("A branch's folder is damaged"),
		);
	});

	it('every command of ours on it is one of those, and every file of ours that it names is there', () => {
		const parts = ['A home lost its volume', "A branch's folder is damaged"];
		const ours = [...page.matchAll(/^npm run understory -- .+$/gm)];
		expect(ours).to.have.length(parts.flatMap(linesOf).length);
		const files = [...page.matchAll(/\binfra\/[\w./-]+/g)].map(([file]) => file);
		expect(files).to.include('infra/kubernetes/lost-volume.yaml');
		for (const file of files)
			expect(existsSync(new URL(`../../${file}`, import.meta.url)), file).to.equal(true);
	});
});
