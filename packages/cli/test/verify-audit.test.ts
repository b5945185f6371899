import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '@understory/cli/exit-code.ts';
import { runCommand } from '@understory/cli/program.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { beginLog, type Log } from '@understory/transparency-log/log.ts';
import { folderStorage } from '@understory/transparency-log/log-folder.ts';
import { yearLink } from '@understory/transparency-log/year-link.ts';
import { expect } from 'chai';

/** Numbers of decisions, one for each day of September and of December. */
const id = (month: string, day: number): string =>
	`00000000-0000-4000-8000-0000000${month}${String(day).padStart(3, '0')}`;

describe('the command that draws again what an auditor reads', () => {
	let folder: string;
	let older: Log;
	let newer: Log;
	const key = generateKey();
	const entry = (number: string, decided_on: string, kind = 'decision') =>
		Buffer.from(canonicalize({ type: 'understory/entry/v1', kind, id: number, decided_on }));

	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'understory-audit-draw-'));
		const log = (year: number) =>
			beginLog({
				origin: `site.example/log/${year}`,
				key,
				storage: folderStorage(join(folder, String(year))),
			});
		older = await log(2026);
		const days = Array.from({ length: 30 }, (_, at) => String(at + 1).padStart(2, '0'));
		await older.append(0, [
			...days.map((day) => entry(id('09', Number(day)), `2026-09-${day}`)),
			entry(id('10', 14), '2026-10-14', 'policy'),
			entry(id('10', 15), '2026-10-15', 'policy'),
			entry(id('99', 1), '2026-09-30'),
			...days.map((day) => entry(id('12', Number(day)), `2026-12-${day}`)),
		]);
		newer = await log(2027);
		await newer.append(0, [yearLink(older.checkpoint(), key)]);
		await newer.append(1, [entry(id('12', 31), '2026-12-31'), entry(id('01', 15), '2027-01-15', 'policy')]);
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	/** What the command shows, and how it ends. */
	async function draw(quarter: string, log: Log, year: number) {
		let out = '';
		let said = '';
		const code = await runCommand(
			['verify', 'audit', quarter, join(folder, String(year)), '--key', log.vkey, '--json'],
			{
				environment: {},
				out: (text: string) => {
					out += text;
				},
				say: (text: string) => {
					said += text;
				},
			} as never,
		);
		return { code, said, shown: out === '' ? null : (JSON.parse(out) as Drawn) };
	}
	interface Drawn {
		log: string;
		size: number;
		candidates: number;
		drawn: string[];
	}

	it('takes the decisions that stood in the log on the audit day, and no later one', async () => {
		const { code, shown } = await draw('2026-Q3', older, 2026);
		expect(code).to.equal(EXIT.done);
		expect(shown).to.include({ log: 'site.example/log/2026', size: 32, candidates: 30 });
		expect(shown!.drawn).to.have.length(5);
		expect(shown!.drawn).not.to.include(id('99', 1));
		expect(new Set(shown!.drawn).size).to.equal(5);
	});

	it('draws those of a last quarter from the log of the next year, which begins with the old one', async () => {
		const { shown } = await draw('2026-Q4', newer, 2027);
		expect(shown).to.include({ log: 'site.example/log/2027', size: 3, candidates: 31 });
		expect(await draw('2026-Q3', newer, 2027)).to.deep.equal(await draw('2026-Q3', older, 2026));
	});

	it('says so where the day has not come, and refuses what is no quarter', async () => {
		expect(await draw('2026-Q4', older, 2026)).to.include({ code: EXIT.refused });
		expect((await draw('2026-Q4', older, 2026)).said).to.contain('nothing is drawn yet');
		expect((await draw('September', older, 2026)).code).to.equal(EXIT.refused);
	});
});
