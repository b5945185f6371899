import type { Bill, Prices, Quotas, WantedQuotas } from '@understory/api-client/api.ts';
import { billsCsv } from '@understory/core/bill.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import { assuming } from '../estimate/assumptions.ts';
import { hostingPrices } from '../estimate/hosting-prices.ts';
import { measuredOn } from '../estimate/measured.ts';
import { parseTariff } from '../estimate/tariff.ts';
import { bytesOf } from '../log-place.ts';
import type { Session } from '../parts.ts';
import { plain, tableText } from '../table.ts';
import { NUMBERS } from './estimate.ts';

/** `understory bill`, `understory prices …`, `understory quota …`: what libraries owe to whoever runs the platform, and how much they may have. */
export function billCommands(program: Command, session: Session): void {
	program
		.command('bill')
		.argument('[library]', 'all of them when none is named')
		.option('--month <month>', 'such as 2026-11; the one that goes on unless said otherwise')
		.option('--csv', 'as CSV')
		.description('what a library had in a month, and what that costs')
		.action(async (library: string | undefined, { month, csv }: { month?: string; csv?: true }) => {
			const api = session.api();
			const query = month ? { month } : {};
			const bills = library
				? [await api.call('getBill', { params: { library }, query })]
				: await Array.fromAsync(api.all('listBills', { query }));
			if (csv) return session.showText(bills, billsCsv(bills));
			session.showText(library ? bills[0]! : bills, bills.map(billText).join('\n'));
		});
	const prices = program.command('prices').description('what hosting costs on this platform');
	prices
		.command('show')
		.description('show the prices that hold now')
		.action(async () => showPrices(session, await session.api().call('getPrices')));
	prices
		.command('set')
		.argument('<tariff>', 'a tariff as `understory estimate` takes it')
		.option('--since <month>', 'this month unless said otherwise')
		.option('--numbers <file>', 'figures measured on a machine of your own', NUMBERS)
		.option('--assume <name=number...>', 'put another number in the place of an assumption', [])
		.description('say what hosting costs from a month on')
		.action(async (path: string, given: { since?: string; numbers: string; assume: string[] }) => {
			const tariff = parseTariff((await bytesOf(path)).toString('utf8'));
			const measured = measuredOn((await bytesOf(given.numbers)).toString('utf8'));
			const body = {
				...hostingPrices(tariff, { assumptions: assuming(given.assume), measured }),
				...(given.since && { since: given.since }),
			};
			showPrices(session, await session.api().call('setPrices', { body }));
		});
	const quota = program.command('quota').description('how much a library may have');
	quota
		.command('show')
		.argument('<library>')
		.description('show what it may have, beside what it has')
		.action(async (library: string) =>
			showQuotas(session, await session.api().call('getQuotas', { params: { library } })),
		);
	quota
		.command('set')
		.argument('<library>')
		.requiredOption('--ask <whom>', 'whom to ask for more: it stands in the refusal')
		.option('--branches <number>', 'the most branches, or "none" for no limit', 'none')
		.option('--dedicated <number>', 'the most branches in homes of their own', 'none')
		.option('--storage <GB>', 'the most GB of folders and copies', 'none')
		.description('set all of them anew; wants a token of the whole platform')
		.action(async (library: string, given: Record<'ask' | 'branches' | 'dedicated' | 'storage', string>) => {
			const body: WantedQuotas = {
				ask: given.ask,
				branches: mostIn('--branches', given.branches),
				dedicated: mostIn('--dedicated', given.dedicated),
				storage_gb: mostIn('--storage', given.storage),
			};
			showQuotas(session, await session.api().call('setQuotas', { params: { library }, body }));
		});
}

function billText(bill: Bill): string {
	const { currency, lines, total } = bill;
	const rows = lines.map(({ what, unit, amount, price_month, cost }) => ({
		...{ what, amount, unit, 'a month': price_month, cost: cost?.toFixed(2) ?? null },
	}));
	const columns = ['what', 'amount', 'unit', 'a month', 'cost'];
	const sum = total === null ? null : total.toFixed(2);
	const also = { what: 'total', amount: null, unit: null, 'a month': null, cost: sum };
	return [
		`${plain(bill.name)} (${bill.library}), ${bill.month}${bill.is_over ? '' : ', which is not over: so far'}\n`,
		tableText(columns, [...rows, also]),
		`Measured on ${bill.measured} of ${bill.days} days.`,
		bill.prices === null
			? ' Nobody has said yet what hosting costs: understory prices set TARIFF\n'
			: ` In ${currency}, by: ${plain(bill.prices)}.\n`,
	].join('');
}

function showPrices(session: Session, prices: Prices): void {
	session.showOne(prices, {
		...{ prices: prices.name, since: prices.since, currency: prices.currency },
		'a branch in a shared home, a month': prices.shared_branch_month,
		'a branch in a home of its own, a month': prices.dedicated_branch_month,
		'a GB of folders, a month': prices.disk_gb_month,
		'a GB of copies, a month': prices.backup_gb_month,
	});
}

function showQuotas(session: Session, quotas: Quotas): void {
	const { branches, dedicated, storage_gb, ask } = quotas;
	const text = ({ used, most }: Quotas['branches']) => `${used} of ${most ?? 'as many as come'}`;
	session.showOne(quotas, {
		branches: text(branches),
		'in homes of their own': text(dedicated),
		'GB of folders and copies': text(storage_gb),
		'for more, ask': ask,
	});
}

function mostIn(option: string, text: string): number | null {
	if (text === 'none') return null;
	if (!/^\d{1,7}$/.test(text)) throw new BadInput(`${option} takes a whole number or none, not "${text}".`);
	return Number(text);
}
