import { homeSchema } from './home.ts';
import type { Schema } from './shared.ts';

const { route, ...fields } = homeSchema.properties as Record<string, Schema>;
const { hosts, ...ofRoute } = (route as { properties: Record<string, Schema> }).properties;

/** What may be said to the chart of a branch: what is said to a home, but for the names, because a branch has one. */
export const branchSchema: Schema = {
	...homeSchema,
	properties: {
		...fields,
		route: { ...route, properties: { ...ofRoute, hosts: { ...hosts, maxItems: 1 } } },
	},
};
