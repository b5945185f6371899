import { valuesOfHomes } from './platform.ts';
import * as shared from './shared.ts';

/** What may be said to the chart of a cell. */
export const cellSchema: shared.Schema = shared.closed(
	{
		...shared.helmsOwnOfClusters,
		labels: shared.labels,
		account: shared.closed({ tokenSecret: shared.flag }),
		platform: shared.closed(
			{
				url: shared.insideUrl,
				servicesUnder: shared.servicesUnder,
				ranges: shared.listOf(shared.range),
				edge: shared.edge,
			},
			['url'],
		),
		homes: shared.closed({
			namespace: shared.name,
			makeNamespace: shared.flag,
			values: valuesOfHomes,
			quota: shared.quota,
			libraries: shared.libraries,
		}),
		network: shared.closed(shared.network),
	},
	['platform'],
);
