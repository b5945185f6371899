import type * as Client from '@kubernetes/client-node';
import { PublicError } from '@understory/core/errors.ts';
import { ROUTE_LABEL, type RouteObject } from './route-objects.ts';

/** A kind of object that leads people, as the API server knows it. */
export interface RouteKind {
	readonly kind: string;
	readonly group: string;
	readonly plural: string;
}

/** Objects that lead people, in a cluster. */
export interface RouteShelf {
	/** Those of a kind that have the platform's label; none where the cluster does not know the kind. Throws `PublicError`. */
	list(kind: RouteKind, namespace: string): Promise<RouteObject[]>;
	/** Makes it, or changes it to this, by server-side apply under a name of its own, and resolves with what stands then. Throws `PublicError`. */
	write(kind: RouteKind, object: RouteObject): Promise<RouteObject>;
	/** One that is not there is no fault. Throws `PublicError`. */
	remove(kind: RouteKind, at: RouteObject['metadata']): Promise<void>;
}

/** So many are listed by one request. */
const PAGE = 500;
/** As whom these are written, so that the API server tells them from what is written of homes. */
const MANAGER = 'understory-routes';

/** `ask` has the API server's answer, or null when it says that it has none. */
export function routeShelf(
	{ CustomObjectsApi, PatchStrategy, setHeaderOptions }: typeof Client,
	config: Client.KubeConfig,
	ask: <T>(question: () => Promise<T>) => Promise<T | null>,
): RouteShelf {
	const api = config.makeApiClient(CustomObjectsApi);
	const inside = ({ group, plural }: RouteKind, namespace: string) => ({
		...{ group, version: 'v1', namespace, plural },
	});
	return {
		async list(kind, namespace) {
			const found: RouteObject[] = [];
			let next: string | undefined;
			do {
				const page = (await ask(() =>
					api.listNamespacedCustomObject({
						...inside(kind, namespace),
						...{ labelSelector: ROUTE_LABEL, limit: PAGE },
						...(next && { _continue: next }),
					}),
				)) as { items: RouteObject[]; metadata: { continue?: string } } | null;
				found.push(...(page?.items ?? []));
				next = page?.metadata.continue;
			} while (next);
			return found;
		},
		async write(kind, object) {
			const { name, namespace } = object.metadata;
			const how = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply);
			const stands: RouteObject | null = await ask(() =>
				api.patchNamespacedCustomObject(
					{ ...inside(kind, namespace), name, body: object, fieldManager: MANAGER, force: true },
					how,
				),
			);
			if (stands) return stands;
			const sentence = `The cluster knows no ${kind.kind} (${kind.group}). Install what brings it, or change the setting of routes.`;
			throw new PublicError(502, 'route_unknown', sentence);
		},
		async remove(kind, { name, namespace }) {
			await ask(() => api.deleteNamespacedCustomObject({ ...inside(kind, namespace), name }));
		},
	};
}
