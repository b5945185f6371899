import { fileURLToPath } from 'node:url';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import { assuming, assumptionLines } from '../estimate/assumptions.ts';
import { type Estimate, estimate } from '../estimate/estimate.ts';
import { measuredLines, measuredOn } from '../estimate/measured.ts';
import { parseTariff } from '../estimate/tariff.ts';
import { bytesOf } from '../log-place.ts';
import type { Session } from '../parts.ts';
import { plain, type Row, tableText } from '../table.ts';

export const NUMBERS = fileURLToPath(new URL('../../../../docs/numbers.md', import.meta.url));
const TARIFF = fileURLToPath(new URL('../estimate/tariff.json', import.meta.url));

interface Given {
	readonly branches: string;
	readonly cards: string;
	readonly tariff: string;
	readonly numbers: string;
	readonly assume: readonly string[];
}

/** `understory estimate`: what a library of a size costs; needs no login. */
export function estimateCommands(program: Command, session: Session): void {
	program
		.command('estimate')
		.description('money and hours a month for a library of a size, from measured figures and a tariff')
		.requiredOption('--branches <number>', 'how many branches it has')
		.requiredOption('--cards <number>', 'how many library cards')
		.option('--tariff <file>', 'prices of your own, as JSON', TARIFF)
		.option('--numbers <file>', 'figures measured on a machine of your own', NUMBERS)
		.option('--assume <name=number...>', 'put another number in the place of an assumption', [])
		.action(async (given: Given) => {
			const size = {
				branches: countIn('--branches', given.branches, 1),
				cards: countIn('--cards', given.cards, 0),
			};
			const assumptions = assuming(given.assume);
			const tariff = parseTariff((await bytesOf(given.tariff)).toString('utf8'));
			const measured = measuredOn((await bytesOf(given.numbers)).toString('utf8'));
			const { active, shared, dedicated } = estimate(size, { measured, assumptions, tariff });
			const text = [
				`${size.branches} branches, ${size.cards} cards, ${active} people who take part in a month. A month takes:`,
				tableText(['what', 'unit', 'shared', 'cost', 'dedicated', 'its cost'], rowsOf(shared, dedicated)),
				`Shared: branches live together in homes. Dedicated: each has one of its own.\nCosts in ${tariff.currency}, by: ${plain(tariff.name)}.`,
				paragraph('Measured:', measuredLines(measured)),
				paragraph('Assumed (--assume puts others in their place):', assumptionLines(assumptions)),
				'',
			].join('\n');
			session.showText({ ...size, active, shared, dedicated, tariff, measured, assumptions }, text);
		});
}

function paragraph(heading: string, lines: readonly string[]): string {
	return `\n${heading}\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function rowsOf(shared: Estimate, dedicated: Estimate): Row[] {
	const total = (what: string, of: (one: Estimate) => number | null) => ({
		...{ what, cost: money(of(shared)), 'its cost': money(of(dedicated)) },
	});
	return [
		...shared.lines.map(({ what, unit, amount, cost }, at) => ({
			...{ what, unit, shared: amount.toFixed(1), cost: money(cost) },
			...{ dedicated: dedicated.lines[at]!.amount.toFixed(1), 'its cost': money(dedicated.lines[at]!.cost) },
		})),
		total('all machines', ({ machines }) => machines),
		total('all people', ({ people }) => people),
		total('both, a card a year', (one) => one.a_card_a_year),
	];
}

function money(amount: number | null): string | null {
	return amount === null ? null : amount.toFixed(2);
}

function countIn(option: string, text: string, least: number): number {
	if (!/^\d{1,9}$/.test(text) || Number(text) < least)
		throw new BadInput(`${option} takes a whole number from ${least} on, and not "${text}".`);
	return Number(text);
}
