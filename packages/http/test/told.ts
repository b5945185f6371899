import type { Metrics } from '../src/metrics.ts';

/** The value that a role tells by that name and with these labels, among others; undefined when it tells none. Throws where there are several. */
export async function told(
	metrics: Metrics,
	name: string,
	labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
	const { values } = (await metrics.getSingleMetric(name)?.get()) ?? { values: [] };
	const fits = (of: object) =>
		Object.entries(labels).every(([label, value]) => (of as Record<string, unknown>)[label] === value);
	const found = values.filter((one) => fits(one.labels));
	if (found.length > 1) throw new Error(`${found.length} values of ${name} ${JSON.stringify(labels)}`);
	return found[0]?.value;
}
