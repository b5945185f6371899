import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '@understory/cli/exit-code.ts';
import { create } from '@understory/town/test-town.ts';
import { expect } from 'chai';
import { toolsOrSkip } from '../../charts/test/fixtures/tools-or-skip.ts';
import { runAsOperator } from './operator-command.ts';
import { Visitor } from './visitor.ts';
import { comeIn, signIn, write } from './walk.ts';

/** What the page names as files and folders of the operator's computer. */
const FILES = ['recovery.key', 'kept', 'homes'];

const page = readFileSync(new URL('../../docs/library-it/disaster.md', import.meta.url), 'utf8');

describe('the page about disasters', () => {
	let data: string;
	let town: Awaited<ReturnType<typeof create>>;
	let branch: string;
	/** The computer of the operator. */
	let aside: string;
	let recoveryKey: string;
	const home = () => join(data, 'homes', 'home-1');
	const read = (address: string) => new Visitor(town.port).open(address);

	before(async () => {
		data = mkdtempSync(join(tmpdir(), 'understory-disaster-'));
		aside = mkdtempSync(join(tmpdir(), 'understory-recovery-'));
		const [made] = linesOf('Keys of homes');
		const { out } = await run(made!);
		recoveryKey = /^public key +([\w-]{43})$/m.exec(out)![1]!;
		town = await create({ data, libraries: ['OR0063'], sample: true, recoveryKey });
		branch = town.file.libraries[0]!.branches.find(({ slug }) => slug === 'albina')!.url;
	});
	after(async () => {
		await town?.close();
		for (const folder of [data, aside]) rmSync(folder, { recursive: true, force: true });
	});

	/** Runs a line of the page; what it names as files lies on the computer of the operator. */
	async function run(line: string): Promise<{ out: string }> {
		const words = line.split(' ').map((word) => (FILES.includes(word) ? join(aside, word) : word));
		const { code, out, said } = await runAsOperator(words, {
			url: town?.file.console ?? null,
			token: town?.file.adminToken ?? null,
			wait: () => town.settle(),
		});
		expect(code, `${line}: ${said}`).to.equal(EXIT.done);
		return { out };
	}
	/** The commands in one part of the page, in their order. */
	function linesOf(heading: string): string[] {
		const part = page.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
		return [...part.matchAll(/^npm run understory -- (.+)$/gm)].map(([, words]) => words!);
	}

	it('a home that lost its disk comes back from its kept keys and its copies, with what people wrote and what is sealed', async () => {
		const [backup, ...restore] = linesOf('A home lost its volume');
		const [, list, keys, all] = linesOf('Keys of homes');
		const grebe = new Visitor(town.port);
		const { demoCards } = town.file.libraries[0]!;
		const card = demoCards.find(({ state, role }) => state === 'good' && role === 'patron')!;
		await comeIn(grebe, branch, card, 'Grebe');
		const written = await write(grebe, branch, 'Found on Denver Avenue: one red rain boot.', 'public');
		const post = branch + /href="(\/@grebe[^"/]*\/\d+)"/.exec(written.html)![1]!;
		expect((await read(post)).text).to.contain('one red rain boot');
		await run(backup!);
		expect((await run(list!)).out).to.match(
			/\nhome-1 +shared +default +\d+ +\d{4}-\d\d-\d\d +[0-9a-f]{16}\n/,
		);
		await run(keys!);
		await run(all!);
		const { port } = town;
		await town.close();
		const text = (file: string) => readFileSync(file, 'utf8');
		const before = ['home.key', 'role.key'].map((name) => text(join(home(), name)));
		for (const name of readdirSync(home()))
			if (name !== 'backups') rmSync(join(home(), name), { recursive: true });
		for (const name of ['home.key', 'role.key']) copyFileSync(join(aside, 'kept', name), join(home(), name));
		expect(['home.key', 'role.key'].map((name) => text(join(aside, 'homes', 'home-1', name)))).to.deep.equal(
			before,
		);

		town = await create({ data, libraries: ['OR0063'], sample: true, port, recoveryKey });
		await town.settle();
		const lost = await read(post);
		expect([lost.status, lost.text.includes('No branch speaks here')]).to.deep.equal([421, true]);
		for (const line of restore) await run(line);
		expect((await read(post)).text).to.contain('one red rain boot');
		// The branch signs for this with its own key, which lies sealed in its folder.
		expect((await signIn(new Visitor(town.port), branch, card)).text).to.contain('Grebe');
		expect(restore, 'a damaged folder is brought back by the same').to.deep.equal(
			linesOf("A branch's folder is damaged"),
		);
	});

	it('the Secret that brings keys to a home on Kubernetes holds the two files that it takes in', async function () {
		const { kubectl } = await toolsOrSkip(this);
		const [line] = [...page.matchAll(/^kubectl (create secret .+ --from-file kept)$/gm)].map(
			([, said]) => said!,
		);
		const said = line!
			.replace('"$HOME_NAME-keys"', 'home-1-keys')
			.replace('"$NAMESPACE"', 'understory-homes');
		const words = [...said.split(' '), '--dry-run=client', '--output', 'json'];
		const { stdout } = spawnSync(kubectl, words, { cwd: aside, encoding: 'utf8' });
		const { metadata, data: held } = JSON.parse(stdout) as {
			metadata: { name: string };
			data: Record<string, string>;
		};
		expect(metadata.name).to.equal('home-1-keys');
		expect(Object.keys(held)).to.deep.equal(['home.key', 'role.key']);
	});

	it('every command of ours on it is one of those, and every file of ours that it names is there', () => {
		const parts = ['Keys of homes', 'A home lost its volume', "A branch's folder is damaged"];
		const ours = [...page.matchAll(/^npm run understory -- .+$/gm)];
		expect(ours).to.have.length(parts.flatMap(linesOf).length);
		const files = [...page.matchAll(/\binfra\/[\w./-]+/g)].map(([file]) => file);
		expect(files).to.include('infra/kubernetes/copies-share.yaml');
		for (const file of files)
			expect(existsSync(new URL(`../../${file}`, import.meta.url)), file).to.equal(true);
	});
});
