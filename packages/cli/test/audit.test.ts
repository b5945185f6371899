import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '@understory/cli/exit-code.ts';
import type { BranchEntry } from '@understory/core/statement.ts';
import { expect } from 'chai';
import { type AuditBed, createAuditBed, sealed } from './audit-bed.ts';

describe('understory log audit', () => {
	let here: AuditBed;
	let scratch: string;
	before(async () => {
		here = await createAuditBed();
		scratch = mkdtempSync(join(tmpdir(), 'understory-audit-words-'));
	});
	after(async () => {
		await here?.close();
		rmSync(scratch, { recursive: true, force: true });
	});
	const entries = () => here.taken.map((text) => ({ text, entry: JSON.parse(text) as BranchEntry }));
	const decision = () => entries().find(({ entry }) => entry.kind === 'decision')!;
	const without = (text: string) => here.taken.filter((one) => one !== text);

	/** What is wrong with these, as sentences; none when they agree. */
	async function faults(folder: string, leaves: readonly string[], ...words: string[]): Promise<string[]> {
		const { code, out, said } = await here.audit(folder, await here.log(leaves), '--json', ...words);
		const { agrees, faults } = JSON.parse(out) as { agrees: boolean; faults: string[] };
		expect(code, said).to.equal(agrees ? EXIT.done : EXIT.refused);
		expect(agrees).to.equal(faults.length === 0);
		return faults;
	}

	it('agrees where every case has its entry, every entry its case, and every month its sums', async () => {
		const { code, out, said } = await here.audit(here.copy(), await here.log(here.taken));
		expect(code, out + said).to.equal(EXIT.done);
		expect(out).to.match(/^ENTRIES +CASES +SIGNED +IN THE LOG +WAITING +NOT SEEN\n/);
		expect(out).to.match(/^decision +2 +2 +2 +0 +0$/m);
		expect(out).to.match(/^reversal +1 +1 +1 +0 +0$/m);
		expect(out).to.match(/^period_totals +2 +2 +2 +0 +0$/m);
		expect(out).to.match(/The case files of north\.lib\.localhost:\d+ and the log agree\.\n$/);
	});

	it('reads the folder of a branch that is served at this moment, and leaves it as it is', async () => {
		const { code } = await here.audit(here.bed.branch('north').folder, await here.log(here.taken));
		expect(code).to.equal(EXIT.done);
		await here.bed.settle();
		expect(here.bed.errors).to.deep.equal([]);
	});

	it('names a case whose entry the log does not have', async () => {
		const { text, entry } = decision();
		const [missing, ...more] = await faults(here.copy(), without(text));
		expect(missing).to.equal(
			`Decision ${entry.id} of ${entry.decided_on} was handed over, and is not in the log.`,
		);
		expect(more.join(), 'its month does not add up either').to.contain(
			'the branch summed up 1 decisions, and there are 0',
		);
	});

	it('names a case that was never recorded, and sums that leave it out', async () => {
		const spoiled = here.copy(
			`insert into decision (id, person, rule, rule_version, policy, policy_version, actions, facts, staff_id, appeal_until, created) select '11111111-1111-4111-8111-111111111111', person, rule, rule_version, policy, policy_version, actions, facts, staff_id, appeal_until, created from decision where id = '${decision().entry.id}'`,
		);
		const found = await faults(spoiled, here.taken);
		expect(found[0]).to.match(/^Decision 11111111-\S+ of \S+ has no entry: it was done, and not recorded\.$/);
		expect(found).to.include('2026-10: the branch summed up 1 decisions, and its case files have 2.');
	});

	it('names an entry that no case stands behind', async () => {
		const { entry } = decision();
		const found = await faults(here.copy(`delete from decision where id = '${entry.id}'`), here.taken);
		expect(found).to.include(
			`Decision ${entry.id} of ${entry.decided_on} has no case: nothing like it was done.`,
		);
	});

	it('says where an entry tells something else than its case', async () => {
		const { entry } = decision();
		const found = await faults(
			here.copy(`update decision set rule = 'kindness' where id = '${entry.id}'`),
			here.taken,
		);
		expect(found).to.include(
			`Decision ${entry.id} of ${entry.decided_on} says rule.id no-advertising, and its case says kindness.`,
		);
	});

	it('counts the months anew: a report that is gone is missed', async () => {
		expect(await faults(here.copy('delete from report'), here.taken)).to.deep.equal([
			'2026-10: the branch summed up 1 reports received, and its case files have 0.',
			'2026-10: the branch summed up 1 reports closed, and its case files have 0.',
		]);
	});

	it('misses a month that was not summed up', async () => {
		const months = entries().filter(({ entry }) => entry.kind === 'period_totals');
		const last = months.at(-1)!.entry as Extract<BranchEntry, { kind: 'period_totals' }>;
		const spoiled = here.copy(
			`delete from month_closed where month = '${last.month}'`,
			`delete from entry where id = '${last.id}'`,
		);
		expect(await faults(spoiled, without(months.at(-1)!.text))).to.include(
			`${last.month} is over, and was not summed up.`,
		);
	});

	it('sees a chain that was mended, an entry that stands in the log otherwise, and a text that was put in later', async () => {
		const { text, entry } = decision();
		const other = text.replace(/"source":"\w+"/, '"source":"legal_order"');
		const name = `Decision ${entry.id} of ${entry.decided_on}`;
		expect(await faults(here.copy(), [...without(text), other])).to.include(
			`${name} stands in the log otherwise than the branch signed it.`,
		);
		const forged = Buffer.from(JSON.stringify(['salt', 'facts', 'Something else.'])).toString('base64url');
		expect(
			await faults(
				here.copy(`update entry set disclosures = '${JSON.stringify([forged])}' where id = '${entry.id}'`),
				here.taken,
			),
		).to.deep.equal([`${name} is kept with a text that it does not commit to.`]);
		expect(
			await faults(here.copy(`update entry set body = '${other}' where id = '${entry.id}'`), here.taken),
		).to.include(`${name} does not follow the entry before it in the chain of the branch.`);
	});

	it('finds an entry in the log that the branch never signed', async () => {
		const { text, entry } = decision();
		const invented = text.replaceAll(entry.id, '22222222-2222-4222-8222-222222222222');
		const [first] = await faults(here.copy(), [...here.taken, invented]);
		expect(first).to.match(/^The log has decision 22222222-\S+ of \S+, and the branch has no such entry\.$/);
	});

	it('lets wait what was decided just now', async () => {
		const leaves = [...here.taken];
		await here.decide();
		const { code, out } = await here.audit(here.copy(), await here.log(leaves));
		expect(code, out).to.equal(EXIT.done);
		expect(out).to.match(/^decision +3 +3 +2 +1 +0$/m);
	});

	describe('of a branch whose decisions are sealed', () => {
		const seals = () => here.taken.map((text, n) => sealed(text, `salt-${n}`));
		const decoys = ['a', 'b', 'c'].map((salt) => sealed('{}', salt).leaf);
		const leaves = () => [...seals().map(({ leaf }) => leaf), ...decoys].sort();
		const file = (name: string, copies: readonly string[]): string => {
			writeFileSync(join(scratch, name), copies.map((copy) => `${copy}\n`).join(''));
			return join(scratch, name);
		};

		it('agrees with the salted copies that the site keeps, sums of its months and all', async () => {
			const copies = file(
				'all',
				seals().map(({ copy }) => copy),
			);
			const { code, out, said } = await here.audit(here.copy(), await here.log(leaves()), '--sealed', copies);
			expect(code, out + said).to.equal(EXIT.done);
			expect(out).to.match(/^period_totals +2 +2 +2 +0 +0$/m);
		});

		it('says that it cannot tell without them, and does not call it agreement', async () => {
			here.bed.clock.advance(3 * 86_400_000);
			const found = await faults(here.copy(), leaves());
			expect(found).to.deep.equal([
				`${here.taken.length} entries may be sealed in the log. Give their salted copies with --sealed to have them compared.`,
			]);
		});

		it('names a case whose leaf is missing, and a copy that opens nothing', async () => {
			const { text, entry } = decision();
			const gone = seals()[here.taken.indexOf(text)]!;
			const copies = file(
				'all-but-one',
				seals().map(({ copy }) => copy),
			);
			const found = await faults(
				here.copy(),
				leaves().filter((leaf) => leaf !== gone.leaf),
				'--sealed',
				copies,
			);
			expect(found)
				.to.include(`Decision ${entry.id} of ${entry.decided_on} was handed over, and is not in the log.`)
				.and.to.include('1 of the salted copies open nothing in this log.');
		});

		it('sees a month whose sealed sum leaves a sealed decision out', async () => {
			const { entry } = decision();
			const copies = file(
				'again',
				seals().map(({ copy }) => copy),
			);
			const spoiled = here.copy(`update decision set rule = 'kindness' where id = '${entry.id}'`);
			expect(await faults(spoiled, leaves(), '--sealed', copies)).to.include(
				'2026-10: the branch summed up 0 decisions under conduct/kindness, and its case files have 1.',
			);
		});
	});

	it('compares nothing with a log that does not hold, or with a folder that is no branch', async () => {
		const { place } = await here.log(here.taken);
		const { vkey } = await here.log([]);
		const other = await here.audit(here.copy(), { place, vkey });
		expect([other.code, other.out]).to.deep.equal([EXIT.refused, '']);
		expect(other.said).to.match(/^NOT PROVEN\. /);
		const nothing = await here.audit(scratch, { place, vkey });
		expect(nothing.code).to.equal(EXIT.refused);
		expect(nothing.said).to.contain('holds no branch that can be read');
	});
});
