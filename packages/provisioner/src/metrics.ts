import { SIGN_IN_ALERTS } from '@understory/core/sign-in-alerts.ts';
import { STAGES } from '@understory/core/stage.ts';
import {
	addCounter,
	addGauge,
	createMetrics,
	type Labelled,
	type Metrics,
} from '@understory/http/metrics.ts';
import type { Context } from './context.ts';
import { listCells } from './store/cells.ts';
import {
	branchesByCell,
	branchesByCondition,
	branchesByStage,
	librariesByAlert,
	operationsUnderway,
} from './store/figures.ts';

/** What was wrong with sign-in within this time is told as wrong now, in milliseconds; the bridge tells it every minute while it goes on. */
const ALERT_IS_NOW = 15 * 60_000;

/** Something the provisioner did, which only it can tell. */
export interface Tally {
	/** A sweep over everything ended well. */
	swept(): void;
	/** A branch was looked at, to the end or not. */
	looked(outcome: 'ended' | 'broke_off'): void;
	/** The edge asked whether a name is ours. */
	asked(answer: 'yes' | 'no'): void;
}

/** The numbers of the provisioner: what stands in its tables now, and what this process did. Cells are named by who runs the platform; nobody else is. */
export function provisionerMetrics({ database, clock }: Pick<Context, 'database' | 'clock'>): {
	readonly metrics: Metrics;
	readonly tally: Tally;
} {
	const metrics = createMetrics('provisioner');
	addGauge(
		metrics,
		{ name: 'understory_branches', help: 'Branches by the stage of their life', labels: ['stage'] },
		async () =>
			withZeros(
				STAGES.map((stage) => ({ stage })),
				await branchesByStage(database),
			),
	);
	addGauge(
		metrics,
		{
			name: 'understory_branch_conditions',
			help: 'Branches by condition, with its status and its reason',
			labels: ['type', 'status', 'reason'],
		},
		() => branchesByCondition(database),
	);
	addGauge(
		metrics,
		{
			name: 'understory_cell_branches',
			help: 'Branches that live in a cell, by the status of their condition Available',
			labels: ['cell', 'available'],
		},
		() => branchesByCell(database),
	);
	addGauge(metrics, { name: 'understory_cell_homes', help: 'Homes in a cell', labels: ['cell'] }, async () =>
		(await listCells(database)).map(({ name, homes }) => [{ cell: name }, homes]),
	);
	addGauge(
		metrics,
		{
			name: 'understory_cell_most_homes',
			help: 'Homes that a cell takes, where it has a limit',
			labels: ['cell'],
		},
		async () =>
			(await listCells(database)).flatMap(({ name, most_homes }): Labelled[] =>
				most_homes === null ? [] : [[{ cell: name }, most_homes]],
			),
	);
	addGauge(
		metrics,
		{
			name: 'understory_sign_in_alerts',
			help: 'Libraries with trouble of their sign-in in the last 15 minutes, by its kind',
			labels: ['kind'],
		},
		async () =>
			withZeros(
				SIGN_IN_ALERTS.map((kind) => ({ kind })),
				await librariesByAlert(database, clock.now() - ALERT_IS_NOW),
			),
	);
	addGauge(
		metrics,
		{ name: 'understory_operations_underway', help: 'Operations that were asked for and have not ended' },
		async () => (await operationsUnderway(database)).open,
	);
	addGauge(
		metrics,
		{ name: 'understory_operation_age_seconds', help: 'For how long the oldest of them goes on' },
		async () => {
			const { since } = await operationsUnderway(database);
			return since === null ? 0 : (clock.now() - since) / 1_000;
		},
	);
	let swept: number | null = null;
	addGauge(
		metrics,
		{
			name: 'understory_sweep_timestamp_seconds',
			help: 'When this process last ended a sweep over everything, which comes through the queue every minute',
		},
		() => (swept === null ? [] : swept / 1_000),
	);
	const looked = addCounter(
		metrics,
		{ name: 'understory_looks_total', help: 'Looks at single branches', labels: ['outcome'] },
		['ended', 'broke_off'],
	);
	const asked = addCounter(
		metrics,
		{
			name: 'understory_edge_asks_total',
			help: 'Names that the edge asked about before it had a certificate made',
			labels: ['answer'],
		},
		['yes', 'no'],
	);
	return {
		metrics,
		tally: {
			swept() {
				swept = clock.now();
			},
			looked,
			asked,
		},
	};
}

/** What was counted, and 0 for what nobody had. */
function withZeros(known: readonly Record<string, string>[], found: readonly Labelled[]): Labelled[] {
	return [...known.map((labels): Labelled => [labels, 0]), ...found];
}
