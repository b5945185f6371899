import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { NOT_RUN, RUN, type RunByTest } from './command-register.ts';
import { commandsOf, type DocumentedCommand } from './documented-commands.ts';

const PAGES = 'docs/library-it';
const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string) => readFileSync(at(path), 'utf8');

const all = readdirSync(at(PAGES))
	.filter((name) => name.endsWith('.md'))
	.flatMap((page) => commandsOf(page, read(`${PAGES}/${page}`)));

const runs = ({ page, below, like, blocks = Infinity }: RunByTest, command: DocumentedCommand) =>
	page === command.page &&
	command.block <= blocks &&
	(below === undefined || command.heading.startsWith(below)) &&
	(like === undefined || like.test(command.text));
const isListed = (command: DocumentedCommand) =>
	NOT_RUN.some(({ page, commands }) => page === command.page && commands.includes(command.text));
/** Commands that nothing runs, each with where it stands. */
const left = (commands: readonly DocumentedCommand[]) =>
	commands
		.filter((command) => !RUN.some((row) => runs(row, command)) && !isListed(command))
		.map(({ page, line, text }) => `${PAGES}/${page}:${line}: ${text}`);

describe('the pages for library IT', () => {
	it('have no command that no test runs, but for those that are listed with the reason', () => {
		expect(all.length).to.be.greaterThan(100);
		expect(left(all)).to.deep.equal([]);
		for (const { page, commands, why } of NOT_RUN) {
			expect(why).to.match(/^[A-Z].{20,}\.$/);
			for (const command of commands) {
				const there = all.filter((one) => one.page === page && one.text === command);
				expect(there.length, `${page}: ${command}`).to.be.greaterThan(0);
				const run = there.filter((one) => RUN.some((row) => runs(row, one)));
				expect(run, `${page}: ${command} is run`).to.deep.equal([]);
			}
		}
	});

	it('are read by the tests that the register names, which still run what is taken off them', () => {
		for (const row of RUN) {
			const what = `${row.page}: ${row.below ?? row.like}`;
			expect(
				all.some((command) => runs(row, command)),
				what,
			).to.equal(true);
			expect(read(row.read ?? row.test), what)
				.to.include(`${PAGES}/`)
				.and.include(row.page.replace('.md', ''));
			expect(read(row.test), `${row.test} runs ${what}`).to.include(row.by);
		}
	});

	it('a command that is new is found, with its file and line, and so is a block that says nothing of itself', () => {
		const page = (block: string) => `# A page\n\nText.\n\n${block}\n`;
		const rmdir = page('```sh\nrmdir /srv\n```');
		expect(left(commandsOf('bills.md', rmdir))).to.deep.equal(['docs/library-it/bills.md:6: rmdir /srv']);
		// Another page's form does not count for it.
		const bill = page('```sh\nnpm run understory -- bill\n```');
		expect(left(commandsOf('bills.md', bill))).to.deep.equal([]);
		expect(left(commandsOf('image.md', bill))).to.have.length(1);
		expect(() => commandsOf('bills.md', page('```\nrmdir /srv\n```'))).to.throw('bills.md:5: say what');
		expect(() => commandsOf('bills.md', page('```sh\nfor a in b; do\n```'))).to.throw('bills.md:6: ');
	});

	it('a command may have several lines, in a list too', () => {
		const text = [
			'## Below',
			'```sh',
			"printf 'a' \\",
			'  > b',
			'for a in b; do',
			'  touch "$a"',
			'done',
			'cat >> c <<END',
			'A=b',
			'END',
			'```',
			'1. First',
			'',
			'   ```sh',
			'   ls',
			'   ```',
		].join('\n');
		expect(commandsOf('a.md', text).map(({ line, text }) => [line, text])).to.deep.equal([
			[3, "printf 'a' \\\n  > b"],
			[5, 'for a in b; do\n  touch "$a"\ndone'],
			[8, 'cat >> c <<END\nA=b\nEND'],
			[15, 'ls'],
		]);
	});
});
