import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assuming } from '@understory/cli/estimate/assumptions.ts';
import { type Estimate, estimate, type Line } from '@understory/cli/estimate/estimate.ts';
import { measuredOn } from '@understory/cli/estimate/measured.ts';
import { parseTariff } from '@understory/cli/estimate/tariff.ts';
import { EXIT } from '@understory/cli/exit-code.ts';
import { runCommand } from '@understory/cli/program.ts';
import { BadInput } from '@understory/core/errors.ts';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const numbers = text('docs/numbers.md');
const tariff = parseTariff(text('packages/cli/src/estimate/tariff.json'));

/** A page with one figure changed. */
const numbersWith = (name: string, median: string) =>
	numbers.replace(
		new RegExp(`(\\| ${name} \\|[^*]*\\*\\*)[^*]+`),
		(_, before: string) => `${before}${median}`,
	);

describe('what a library costs', () => {
	const of = (
		branches: number,
		cards: number,
		given: { assume?: string[]; page?: string; prices?: object } = {},
	) =>
		estimate(
			{ branches, cards },
			{
				measured: measuredOn(given.page ?? numbers),
				assumptions: assuming(given.assume ?? []),
				tariff: { ...tariff, ...given.prices },
			},
		);
	const line = ({ lines }: Estimate, what: Line['what']) => lines.find((one) => one.what === what)!;

	it('rests on the page of numbers: another figure there is another estimate', () => {
		const page = numbersWith('memory for each more open branch of a home', '12.1 MB');
		const before = line(
			of(100, 0, { page: numbersWith('memory for each more open branch of a home', '2.1 MB') }).shared,
			'memory',
		);
		const after = line(of(100, 0, { page }).shared, 'memory');
		expect(after.amount - before.amount).to.be.closeTo((100 * 10) / 1024, 1e-9);
	});

	it('a figure that is missing, or in another unit, is asked for and never guessed', () => {
		const gone = numbers.replace('| a signed delivery accepted, 16 at once |', '| something else |');
		expect(() => measuredOn(gone))
			.to.throw(BadInput)
			.with.nested.property('faults[0].field', 'a signed delivery accepted, 16 at once');
		const seconds = numbersWith('home board with 100,000 posts, CPU', '4.8 s');
		expect(() => measuredOn(seconds))
			.to.throw(BadInput)
			.with.nested.property('faults.length', 1);
	});

	it('a home of its own costs memory for each branch, a shared one hardly any', () => {
		const { shared, dedicated } = of(1000, 0);
		const homes = line(dedicated, 'memory').amount - (640 + 512) / 1024;
		expect(homes).to.be.closeTo(125, 1e-9);
		expect(line(shared, 'memory').cost).to.be.lessThan(line(dedicated, 'memory').cost / 10);
	});

	it('nobody pays for less than the charts keep free, nor than the busiest hour needs', () => {
		const quiet = line(of(1, 0).shared, 'processors').amount;
		expect(quiet).to.be.closeTo(0.6, 1e-9);
		const busy = of(1, 8_000_000, { assume: ['pages=600', 'posts=0', 'sign_ins=0', 'spare=1'] });
		const cpu = measuredOn(numbers).page_cpu_ms / 1000;
		expect(line(busy.shared, 'processors').amount).to.be.closeTo(
			0.5 + (400_000 * 600 * 0.005 * cpu) / 3600,
			1e-6,
		);
	});

	it('the hours of hosts are those of the week in their guide', () => {
		expect(text('docs/hosts/a-week.md'))
			.to.include('a branch with 400 people')
			.and.to.include('about four hours of her week');
		const { active, shared } = of(1, 8000);
		expect(active).to.equal(400);
		expect(line(shared, 'hosts').amount).to.be.closeTo((4 * 365) / 7 / 12, 1e-9);
	});

	it('what it takes from the charts stands there', () => {
		const a = assuming([]);
		const kept = (chart: string) => {
			const values = text(`charts/${chart}/values.yaml`);
			const all = (shape: RegExp) => [...values.matchAll(shape)].map(([, value]) => Number(value));
			return {
				mb: all(/^ *memory:\n(?: *#.*\n)* *request: (\d+)Mi$/gm),
				cpu: all(/^ *cpu: (\d+)m$/gm),
				gb: all(/^ *size: (\d+)Gi$/gm),
			};
		};
		const [home, branch, platform] = ['home', 'branch', 'platform'].map(kept);
		const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);
		expect([home!.mb[0], home!.cpu[0]! / 1000, home!.gb[0]]).to.deep.equal([
			a.shared_home_mb,
			a.shared_home_cpu,
			a.shared_home_gb,
		]);
		expect([branch!.mb[0], branch!.cpu[0]! / 1000, branch!.gb[0]]).to.deep.equal([
			a.dedicated_home_mb,
			a.dedicated_home_cpu,
			a.dedicated_home_gb,
		]);
		expect([sum(platform!.mb), sum(platform!.cpu) / 1000, sum(platform!.gb)]).to.deep.equal([
			a.platform_mb,
			a.platform_cpu,
			a.platform_gb,
		]);
	});

	it('sums are the sums of their lines, and a library without cards has no cost a card', () => {
		const { shared } = of(19, 400_000, { prices: { host_hour: 0, it_hour: 0 } });
		expect(shared.people).to.equal(0);
		expect(shared.machines).to.be.closeTo(
			shared.lines.reduce((all, { cost }) => all + cost, 0),
			1e-9,
		);
		expect(shared.a_card_a_year).to.be.closeTo((shared.machines * 12) / 400_000, 1e-9);
		expect(of(19, 0).shared.a_card_a_year).to.equal(null);
	});

	it('a tariff is held to its form, each fault by its field', () => {
		expect(() => parseTariff('[]')).to.throw(BadInput, 'no JSON object');
		const wrong = JSON.stringify({ ...tariff, currency: 'dollars', cpu_month: -1, host_hour: '40', vat: 1 });
		const fields = (() => {
			try {
				return parseTariff(wrong);
			} catch (error) {
				return (error as BadInput).faults.map(({ field }) => field);
			}
		})();
		expect(fields).to.deep.equal(['currency', 'cpu_month', 'host_hour', 'vat']);
	});
});

describe('understory estimate', () => {
	let folder: string;
	before(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-estimate-'));
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	/** The command without a login: whatever would ask a platform fails. */
	async function run(words: readonly string[]) {
		const printed = { out: '', said: '' };
		const never = () => {
			throw new Error('an estimate asks nobody');
		};
		const code = await runCommand(words, {
			config: { url: null, token: null, loginFile: join(folder, 'login.json') },
			out: (part) => {
				printed.out += part;
			},
			say: (part) => {
				printed.said += part;
			},
			...{ seen: false, now: () => 0, askSecret: never, stopped: never, file: never, client: never },
		});
		return { code, ...printed };
	}

	it('every command on the page about costs does what it says', async () => {
		const own = join(folder, 'tariff.json');
		writeFileSync(own, JSON.stringify({ ...tariff, name: 'Ours, 2027', currency: 'EUR' }));
		const lines = [
			...text('docs/library-it/costs.md').matchAll(/^npm run (?:--silent )?understory -- (.+)$/gm),
		];
		expect(lines.length).to.be.greaterThan(2);
		for (const [, line] of lines) {
			const { code, said } = await run(line!.replace('tariff.json', own).split(' '));
			expect(code, `${line}: ${said}`).to.equal(EXIT.done);
		}
	});

	it('shows both ways to live, with what it measured and what it only assumes', async () => {
		const { code, out } = await run([
			'estimate',
			'--branches',
			'19',
			'--cards',
			'400000',
			'--assume',
			'posts=7',
		]);
		expect(code).to.equal(EXIT.done);
		expect(out).to.match(/^WHAT +UNIT +SHARED +COST +DEDICATED +ITS COST$/m);
		expect(out).to.match(/^all machines +- +- +\d+\.\d\d +- +\d+\.\d\d$/m);
		expect(out).to.include('a signed delivery accepted, 16 at once: ').and.to.include('  posts=7: ');
		expect(out).to.include(tariff.name);
	});

	it('as JSON holds all that it came from', async () => {
		const { out } = await run(['--json', 'estimate', '--branches', '2', '--cards', '10']);
		const all = JSON.parse(out) as Record<string, unknown>;
		expect(all).to.include({ branches: 2, cards: 10, active: 1 });
		expect(all).to.have.keys(
			'branches',
			'cards',
			'active',
			'shared',
			'dedicated',
			'tariff',
			'measured',
			'assumptions',
		);
	});

	it('says what it cannot reckon with', async () => {
		for (const [words, sentence] of [
			[['--branches', '0', '--cards', '5'], '--branches takes a whole number from 1 on'],
			[['--branches', '2', '--cards', '1e3'], '--cards takes a whole number from 0 on'],
			[['--branches', '2', '--cards', '5', '--assume', 'luck=1'], '--assume takes name=number'],
			[['--branches', '2', '--cards', '5', '--assume', 'posts=-1'], '--assume takes name=number'],
			[['--branches', '2', '--cards', '5', '--assume', 'open_share=2'], 'open_share is a share of all'],
			[['--branches', '2', '--cards', '5', '--assume', 'branches_per_home=0'], 'one branch at least'],
			[['--branches', '2', '--cards', '5', '--tariff', join(folder, 'none')], 'cannot be read (ENOENT)'],
		] as const) {
			const { code, said, out } = await run(['estimate', ...words]);
			expect([code, out], said).to.deep.equal([EXIT.refused, '']);
			expect(said).to.include(sentence);
		}
		expect((await run(['estimate', '--cards', '5'])).code).to.equal(EXIT.usage);
	});
});
