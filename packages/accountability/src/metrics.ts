import { addGauge, createMetrics, type Metrics } from '@understory/http/metrics.ts';
import type { Context } from './context.ts';
import { TROUBLES } from './publish/publisher.ts';

/** The numbers of the public sites: whether logs are published. How many people decided what is on the sites themselves. */
export function siteMetrics(
	{ registers, publisher, clock }: Pick<Context, 'registers' | 'publisher' | 'clock'>,
	/** When everything due was last published everywhere, UTC milliseconds; null before the first time. */
	settled: () => number | null,
): Metrics {
	const metrics = createMetrics('accountability');
	const troubles = () => registers.all().flatMap((library) => publisher.trouble(library) ?? []);
	addGauge(
		metrics,
		{
			name: 'understory_logs_not_published',
			help: 'Libraries whose log could not be published when that was last tried, by what was in the way',
			labels: ['why'],
		},
		() => TROUBLES.map((why) => [{ why }, troubles().filter((one) => one.why === why).length]),
	);
	addGauge(
		metrics,
		{ name: 'understory_log_trouble_seconds', help: 'For how long the longest of these troubles goes on' },
		() => troubles().reduce((longest, { since }) => Math.max(longest, (clock.now() - since) / 1_000), 0),
	);
	addGauge(
		metrics,
		{
			name: 'understory_published_timestamp_seconds',
			help: 'When everything that was due at every library was last published',
		},
		() => {
			const at = settled();
			return at === null ? [] : at / 1_000;
		},
	);
	return metrics;
}
