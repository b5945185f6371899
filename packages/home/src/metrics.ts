import { addGauge, createMetrics, type Metrics } from '@understory/http/metrics.ts';

/** What a home knows of its branches together; of a single one it tells nobody who only watches. */
export interface HomeFigures {
	/** Branches that live here. */
	branches(): number;
	/** Folders that are open now. */
	open(): number;
	/** Branches whose folder does not open. */
	broken(): number;
	/** Milliseconds by which the work of the latest branch is late. */
	lateBy(): number;
	/** Branches whose work failed when it was last tried. */
	failing(): number;
	/** What waits to be sent to other servers, as far as each branch was at work since this process began. */
	deliveries(): number;
}

/** The numbers of a home. */
export function homeMetrics(figures: HomeFigures): Metrics {
	const metrics = createMetrics('home');
	const gauge = (name: string, help: string, read: () => number) => addGauge(metrics, { name, help }, read);
	gauge('understory_home_branches', 'Branches that live in this home', figures.branches);
	gauge('understory_open_branches', 'Branch folders open now', figures.open);
	gauge('understory_broken_branches', 'Branches whose folder does not open', figures.broken);
	gauge(
		'understory_work_late_seconds',
		'How late the work is that has waited longest for its turn',
		() => figures.lateBy() / 1_000,
	);
	gauge('understory_work_failing_branches', 'Branches whose work failed the last time', figures.failing);
	gauge('understory_deliveries_waiting', 'Deliveries to other servers that wait', figures.deliveries);
	return metrics;
}
