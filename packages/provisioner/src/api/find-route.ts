import type { TokenRow } from '../store/access.ts';
import type { CheckBody } from './body-checker.ts';
import type { FoundRoute } from './exchange.ts';
import type { Route } from './route.ts';

/** Finds lines of the table by method and path, with what the path says, as the router does. */
export function createFinder(
	routes: readonly Route[],
	parts: { checkOf(route: Route): CheckBody; admit(token: TokenRow, route: Route): void },
): (method: string, path: string) => FoundRoute | null {
	const known = routes
		// A route for everybody acts for nobody: there is no token whose right a plan of it could have.
		.filter(({ open }) => !open)
		.map((route) => ({
			route,
			pattern: new RegExp(`^${route.path.replace(/[.:]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
			check: parts.checkOf(route),
		}));
	return (method, path) => {
		for (const { route, pattern, check } of known) {
			const found = route.method === method ? pattern.exec(path) : null;
			const params = found && decoded(found.groups ?? {});
			if (!params) continue;
			return {
				...{ method: route.method, summary: route.summary, body: route.body, handle: route.handle },
				...{ paged: route.query?.includes('limit') === true, params, check },
				admit: (token) => parts.admit(token, route),
			};
		}
		return null;
	};
}

/** Null for what is no text, such as `%E0`. */
function decoded(groups: Readonly<Record<string, string>>): Record<string, string> | null {
	try {
		return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]));
	} catch {
		return null;
	}
}
