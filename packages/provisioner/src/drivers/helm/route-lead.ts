import type { HomeDriver } from '../driver.ts';
import type { HomeLeases } from '../home-leases.ts';
import { type RoutePlaces, routeObjects } from './route-objects.ts';
import type { RouteShelf } from './route-shelf.ts';
import { createRouteWriter } from './route-writer.ts';

export interface RouteLeadParts {
	readonly places: RoutePlaces;
	readonly shelf: RouteShelf;
	readonly leases: HomeLeases;
}

/**
 * What leads people in one cluster, done by one process at a time as homes are (docs/adr/0141): what the names are is read once nobody else is at it, so
 * that the last to write has not read before the other. Nothing where the settings say that somebody else leads them.
 */
export function createRouteLead({ places, shelf, leases }: RouteLeadParts): Pick<HomeDriver, 'lead'> {
	const { cell, namespace, homes, platform } = places;
	if (homes.kind === 'none' && (platform === null || platform.route.kind === 'none')) return {};
	// No home is called so.
	const lease = `routes of ${cell ?? 'the first cell'}`;
	const write = createRouteWriter({
		shelf,
		namespaces: [namespace, ...(platform ? [platform.namespace] : [])],
		mayChange: () => leases.mayChange(lease),
	});
	return { lead: (read) => leases.hold(lease, async () => write(routeObjects(places, await read()))) };
}
