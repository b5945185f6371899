import type { HomeSpec } from '../driver.ts';

/** The name of the Secret with the one-time token of a home. It stays, because pods mount it; once used it opens nothing. */
export function enrolmentSecret(name: string): string {
	return `${name}-enrolment`;
}

/** The label of every object of a home that says which version it was brought to. */
export const VERSION_LABEL = 'understory/version';

/** The version that the objects of a release carry as a label; null when they carry none. */
export function versionIn(manifest: string): string | null {
	return /^\s+understory\/version: "?([\w.-]+)/m.exec(manifest)?.[1] ?? null;
}

/** What the operator says for all homes, as far as it is looked at here. */
interface ForAll {
	readonly secret?: object;
	readonly route?: object;
	readonly labels?: object;
}

/**
 * The values of `charts/home` or `charts/branch` for one home: what the operator says for all of them (`charts/home/README.md`; at least `image`
 * and `platform.url`), with the home's own name and Secret, which are never the operator's to say. A dedicated home has the host name of its
 * branch; what leads to shared ones is written beside them (`route-objects.ts`), because who is where changes without them. `version` is told as a label.
 */
export function homeValues(
	forAll: object,
	{ name, kind, host }: Omit<HomeSpec, 'enrolmentToken'>,
	version?: string,
): object {
	const { secret = {}, route, labels = {} } = forAll as ForAll;
	return {
		...forAll,
		name,
		secret: { ...secret, name: enrolmentSecret(name) },
		...(version === undefined ? {} : { labels: { ...labels, [VERSION_LABEL]: version } }),
		...((kind === 'dedicated' || route) && {
			route: { ...route, hosts: kind === 'dedicated' && host ? [host] : [] },
		}),
	};
}
