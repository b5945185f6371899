import type { HomeSpec } from '../driver.ts';
import { enrolmentSecret } from './helm-driver.ts';

/** What the operator says for all homes, as far as it is looked at here. */
interface ForAll {
	readonly secret?: object;
	readonly route?: object;
}

/**
 * The values of `charts/home` or `charts/branch` for one home: what the operator says for all of them (`charts/home/README.md`; at least `image`
 * and `platform.url`), with the home's own name and Secret, which are never the operator's to say. A dedicated home has the host name of its
 * branch: with those of all homes it would take people from the others.
 */
export function homeValues(forAll: object, { name, kind, host }: HomeSpec): object {
	const { secret = {}, route = {} } = forAll as ForAll;
	return {
		...forAll,
		name,
		secret: { ...secret, name: enrolmentSecret(name) },
		...(kind === 'dedicated' && { route: { ...route, hosts: host ? [host] : [] } }),
	};
}
